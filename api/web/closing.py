"""A closure as a manager's pages show it: what was typed, the people of it masked, what to say to whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from api.web import dates
from api.web.choices import read_day
from api.web.render import words_of
from scheduler.closure_lists import Listed
from scheduler.closures import Closing, Closure
from scheduler.foundation.errors import Refusal
from scheduler.foundation.privacy import SealBroken, Vault, mask_phone
from scheduler.leaving import Touched
from scheduler.offices import Office
from scheduler.placing import Free
from ticketing.checkin import masked_name
from ticketing.codes import show_code

FIELDS = ("date", "from", "to", "counter", "reason")


@dataclass(frozen=True)
class Seen:
    """Somebody a closure touches. `start` is the closed time and `to` the new one (UTC); `name` and `phone` masked,
    empty once erased; `say` what to tell them when they are called, in their `language`."""

    booking: int
    name: str
    phone: str
    code: str
    service: str
    start: datetime
    party: int
    priority: str | None
    state: str
    to: datetime | None
    called: datetime | None = None
    called_by: int | None = None
    say: str = ""
    language: str = "id"


def typed(given: Mapping[str, Any]) -> dict[str, str]:
    """What the form holds, as far as it was filled in."""
    values = {name: given.get(name) for name in FIELDS}
    return {name: value.strip()[:200] if isinstance(value, str) else "" for name, value in values.items()}


def closing_of(asked: Mapping[str, str]) -> Closing:
    """What was typed as a closure to be tried or made. Raises Refusal invalid_request for a date that is none."""
    on = read_day(asked["date"])
    if on is None:
        raise Refusal("invalid_request", field="date", why="date")
    return Closing(on, asked["from"] or None, asked["to"] or None, asked["counter"] or None, asked["reason"])


def hours(closure: Closing | Closure, words: Mapping[str, Any]) -> str:
    """`09.00–12.00`, `mulai 12.00`, `sampai 12.00`, or `sepanjang hari`."""
    since, until = (clock.replace(":", words["dates"]["hour_separator"]) if clock else None
                    for clock in (closure.since, closure.until))
    which = "between" if since and until else "since" if since else "until" if until else "all_day"
    return str(words["closures"][which]).format(since=since, until=until)


def what(closure: Closing | Closure, office: Office, words: Mapping[str, Any]) -> str:
    """What is closed: the office, or a counter by its name."""
    names = {counter.slug: counter.name for counter in office.counters}
    if closure.counter is None:
        return str(words["closures"]["whole_office"])
    return names.get(closure.counter, closure.counter)


def would_go(vault: Vault, office: Office, lang: str, one: Touched, where: Free | None) -> Seen:
    """Somebody the closure would touch."""
    return Seen(
        booking=one.booking_id, name=masked_name(vault, one.sealed) or "", phone="", code=_code(one.code),
        service=_service(office, one.service_id, lang), start=one.start, party=one.party, priority=one.priority,
        state="moved" if where else "unplaced", to=where.start if where else None)


def listed(vault: Vault, office: Office, lang: str, closure: Closure, one: Listed) -> Seen:
    """Somebody the closure touched."""
    return Seen(
        booking=one.booking_id, name=masked_name(vault, one.sealed) or "",
        phone=mask_phone(number(vault, one.sealed)), code=_code(one.code),
        service=_service(office, one.service_id, lang), start=one.was, party=one.party, priority=one.priority,
        state=one.state, to=one.start, called=one.called_at, called_by=one.called_by,
        say=_say(office, closure, one), language=one.language)


def number(vault: Vault, sealed: bytes | None) -> str:
    """The number in E.164; empty once erased, or when no key opens it."""
    try:
        return vault.open(sealed).phone if sealed else ""
    except SealBroken:
        return ""


def _say(office: Office, closure: Closure, one: Listed) -> str:
    words = words_of(one.language)
    return str(words["closures"]["say"]).format(
        office=office.name, reason=closure.reason, service=_service(office, one.service_id, one.language),
        moment=dates.moment(words["dates"], office.local(one.was)), code=_code(one.code))


def _service(office: Office, service_id: int, lang: str) -> str:
    name = office.by_id[service_id].name
    return name.get(lang) or name["id"]


def _code(code: str | None) -> str:
    return show_code(code) if code else ""

