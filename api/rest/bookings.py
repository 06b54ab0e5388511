"""Bookings over HTTP: make, read, move, cancel. Whoever holds the token holds the ticket."""

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
from api.doorway import Doorway, FromAntre, doorway_of
from api.once import Once, Reply
from api.openapi import Doc
from api.rest import answering, asking, examples, reading
from api.rest.reading import Body, HttpRequest
from api.rest.schemas import BookingAnswer, BookingQuestion, MoveQuestion, QueuePlace
from scheduler import bookings, places
from scheduler.bookings import Booking
from scheduler.bookings_at_once import KeptAnswer, book_at_once
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office
from ticketing import queue
from ticketing.codes import Genuine

_BOOK = Body(BookingQuestion)
_MOVE = Body(MoveQuestion)

# What one can do with the token of a new ticket, as the description names it.
_WITH_TOKEN = ("get_bookings_token", "post_bookings_token_move", "post_bookings_token_cancel",
               "get_t_token_png", "get_t_token_svg", "get_t_token_pdf", "get_t_token_ics")
_PLACE_CODES = ("outside_hours", "office_closed", "too_soon", "too_far", "slot_full", "day_full")


class _Located(msgspec.Struct):
    token: str


_token_of = msgspec.json.Decoder(_Located).decode


# -- making ----------------------------------------------------------------------------------------------


@post("/api/v1/bookings", opt={"limit": "book", "doc": Doc(
    tag="bookings", summary="Book a place", status=201, answer=BookingAnswer, example=examples.BOOKING,
    body=BookingQuestion, body_examples={"required visit": examples.BOOK, "fallback visit": examples.BOOK_FALLBACK},
    codes=("unknown_office", "unknown_service", "invalid_nik", "invalid_name", "invalid_phone", "invalid_email",
           "reason_required", "already_booked", "too_many_for_phone", *_PLACE_CODES),
    once=True, headers={"Location": "Where the booking can be read."}, links=_WITH_TOKEN,
)})
async def book(request: HttpRequest, antre: FromAntre) -> ASGIResponse:
    """Take the place, or say why not and what is free instead."""
    doorway, now = doorway_of(request), antre.clock.now()
    repeated = await once.of_request(request, doorway.answers_key)
    async with once.judging(antre.database, repeated):
        asked = await _BOOK.of(request)
        office = await reading.office_of(request, antre, asked.office)
        wanted = _wanted(antre, office, asked, now)
    reply = await _write_booking(antre, wanted, repeated, errors.language_of(request), now)
    if reply.status != 201:
        return answering.reply(reply)
    if not reply.again:
        doorway.metrics.booked(office.slug)
        _tell(antre, doorway, office)
    token = _token_of(reply.body).token
    return answering.reply(reply, {"location": f"{antre.settings.public_url}/api/v1/bookings/{token}"})


async def _write_booking(antre: Antre, wanted: bookings.Request, repeated: Once | None, language: str,
                         now: datetime) -> Reply:
    """The hot path: one statement where the database can, the reasoned transaction where it must."""

    def reasoned(connection: Connection) -> Reply:
        return once.perform(connection, repeated, work, now=now, language=language, office=wanted.office)

    def work(connection: Connection) -> Reply:
        with answering.naming_the_waiting_list(antre.settings.public_url):
            booked = bookings.book(connection, wanted, vault=antre.vault, mint=antre.mint, now=now)
        return Reply(201, _encoded(antre, booked, wanted.office))

    short = not antre.database.embedded and places.in_reach(wanted.office, wanted.start, now)
    at_once = _in_one_statement(antre, wanted, repeated, now) if short else None
    return await antre.database.run(reasoned, at_once=at_once)


def _in_one_statement(antre: Antre, wanted: bookings.Request, repeated: Once | None,
                      now: datetime) -> Callable[[Connection], Reply | None]:
    """PostgreSQL's short way. The ids do not show, so the answer is known, and can be kept, before the row is."""
    draft = bookings.draft(wanted, vault=antre.vault, mint=antre.mint, now=now)
    reply = Reply(201, _encoded(antre, bookings.booking_of(draft, 0, 0, 0), wanted.office))
    kept = KeptAnswer(repeated.key, repeated.fingerprint, reply.status, reply.body.decode()) if repeated else None

    def book(connection: Connection) -> Reply | None:
        return reply if book_at_once(connection, draft, now, kept) is not None else None

    return book


def _wanted(antre: Antre, office: Office, asked: BookingQuestion, now: datetime) -> bookings.Request:
    service = office.service(asked.service)
    start = reading.moment(asked.start, "start")
    person = asking.person_of(antre, office, asked, now)
    asking.must_be_whole(office, service, asked)
    return bookings.Request(
        office=office, service=service, start=start, person=person, reason=asked.reason, party=asked.party,
        priority=asked.priority, language=asked.language, channel="api",
    )


# -- reading ---------------------------------------------------------------------------------------------


@get("/api/v1/bookings/{token:str}", opt={"doc": Doc(
    tag="bookings", summary="A booking as it stands", answer=BookingAnswer, example=examples.BOOKING,
    text="An old token, retired by a move, shows the booking and in `moved_to` where its ticket is now. Once the "
         "visitor has been admitted, `queue` tells the place in today's queue and when the turn is expected, or the "
         "counter that called.",
    codes=("unknown_booking",),
)})
async def read(request: HttpRequest, antre: FromAntre, token: FromPath[str]) -> ASGIResponse:
    """The booking of that token; `queue` once its visitor waits in the hall."""
    asked, now = _judged(antre, token).token, antre.clock.now()

    def work(connection: Connection) -> bytes:
        booked = bookings.find(connection, asked)
        office = _office_of(request, antre, connection, booked)
        return _encoded(antre, booked, office, asked=asked, queue=_queue_place(connection, office, booked, now))

    return answering.json(await antre.database.fetch(work))


def _judged(antre: Antre, text: str) -> Genuine:
    """What a token claims, proven without the database. Raises Refusal unknown_booking: a forged one and one that
    never was are the same to who asks."""
    judged = antre.mint.judge(text)
    if not isinstance(judged, Genuine):
        raise Refusal("unknown_booking")
    return judged


def _queue_place(connection: Connection, office: Office, booked: Booking, now: datetime) -> QueuePlace | None:
    if booked.status != "arrived":
        return None
    place = queue.place_of(connection, office, booked, now)
    if place is None:
        return None
    return QueuePlace(place.number, place.before, place.state,  # type: ignore[arg-type]
                      answering.estimate(office, place.from_, place.to), place.counter)


# -- changing --------------------------------------------------------------------------------------------


@post("/api/v1/bookings/{token:str}/cancel", status_code=200, opt={"doc": Doc(
    tag="bookings", summary="Cancel a booking", answer=BookingAnswer, example=examples.CANCELLED,
    codes=("unknown_booking", "already_cancelled", "already_admitted", "too_soon"), once=True,
)})
async def cancel(request: HttpRequest, antre: FromAntre, token: FromPath[str]) -> ASGIResponse:
    """Free the place; once the visitor was found absent there is nothing left to cancel."""
    now = antre.clock.now()

    def change(connection: Connection, booked: Booking, _office: Office) -> Booking:
        return bookings.cancel(connection, booked, now=now)

    return await _change(request, antre, token, now, change)


@post("/api/v1/bookings/{token:str}/move", status_code=200, opt={"doc": Doc(
    tag="bookings", summary="Move a booking", answer=BookingAnswer, example=examples.MOVED,
    text="A move to another day gives a new token; the old one shows where the booking went.",
    body=MoveQuestion, body_examples={"another day": {"start": "2026-11-26T09:00:00+08:00"}},
    codes=("unknown_booking", "already_cancelled", "already_admitted", "move_limit", *_PLACE_CODES), once=True,
    links=_WITH_TOKEN,
)})
async def move(request: HttpRequest, antre: FromAntre, token: FromPath[str]) -> ASGIResponse:
    """Take the other place and free this one, or change nothing."""
    now = antre.clock.now()
    async with once.judging(antre.database, await once.of_request(request, doorway_of(request).answers_key)):
        start = reading.moment((await _MOVE.of(request)).start, "start")

    def change(connection: Connection, booked: Booking, office: Office) -> Booking:
        service = office.by_id[booked.service_id]
        return bookings.move(connection, office, service, booked, start, mint=antre.mint, now=now)

    return await _change(request, antre, token, now, change)


async def _change(request: HttpRequest, antre: Antre, token: str, now: datetime,
                  change: Callable[[Connection, Booking, Office], Booking]) -> ASGIResponse:
    judged = _judged(antre, token)
    repeated = await once.of_request(request, doorway_of(request).answers_key)
    office = await reading.office_by_id(request, antre, judged.office_id)

    def work(connection: Connection) -> Reply:
        booked = change(connection, bookings.find(connection, judged.token), office)
        return Reply(200, _encoded(antre, booked, office))

    reply = await antre.database.run(lambda connection: once.perform(
        connection, repeated, work, now=now, language=errors.language_of(request), office=office))
    if reply.status == 200 and not reply.again:
        _tell(antre, doorway_of(request), office)
    return answering.reply(reply)


# -- inside ----------------------------------------------------------------------------------------------


def _office_of(request: HttpRequest, antre: Antre, connection: Connection, booked: Booking) -> Office:
    return reading.about(request, antre.offices.by_id(connection, booked.office_id))


def _encoded(antre: Antre, booked: Booking, office: Office, *, asked: str | None = None,
             queue: QueuePlace | None = None) -> bytes:
    service = office.by_id[booked.service_id]
    return answering.encode(
        answering.booking(booked, office, service, antre.settings.public_url, asked=asked, queue=queue))


def _tell(antre: Antre, doorway: Doorway, office: Office) -> None:
    """After the commit: letters may go out, ready answers of the office are old."""
    antre.timetable.nudge()
    doorway.shelf.changed(office.id)


ROUTES = [book, read, cancel, move]
