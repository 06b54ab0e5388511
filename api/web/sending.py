"""The last step of a way: what was typed becomes one booking, or one entry of the waiting list, however often the
button is pressed."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from api.assembly import Antre
from api.once import Once, Reply
from api.web import who
from api.web.choices import Choices
from api.web.draft import Draft, Refused
from scheduler.foundation.database import Work
from scheduler.foundation.errors import Refusal

Act = Callable[[Connection], str]  # answers the token of what it made


def way_back(chosen: Choices, known: Draft | None) -> str:
    """Where the missing answer is asked; what was typed and is gone (too old, or no cookies) is said, not hidden."""
    if chosen.question != "who":
        return chosen.address()
    return chosen.address("/who") if known else chosen.address("/who", lost=1)


def is_ready(chosen: Choices, known: Draft, antre: Antre) -> bool:
    """Whether all is chosen, and nothing of what was typed is wrong."""
    if chosen.office is None or chosen.service is None or chosen.question != "who":
        return False
    return not who.mistakes(known, chosen.office, chosen.service, antre)


def is_ours(nonce: object, known: Draft) -> bool:
    """Whether the form was made for this draft."""
    return isinstance(nonce, str) and hmac.compare_digest(nonce.encode(), known.nonce.encode())


def refused(refusal: Refusal, chosen: Choices) -> Refused:
    """The refusal as the draft keeps it, for these choices."""
    details = {key: value for key, value in refusal.details.items() if isinstance(value, str | int)}
    return Refused(refusal.code, details, chosen.address(), refusal.details.get("alternatives", []))


def once(antre: Antre, known: Draft, act: Act, now: datetime) -> Work[tuple[str, bool]]:
    """The work of one transaction: answers the token of what `act` made of the draft, and whether it is one given
    before because this was sent again."""
    kept = _once(antre, known)

    def work(connection: Connection) -> tuple[str, bool]:
        before = kept.again(connection)
        if before is not None:
            return _token(before), True
        try:
            token = act(connection)
        except Refusal:
            # The other copy may have done it between our two looks.
            if (before := kept.again(connection)) is not None:
                return _token(before), True
            raise
        kept.keep(connection, Reply(201, msgspec.json.encode({"token": token})), now)
        return token, False

    return work


def _once(antre: Antre, known: Draft) -> Once:
    key = hmac.digest(antre.vault.derive("pages")[0], known.nonce.encode(), hashlib.sha256)[:16]
    return Once(key, key)


def _token(reply: Reply) -> str:
    return msgspec.json.decode(reply.body, type=dict[str, str])["token"]
