"""What the door answers to a scan, and how a clerk says it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from scheduler.offices import Office
from ticketing import words

VERDICTS = ("admitted", "already_admitted", "early", "late", "wrong_day", "wrong_office", "cancelled", "moved",
            "unknown", "forged")
# What a verdict may mean more closely; each has words of its own.
VARIANTS = ("late_closed", "wrong_day_past", "moved_today", "mistyped")


class Verdict(msgspec.Struct, frozen=True, omit_defaults=True):
    """One answer. `verdict` is one of VERDICTS, `variant` one of VARIANTS or None; moments are in UTC.

    `number` is there when the visitor may take a seat, `name` is masked. `opens` is when one who is early may come
    in, `since` when one who is in already came, `office` the name of the office a ticket of another one is for.
    """

    verdict: str
    variant: str | None = None
    number: str | None = None
    service: str | None = None
    start: datetime | None = None
    name: str | None = None
    party: int = 1
    priority: str | None = None
    opens: datetime | None = None
    since: datetime | None = None
    office: str | None = None
    booking_id: int | None = None


class Words(msgspec.Struct, frozen=True):
    """`title` in large letters for the clerk, `say` is what to tell the person."""

    title: str
    say: str


def say(verdict: Verdict, office: Office, language: str) -> Words:
    """The words of a verdict, with hours on the clock of the office that scanned."""
    values: dict[str, Any] = {"number": verdict.number, "office": verdict.office}
    for key, moment in (("time", verdict.start), ("from", verdict.opens), ("since", verdict.since)):
        values[key] = words.hour(language, office.local(moment)) if moment else None
    values["date"] = words.day(language, office.local(verdict.start).date()) if verdict.start else None
    key = f"verdict.{verdict.variant or verdict.verdict}"
    return Words(words.say(language, f"{key}.title", **values), words.say(language, f"{key}.say", **values))


PLACES = ("number", "office", "time", "from", "since", "date")


def templates(language: str) -> dict[str, Words]:
    """The words of every verdict and variant with `{number}`, `{time}` and the like left in them, for a door that
    fills them in by itself while it has no network."""
    places = {name: f"{{{name}}}" for name in PLACES}
    return {key: Words(words.say(language, f"verdict.{key}.title", **places),
                       words.say(language, f"verdict.{key}.say", **places)) for key in (*VERDICTS, *VARIANTS)}
