"""People who may not know of their visit, as staff see them: masked, with a sentence to read out and the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from api.web import dates
from api.web.render import words_of
from notifications import trouble
from notifications.trouble import Trouble
from scheduler.foundation.privacy import SealBroken, Vault, mask_phone
from scheduler.offices import Office
from ticketing.checkin import masked_name
from ticketing.codes import show_code

# How the reason begins, at once or in a report, when the number or its owner is why: no other attempt would help.
NUMBER = ("403 ", "404 ", "406 ", "407 ", "409 ", "502 ", "not a number",
          "User", "NotNetworkSubscriber", "DoNotDisturb")


@dataclass(frozen=True)
class ToCall:
    """Somebody to be called. `at` is when it was known (UTC); `cause` why by a word of ours (see `_cause`), `error` in
    the carrier's words; `name` and `phone` masked, empty once erased; `code` as people say it; `say` what the message
    should have said, in the resident's `language`."""

    message: int
    at: datetime
    kind: str
    cause: str
    error: str
    name: str
    phone: str
    code: str
    start: datetime
    say: str
    language: str


def to_call(connection: Connection, vault: Vault, office: Office, now: datetime) -> list[ToCall]:
    """Whom to call, in the order of `trouble.people`."""
    return [seen(vault, office, one) for one in trouble.people(connection, office, now)]


def seen(vault: Vault, office: Office, one: Trouble) -> ToCall:
    """One of them, as staff see it."""
    error = one.error or ""
    return ToCall(
        message=one.id, at=one.at, kind=one.kind, cause=_cause(one.state, error), error=error,
        name=masked_name(vault, one.sealed) or "", phone=mask_phone(number(vault, one.address)),
        code=show_code(one.code) if one.code else "", start=one.start, say=_say(office, one), language=one.language,
    )


def number(vault: Vault, sealed: bytes | None) -> str:
    """The number in E.164; empty once erased, or when no key opens it."""
    try:
        return vault.open_bytes(sealed).decode() if sealed else ""
    except SealBroken:
        return ""


def _say(office: Office, one: Trouble) -> str:
    words = words_of(one.language)
    sentences = words["messages"]["say"]
    return str(sentences.get(one.kind, sentences["confirmation"])).format(
        service=office.by_id[one.service_id].name[one.language],
        moment=dates.moment(words["dates"], office.local(one.start)), code=show_code(one.code) if one.code else "",
        office=office.name,
    )


def _cause(state: str, error: str) -> str:
    """`unknown`; `number` where the number or its owner is why; `spending` the day's limit; else `service`."""
    if state == "unknown":
        return "unknown"
    if error.startswith("spending limit"):
        return "spending"
    return "number" if error.startswith(NUMBER) else "service"
