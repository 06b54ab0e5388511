"""The waiting list over HTTP: join, look, take or decline what is offered, leave. Whoever holds the token may do so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import msgspec
from litestar import get, post
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from sqlalchemy import Connection

from api import errors, once
from api.assembly import Antre
from api.doorway import FromAntre, doorway_of
from api.once import Once, Reply
from api.openapi import Doc
from api.rest import answering, asking, examples, reading
from api.rest.reading import Body, HttpRequest
from api.rest.schemas import BookingAnswer
from api.rest.waiting_bodies import OfferAnswer, WaitingListAnswer, WaitingListQuestion
from scheduler import bookings, holding, offers, waiting
from scheduler.foundation.errors import Refusal
from scheduler.holding import Offer
from scheduler.offices import Office
from scheduler.waiting import Waiting, Wish

_JOIN = Body(WaitingListQuestion)

_WITH_TOKEN = ("get_waiting_list_entry", "post_waiting_list_entry_accept", "post_waiting_list_entry_decline",
               "post_waiting_list_entry_leave")


class _Located(msgspec.Struct):
    token: str


_token_of = msgspec.json.Decoder(_Located).decode

Change = Callable[[Connection, Waiting, Office], Reply]


@post("/api/v1/waiting-list", opt={"limit": "book", "doc": Doc(
    tag="waiting list", summary="Join the waiting list", status=201, answer=WaitingListAnswer,
    example=examples.WAITS, body=WaitingListQuestion, body_examples={"until a date": examples.WAIT},
    text="A place that becomes free on one of the dates is offered to the first in line whom it fits, by SMS, until "
         "`lapses`; then to the next. Served by priority, then by who joined first. One entry for each NIK. Where the "
         "office is closed on all of the dates the answer is `office_closed`.",
    codes=("unknown_office", "unknown_service", "invalid_nik", "invalid_name", "invalid_phone", "invalid_email",
           "reason_required", "office_closed", "too_far", "already_booked", "already_waiting", "too_many_for_phone"),
    once=True, headers={"Location": "Where the entry can be read."}, links=_WITH_TOKEN, links_as="entry",
)})
async def join(request: HttpRequest, antre: FromAntre) -> ASGIResponse:
    """Put the person at the end of the line."""
    now = antre.clock.now()
    repeated = await once.of_request(request, doorway_of(request).answers_key)
    async with once.judging(antre.database, repeated):
        asked = await _JOIN.of(request)
        office = await reading.office_of(request, antre, asked.office)
        wish = _wish(antre, office, asked, now)

    def work(connection: Connection) -> Reply:
        entry = waiting.join(connection, wish, vault=antre.vault, now=now)
        return Reply(201, _encoded(antre, connection, entry, office))

    return await _perform(request, antre, office, repeated, work, now, new="waiting-list")


@get("/api/v1/waiting-list/{entry:str}", opt={"doc": Doc(
    tag="waiting list", summary="An entry as it stands", answer=WaitingListAnswer, example=examples.OFFERED,
    text="`ahead` counts who comes before it while it waits; `offer` is there while a place is offered, `ticket` once "
         "one was taken.",
    codes=("unknown_booking",),
)})
async def read(request: HttpRequest, antre: FromAntre, entry: FromPath[str]) -> ASGIResponse:
    """The entry of that token, with the offer that is open."""

    def work(connection: Connection) -> bytes:
        found = waiting.find(connection, entry)
        office = reading.about(request, antre.offices.by_id(connection, found.office_id))
        return _encoded(antre, connection, found, office)

    return answering.json(await antre.database.fetch(work))


@post("/api/v1/waiting-list/{entry:str}/accept", status_code=201, opt={"limit": "book", "doc": Doc(
    tag="waiting list", summary="Take the place that is offered", status=201, answer=BookingAnswer,
    example=examples.BOOKING, codes=("unknown_booking", "offer_over", "already_booked", "too_many_for_phone"),
    once=True, headers={"Location": "Where the booking can be read."},
)})
async def accept(request: HttpRequest, antre: FromAntre, entry: FromPath[str]) -> ASGIResponse:
    """Book it; the entry is done."""
    now = antre.clock.now()

    def work(connection: Connection, entry: Waiting, office: Office) -> Reply:
        offer = _open(connection, entry)
        booked = offers.accept(connection, office, offer, vault=antre.vault, mint=antre.mint, now=now)
        answer = answering.booking(booked, office, office.by_id[booked.service_id], antre.settings.public_url)
        return Reply(201, answering.encode(answer))

    return await _change(request, antre, entry, now, work, new="bookings")


@post("/api/v1/waiting-list/{entry:str}/decline", status_code=200, opt={"doc": Doc(
    tag="waiting list", summary="Decline the place that is offered", answer=WaitingListAnswer,
    example=examples.DECLINED, text="It goes to the next in line, and the entry has had its offer.",
    codes=("unknown_booking", "offer_over"), once=True,
)})
async def decline(request: HttpRequest, antre: FromAntre, entry: FromPath[str]) -> ASGIResponse:
    """Give the place to the next in line."""
    now = antre.clock.now()

    def work(connection: Connection, entry: Waiting, office: Office) -> Reply:
        offers.decline(connection, _open(connection, entry), now=now)
        return Reply(200, _encoded(antre, connection, waiting.by_id(connection, entry.id), office))

    return await _change(request, antre, entry, now, work)


@post("/api/v1/waiting-list/{entry:str}/leave", status_code=200, opt={"doc": Doc(
    tag="waiting list", summary="Leave the waiting list", answer=WaitingListAnswer, example=examples.LEFT,
    text="A place that is offered goes to the next in line. An entry that has ended stays as it is.",
    codes=("unknown_booking",), once=True,
)})
async def leave(request: HttpRequest, antre: FromAntre, entry: FromPath[str]) -> ASGIResponse:
    """Take the entry off the list."""
    now = antre.clock.now()

    def work(connection: Connection, entry: Waiting, office: Office) -> Reply:
        return Reply(200, _encoded(antre, connection, waiting.leave(connection, entry, now=now), office))

    return await _change(request, antre, entry, now, work)


# -- inside ----------------------------------------------------------------------------------------------


def _wish(antre: Antre, office: Office, asked: WaitingListQuestion, now: datetime) -> Wish:
    service = office.service(asked.service)
    first, last = reading.day(asked.from_, "from"), reading.day(asked.to, "to")
    person = asking.person_of(antre, office, asked, now)
    asking.must_be_whole(office, service, asked)
    return Wish(office=office, service=service, first=first, last=last, person=person, party=asked.party,
                priority=asked.priority, reason=asked.reason, language=asked.language, channel="api")


def _open(connection: Connection, entry: Waiting) -> Offer:
    """The entry's open offer. Raises Refusal offer_over."""
    offer = holding.open_of(connection, entry.id)
    if offer is None:
        raise Refusal("offer_over")
    return offer


async def _change(request: HttpRequest, antre: Antre, token: str, now: datetime, change: Change,
                  new: str | None = None) -> ASGIResponse:
    repeated = await once.of_request(request, doorway_of(request).answers_key)
    seen = await antre.database.fetch(lambda connection: waiting.find(connection, token))
    office = await reading.office_by_id(request, antre, seen.office_id)

    def work(connection: Connection) -> Reply:
        return change(connection, waiting.by_id(connection, seen.id), office)

    return await _perform(request, antre, office, repeated, work, now, new)


async def _perform(request: HttpRequest, antre: Antre, office: Office, repeated: Once | None,
                   work: Callable[[Connection], Reply], now: datetime, new: str | None) -> ASGIResponse:
    """Do it once; `new` is the part of the API in which what it made can be read."""
    reply = await antre.database.run(lambda connection: once.perform(
        connection, repeated, work, now=now, language=errors.language_of(request), office=office))
    if reply.status < 400 and not reply.again:
        antre.timetable.nudge()
        doorway_of(request).shelf.changed(office.id)
    if reply.status != 201 or new is None:
        return answering.reply(reply)
    token = _token_of(reply.body).token
    return answering.reply(reply, {"location": f"{antre.settings.public_url}/api/v1/{new}/{token}"})


def _encoded(antre: Antre, connection: Connection, entry: Waiting, office: Office) -> bytes:
    offer = holding.open_of(connection, entry.id) if entry.state == "offered" else None
    token = bookings.by_id(connection, entry.booking_id).token if entry.booking_id is not None else None
    url = antre.settings.public_url
    return answering.encode(WaitingListAnswer(
        token=entry.token, office=office.slug, service=office.by_id[entry.service_id].slug,
        from_=entry.first.isoformat(), to=entry.last.isoformat(), party=entry.party,
        state=entry.state,  # type: ignore[arg-type]
        page=f"{url}/w/{entry.token}", ahead=waiting.ahead(connection, entry) if entry.state == "waiting" else None,
        offer=_offer(offer, office) if offer is not None else None,
        ticket=answering.ticket_links(url, token) if token is not None else None,
        priority=entry.priority, reason=entry.reason,
    ))


def _offer(offer: Offer, office: Office) -> OfferAnswer:
    return OfferAnswer(start=answering.local(office, offer.start), lapses=answering.local(office, offer.lapses_at))


ROUTES = [join, read, accept, decline, leave]
