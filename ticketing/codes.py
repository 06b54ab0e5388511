"""Booking codes and ticket tokens: made, read back from what people type and scan, told genuine from forged.

Pure: no database, no network. A code is for voices and keypads and is no secret; a token is the secret
part of a ticket's address.

    code    8 random digits and a check digit, the first never 0      482177305, shown 482-177-305
    token   36 characters of Crockford's base 32, upper case
            | 8: version (4 bits), day (16), office (20) | 14: random (70 bits) | 14: seal (70 bits) |

The check digit is that of H. M. Damm, Total anti-symmetrische Quasigruppen, Marburg 2004, with the usual
table of order 10: every wrong digit and every swap of neighbours is noticed. The seal is HMAC-SHA256 over
the other 22 characters, cut to 70 bits, under a key that belongs to one office and one day, so a scanner
that holds only that day's key can tell a forged ticket while the network is down.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

# Row: the check digit so far; column: the next digit. Damm 2004, the table in common use.
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
CODE_DIGITS = 9

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford: no I, L, O, U
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_VALUE = {letter: value for value, letter in enumerate(_ALPHABET)}
_VERSION = 1
_EPOCH = date(2020, 1, 1)
_HEAD, _RANDOM, _SEAL = 8, 14, 14
TOKEN_LENGTH = _HEAD + _RANDOM + _SEAL
OFFICES = 1 << 20  # office ids a token can name
LONGEST_SCAN = 300  # characters; an address of a ticket has at most 90 and what a page adds to it

# Between the digits of a code people write spaces, dots and every kind of dash.
_SEPARATORS = re.compile(r"[\s.\-‐‑‒–—−]+")
_MENDED = str.maketrans("OoIl", "0011")
_TOKEN = re.compile(rf"[0-9A-Za-z]{{{TOKEN_LENGTH}}}", re.ASCII)
_ADDRESS = re.compile(r"(?:^|/)t/([^/?#.\s]+)(?:[.?#].*)?$", re.IGNORECASE | re.ASCII)


# -- booking codes ---------------------------------------------------------------------------------------


def check_digit(digits: str) -> int:
    """The Damm check digit of `digits`; 0 when they already end with it."""
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return interim


def read_code(text: str) -> str | None:
    """The nine digits of a booking code as someone typed or said it, or None if it is not a code.

    Spaces, dots and dashes do not matter; O is mended to 0, l and I to 1. None also when the check digit is
    wrong: at least one digit was mistyped.
    """
    code = code_digits(text)
    return code if code is not None and len(code) == CODE_DIGITS and check_digit(code) == 0 else None


def code_digits(text: str) -> str | None:
    """As `read_code`, but also with digits that are wrong, missing or too many: what was meant to be a code."""
    digits = _SEPARATORS.sub("", text).translate(_MENDED)
    return digits if digits.isascii() and digits.isdigit() else None


def show_code(code: str) -> str:
    """`482177305` -> `482-177-305`."""
    return f"{code[:3]}-{code[3:6]}-{code[6:]}"


# -- ticket tokens ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Genuine:
    """A token this installation made, for that office and day; whether it still stands, the book knows."""

    token: str
    office_id: int
    day: date


@dataclass(frozen=True, slots=True)
class Forged:
    """Something that claims to be a ticket and was not made here, or was altered since."""


Judgement = Genuine | Forged


def read_token(text: str) -> str | None:
    """The token in its one stored form, upper case, or None if it cannot be one."""
    return text.upper() if _TOKEN.fullmatch(text) else None


def judge_offline(token: str, day_key: bytes, office_id: int, day: date) -> Judgement:
    """Whether `token` is genuine for that office and day, knowing only that day's key.

    A token of another office or day answers Forged as well: without its key nothing can be said for it, so
    a scanner reads `claim` first and judges only what claims to be of today.
    """
    canonical = read_token(token)
    if canonical is None or claim(canonical) != (office_id, day) or not _sealed_with(canonical, day_key):
        return Forged()
    return Genuine(canonical, office_id, day)


def claim(token: str) -> tuple[int, date] | None:
    """The office and day a token names, unproven; None if it is none of ours by its form."""
    canonical = read_token(token)
    if canonical is None or any(letter not in _VALUE for letter in canonical):
        return None
    bits = 0
    for letter in canonical[:_HEAD]:
        bits = bits << 5 | _VALUE[letter]
    if bits >> 36 != _VERSION:
        return None
    return bits & (OFFICES - 1), _EPOCH + timedelta(days=bits >> 20 & 0xFFFF)


class Mint:
    """Draws codes and makes tokens; keys as of `Vault.derive("ticket")`, the one in use first.

    Tokens made under any of the keys are genuine, so that tickets outlive a change of the secret.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys:
            raise ValueError("a mint needs at least one key")
        self._keys = tuple(keys)
        self._ready = lru_cache(maxsize=4096)(self._prepare)

    def code(self) -> str:
        """A booking code drawn at random. The book's unique rule decides whether it is free."""
        digits = str(10_000_000 + secrets.randbelow(90_000_000))
        return digits + str(check_digit(digits))

    def token(self, office_id: int, day: date) -> str:
        """A new token for a visit at that office on that day (the office's own date).

        Raises ValueError for an office id or a day that the layout cannot hold.
        """
        begins, key = self._ready(office_id, day)
        body = begins + _letters(secrets.token_bytes(9))
        return body + _seal(body, key)

    def judge(self, token: str) -> Judgement:
        """Whether `token` was made here, without the database. Any case; a wrong form is Forged."""
        named = claim(token)
        if named is None:
            return Forged()
        canonical = token.upper()
        keys = self.day_keys(*named)
        return Genuine(canonical, *named) if any(_sealed_with(canonical, key) for key in keys) else Forged()

    def day_key(self, office_id: int, day: date) -> bytes:
        """The key new tokens of that office and day are sealed with, and of no other office or day.

        Whoever holds it can also seal tokens of that day, so it is for scanners of staff only; the book knows none
        of those.
        """
        return _day_key(self._keys[0], office_id, day)

    def day_keys(self, office_id: int, day: date) -> tuple[bytes, ...]:
        """As `day_key`, under every secret still held, the newest first."""
        return tuple(_day_key(key, office_id, day) for key in self._keys)

    def _prepare(self, office_id: int, day: date) -> tuple[str, bytes]:
        return head(office_id, day), self.day_key(office_id, day)


def _day_key(master: bytes, office_id: int, day: date) -> bytes:
    return hmac.digest(master, b"antre day|%d|%s" % (office_id, day.isoformat().encode()), hashlib.sha256)


def head(office_id: int, day: date) -> str:
    """What every token of that office and day begins with. Raises ValueError where the layout cannot hold them."""
    days = (day - _EPOCH).days
    if not (0 < office_id < OFFICES and 0 <= days <= 0xFFFF):
        raise ValueError("no token can name that office and day")
    bits = _VERSION << 36 | days << 20 | office_id
    return "".join(_PAIRS[bits >> shift & 0x3FF] for shift in (30, 20, 10, 0))


def _letters(entropy: bytes) -> str:
    """The first 70 bits of nine bytes as 14 letters."""
    bits, pairs = int.from_bytes(entropy, "big") >> 2, _PAIRS
    return (pairs[bits >> 60] + pairs[bits >> 50 & 1023] + pairs[bits >> 40 & 1023] + pairs[bits >> 30 & 1023]
            + pairs[bits >> 20 & 1023] + pairs[bits >> 10 & 1023] + pairs[bits & 1023])


def _seal(body: str, key: bytes) -> str:
    return _letters(hmac.digest(key, body.encode(), hashlib.sha256)[:9])


def _sealed_with(token: str, key: bytes) -> bool:
    return hmac.compare_digest(_seal(token[:-_SEAL], key), token[-_SEAL:])


# -- what a scanner or a person hands in -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ScannedToken:
    """A ticket was shown: a QR, its address or a bare token. `token` is as read; `Mint.judge` decides."""

    token: str


@dataclass(frozen=True, slots=True)
class ScannedCode:
    """A booking code was typed; its check digit is right."""

    code: str


def read_scan(text: str) -> ScannedToken | ScannedCode | None:
    """What one scan or one typed line holds, or None if it is neither a ticket nor a code.

    Understood: the address in either case, with what pages add to it (`.pdf`, `?...`), the path alone, a
    bare token, a code with separators; surrounding blanks and line ends do not matter. USB scanners type on
    the keyboard layout of the computer, which may turn `:` and `/` into other signs: the token is found by
    its own form then.
    """
    text = text.strip()
    if len(text) > LONGEST_SCAN:
        return None
    code = read_code(text)
    if code is not None:
        return ScannedCode(code)
    for run in reversed(re.findall(r"[0-9A-Za-z]+", text)):
        if _TOKEN.fullmatch(run):
            return ScannedToken(run)
    address = _ADDRESS.search(text)
    return ScannedToken(address[1]) if address else None
