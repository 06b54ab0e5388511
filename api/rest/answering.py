"""Answers as they go out: encoded once, with the few headers they need."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import msgspec
from litestar.response.base import ASGIResponse

from api import errors, once
from api.rest.schemas import BookingAnswer, EstimateAnswer, QueuePlace, TicketLinks
from scheduler.bookings import Booking
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office, Service

encode = msgspec.json.Encoder().encode


def json(body: bytes, status: int = 200, headers: Mapping[str, str] | None = None) -> ASGIResponse:
    """Encoded JSON as an answer."""
    return ASGIResponse(body=body, status_code=status, media_type="application/json", headers=dict(headers or {}))


def reply(kept: once.Reply, headers: Mapping[str, str] | None = None) -> ASGIResponse:
    """An answer that may have been kept: a refusal goes out as problem."""
    all_headers = {**(headers or {}), **(errors.in_language(kept.language) if kept.language else {})}
    if kept.status < 400:
        return json(kept.body, kept.status, all_headers)
    return ASGIResponse(body=kept.body, status_code=kept.status, media_type=errors.MEDIA_TYPE, headers=all_headers)


def ticket_links(url: str, token: str) -> TicketLinks:
    """Where the ticket of that token is; `url` is the installation's public address."""
    page = f"{url}/t/{token}"
    return TicketLinks(page, f"{page}.png", f"{page}.svg", f"{page}.pdf", f"{page}.ics")


def local(office: Office, moment: datetime) -> str:
    """The moment in RFC 3339 with the office's offset."""
    return office.local(moment).isoformat()


def estimate(office: Office, from_: datetime | None, to: datetime | None) -> EstimateAnswer | None:
    """When a turn is expected, if that is known."""
    return None if from_ is None or to is None else EstimateAnswer(local(office, from_), local(office, to))


def booking(booked: Booking, office: Office, service: Service, url: str, *, asked: str | None = None,
            queue: QueuePlace | None = None) -> BookingAnswer:
    """The booking as it stands. `asked` is the token it was asked by, when that is an old one."""
    moved = asked is not None and asked != booked.token
    return BookingAnswer(
        code=booked.code, token=booked.token, status=booked.status,  # type: ignore[arg-type]
        office=office.slug, service=service.slug, start=local(office, booked.start),
        end=local(office, booked.start + timedelta(minutes=service.minutes)), party=booked.party, moves=booked.moves,
        ticket=ticket_links(url, booked.token), reason=booked.reason, priority=booked.priority,
        moved_to=f"{url}/t/{booked.token}" if moved else None, queue=queue,
    )


@contextmanager
def naming_the_waiting_list(url: str) -> Iterator[None]:
    """A refusal for a day one can wait for names where; `url` is the installation's public address."""
    try:
        yield
    except Refusal as refusal:
        if refusal.details.get("may_wait"):
            refusal.details["waiting_list"] = f"{url}/api/v1/waiting-list"
        raise


def page_of(items: list[Any], page: int, size: int) -> tuple[list[Any], int]:
    """The items of that page (from 1), and how many pages there are."""
    return items[(page - 1) * size:page * size], max(1, -(-len(items) // size))
