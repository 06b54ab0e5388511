"""Passwords of staff: argon2id in the second recommended setting of RFC 9106 (64 MiB, three passes).

Hashing takes some 100 ms and 64 MiB, so it runs in its own thread, one at a time: a flood of sign-ins can cost a
wait, never the process's memory.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from argon2 import PasswordHasher, profiles
from argon2.exceptions import InvalidHashError, VerificationError

from scheduler.foundation.errors import Refusal

MIN_LENGTH = 10
MAX_LENGTH = 200
MOST_WAITING = 20  # who may wait for the thread; some two seconds' worth
HASHER = PasswordHasher.from_parameters(profiles.RFC_9106_LOW_MEMORY)
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is misread from a slip of paper


class PasswordError(ValueError):
    """The password does not meet the rules; the text is one sentence that says which, `why` a word for it."""

    def __init__(self, why: str, text: str) -> None:
        super().__init__(text)
        self.why = why


def check(password: str, username: str) -> None:
    """Raise PasswordError unless the password may be used: length, and unlike the user name."""
    if len(password) < MIN_LENGTH:
        raise PasswordError("short", f"A password has at least {MIN_LENGTH} characters.")
    if len(password) > MAX_LENGTH:
        raise PasswordError("long", f"A password has at most {MAX_LENGTH} characters.")
    if username.casefold() in password.casefold():
        raise PasswordError("username", "A password does not hold the user name.")
    if len(set(password)) < 5:
        raise PasswordError("plain", "A password has at least five different characters.")


def make() -> str:
    """A password to hand out: four groups of four characters, 79 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(4))


class Passwords:
    """Verifies and hashes passwords off the event loop. Make one a process; tests hand in a cheaper hasher."""

    def __init__(self, hasher: PasswordHasher = HASHER) -> None:
        self._hasher = hasher
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="argon2")
        self._waiting = 0
        self._nobody: str | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """A place in the line for one who signs in or gets a password, for the length of the block. Raises Refusal
        too_many_requests when too many wait already."""
        if self._waiting >= MOST_WAITING:
            raise Refusal("too_many_requests", retry_after=2)
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1

    async def verify(self, encoded: str | None, password: str) -> bool:
        """Whether the password fits. `None` (no such account) takes as long and never fits."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._fits, encoded, password)

    async def hash(self, password: str) -> str:
        """The password as it is kept."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._hasher.hash, password)

    def close(self) -> None:
        """Let the thread go."""
        self._thread.shutdown(wait=False)

    def _fits(self, encoded: str | None, password: str) -> bool:
        try:
            return self._hasher.verify(encoded or self._of_nobody(), password) and encoded is not None
        except (VerificationError, InvalidHashError):
            return False

    def _of_nobody(self) -> str:
        if self._nobody is None:
            self._nobody = self._hasher.hash(secrets.token_urlsafe())
        return self._nobody
