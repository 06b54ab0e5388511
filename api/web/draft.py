"""What a resident has typed and not yet booked: sealed in a cookie of their own browser, never in an address.

So every page of the way is a plain GET: Back, reload and a change of language lose nothing and repeat nothing. The
cookie ends with the browser or after `LASTS`, and what is made of it empties it. Its nonce makes a booking sent twice
one, and stands in the form, so that no other site can send it.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

import msgspec
from litestar import Request
from litestar.datastructures import Cookie

from api.web.render import cookie
from scheduler.foundation.privacy import SealBroken, Vault
from scheduler.people import LONGEST_EMAIL

COOKIE = "antre_draft"
LASTS = timedelta(minutes=30)
LONGEST = 4000  # what browsers keep of one cookie
TYPED = 200     # of one field; more is no name and no number
TYPED_EMAIL = LONGEST_EMAIL + 1  # cut at its end an address would be another one: this much is refused as too long


class Refused(msgspec.Struct, frozen=True):
    """Why the last attempt to book was refused, and for which choices: another choice makes it void."""

    code: str
    details: dict[str, Any]
    address: str
    alternatives: list[datetime] = []


class Draft(msgspec.Struct, frozen=True, omit_defaults=True):
    """The typed answers as they were typed; `until` is when they are forgotten. `made`: the page of what
    was made of it, a ticket's or that of an entry of the waiting list."""

    nonce: str
    until: datetime
    name: str = ""
    nik: str = ""
    phone: str = ""
    email: str = ""
    party: str = "1"
    priority: str = ""
    refused: Refused | None = None
    made: str | None = None


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Draft).decode


def begin(typed: dict[str, str], now: datetime) -> Draft:
    """A draft of what was typed, with a nonce of its own."""

    def field(name: str, most: int = TYPED) -> str:
        return typed.get(name, "")[:most]

    return Draft(nonce=secrets.token_urlsafe(16), until=now + LASTS, name=field("name"), nik=field("nik"),
                 phone=field("phone"), email=field("email", TYPED_EMAIL), party=field("party"),
                 priority=field("priority"))


def refused(draft: Draft, why: Refused) -> Draft:
    """The draft with the refusal of its last attempt."""
    return msgspec.structs.replace(draft, refused=why)


def done(draft: Draft, page: str, now: datetime) -> Draft:
    """What is left of a draft once something was made of it: nothing typed, only where that is."""
    return Draft(nonce=draft.nonce, until=now + LASTS, made=page)


def read(request: Request[Any, Any, Any], vault: Vault, now: datetime) -> Draft | None:
    """The draft the browser brought, unless it is too old, altered, or sealed with a key we no longer hold."""
    sealed = request.cookies.get(COOKIE)
    if not sealed or len(sealed) > LONGEST:
        return None
    try:
        draft = _decode(_apart(vault).open_bytes(base64.urlsafe_b64decode(sealed.encode("ascii", "replace"))))
    except (binascii.Error, ValueError, SealBroken, msgspec.MsgspecError):
        return None
    return draft if draft.until > now else None


def keep(request: Request[Any, Any, Any], vault: Vault, draft: Draft) -> Cookie:
    """The cookie that keeps the draft."""
    sealed = base64.urlsafe_b64encode(_apart(vault).seal_bytes(_encode(draft))).decode()
    return cookie(request, COOKIE, sealed, int(LASTS.total_seconds()))


@lru_cache(4)
def _apart(vault: Vault) -> Vault:
    """Not the keys of the book: whoever asks has as much sealed with these as they like, and gets it opened."""
    return vault.apart("drafts")
