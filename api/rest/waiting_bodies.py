"""Bodies and answers of the waiting list."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct, field

from api.rest.schemas import (
    Answer,
    Day,
    Email,
    Language,
    Moment,
    Name,
    Nik,
    OfficeSlug,
    Party,
    Phone,
    Priority,
    Question,
    Reason,
    ServiceSlug,
    TicketLinks,
)


class WaitingListQuestion(Question, frozen=True):
    """A place on any date from `from` to `to`, both of the office's calendar and both included; `reason` is required
    where the service's `visit` is `fallback`."""

    office: OfficeSlug
    service: ServiceSlug
    to: Day
    nik: Nik
    name: Name
    phone: Phone
    from_: Day = field(name="from")
    email: Email = None
    reason: Reason = None
    party: Party = 1
    priority: Priority = None
    language: Language = "id"


class OfferAnswer(Struct, frozen=True):
    """A place that is kept for the entry until `lapses`."""

    start: Moment
    lapses: Moment


class WaitingListAnswer(Answer, frozen=True):
    """`state`: waiting, offered (see `offer`), then booked (see `ticket`), lapsed (not answered in time), declined,
    left, or passed (no place until `to`). `ahead`: how many come before it; only while it waits."""

    token: Annotated[str, Meta(description="Whoever holds it holds the entry.")]
    office: str
    service: str
    from_: Day = field(name="from")
    to: Day
    party: int
    state: Literal["waiting", "offered", "booked", "lapsed", "declined", "left", "passed"]
    page: str
    ahead: int | None = None
    offer: OfferAnswer | None = None
    ticket: TicketLinks | None = None
    reason: str | None = None
    priority: str | None = None
