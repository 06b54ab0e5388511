"""At the door: scans and walk-ins."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from litestar import post
from litestar.response.base import ASGIResponse
from sqlalchemy import Connection

from api import errors, once
from api.doorway import FromAntre, doorway_of
from api.guards import needs, session_of
from api.once import Reply
from api.openapi import Doc
from api.rest import answering, examples, reading
from api.rest.reading import Body, HttpRequest
from api.rest.schemas import (
    ScanQuestion,
    VerdictAnswer,
    VisitAnswer,
    WalkInQuestion,
)
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office
from ticketing import checkin, verdict
from ticketing.checkin_at_once import admit_at_once
from ticketing.verdict import Verdict

_SCAN = Body(ScanQuestion)
_WALK_IN = Body(WalkInQuestion)


@post("/api/v1/scans", status_code=200, guards=[needs("door")], opt={"doc": Doc(
    tag="staff", summary="Scan a ticket", answer=VerdictAnswer, example=examples.VERDICT, role="counter",
    text="Whatever was scanned gets a verdict; only `admitted`, `already_admitted` and some of `late` carry a number. "
         "The same `nonce` again gives the same answer.",
    body=ScanQuestion, body_examples={
        "by scanner": {"qr": f"HTTPS://ANTRE.EXAMPLE.GO.ID/T/{examples.TOKEN}", "nonce": "door-1-000173"},
        "by hand": {"code": "482-177-305"},
    },
    codes=("idempotency_key_reused",), once=True,
)})
async def scan(request: HttpRequest, antre: FromAntre) -> ASGIResponse:
    """Judge what was scanned at the clerk's own office and let in whom it lets in."""
    repeated = await once.of_request(request, doorway_of(request).answers_key)
    async with once.judging(antre.database, repeated):
        asked = await _SCAN.of(request)
        text = _shown(asked)
    session, now, language = session_of(request), antre.clock.now(), errors.language_of(request)
    office, named = await reading.office_by_id(request, antre, session.office_id), session.may("counter")

    def work(connection: Connection) -> Reply:
        judged = checkin.scan(
            connection, office, text=text, nonce=asked.nonce, now=now, vault=antre.vault, mint=antre.mint,
            offices=antre.offices, staff_id=session.staff_id)
        return _spoken(judged, office, language, named=named)

    def at_once(connection: Connection) -> Reply | None:
        judged = admit_at_once(connection, office, text=text, nonce=asked.nonce, now=now, vault=antre.vault,
                               mint=antre.mint, staff_id=session.staff_id)
        return None if judged is None else _spoken(judged, office, language, named=named)

    reply = await antre.database.run(lambda connection: once.perform(
        connection, repeated, work, now=now, language=language, office=office),
        at_once=None if repeated else at_once)
    return answering.reply(reply)


def _shown(asked: ScanQuestion) -> str:
    """What was read or typed. Raises Refusal invalid_request unless it is one of the two."""
    if asked.qr and asked.code:
        raise Refusal("invalid_request", why="both", field="code")
    if text := asked.qr or asked.code:
        return text
    raise Refusal("invalid_request", why="missing", field="qr")


@post("/api/v1/walk-ins", status_code=201, guards=[needs("door")], opt={"doc": Doc(
    tag="staff", summary="A visitor without booking", status=201, answer=VisitAnswer, example=examples.VISIT,
    role="counter", body=WalkInQuestion,
    text="Where the day is full, `ask_again` is the next moment at which there may be room, if people who booked are "
         "still awaited; `waiting_list` is there while the list takes a wish for today. A closed office says why.",
    body_examples={"one person": {"service": "ktp-rekam"},
                   "with priority": {"service": "ktp-rekam", "party": 2, "priority": "elderly"}},
    codes=("unknown_service", "office_closed", "day_full"), once=True,
)})
async def walk_in(request: HttpRequest, antre: FromAntre) -> ASGIResponse:
    """A number while the day has room for people without booking, else starts that can be booked."""
    session, now = session_of(request), antre.clock.now()
    office = await reading.office_by_id(request, antre, session.office_id)
    repeated = await once.of_request(request, doorway_of(request).answers_key)
    async with once.judging(antre.database, repeated):
        asked = await _WALK_IN.of(request)
        service = office.service(asked.service)
        if asked.party > office.rules.max_party:
            raise Refusal("invalid_request", why="party", field="party", limit=office.rules.max_party)

    sent_home: list[Refusal] = []

    def work(connection: Connection) -> Reply:
        with answering.naming_the_waiting_list(antre.settings.public_url):
            visit = checkin.walk_in(connection, office, service, party=asked.party, priority=asked.priority, now=now,
                                    staff_id=session.staff_id)
        return Reply(201, answering.encode(VisitAnswer(
            visit.number, visit.service, visit.state, answering.local(office, now), visit.party, visit.priority)))

    def count(connection: Connection) -> None:
        checkin.note_turned_away(connection, office, asked.party, now, session.staff_id)

    def whole(connection: Connection) -> Reply:
        """The visit or the refusal; one that is kept for repeated requests is counted with its keeping, once."""
        sent_home.clear()
        reply = once.perform(connection, repeated, partial(_noting, work, sent_home), now=now,
                             language=errors.language_of(request), office=office)
        if sent_home:
            count(connection)
        return reply

    try:
        return answering.reply(await antre.database.run(whole))
    except Refusal:
        if sent_home:
            await antre.database.run(count)
        raise


def _noting(work: Callable[[Connection], Reply], sent_home: list[Refusal], connection: Connection) -> Reply:
    """Do `work`, and note a refusal that sends somebody home."""
    try:
        return work(connection)
    except Refusal as refusal:
        if checkin.is_turned_away(refusal):
            sent_home.append(refusal)
        raise


def _spoken(judged: Verdict, office: Office, language: str, *, named: bool) -> Reply:
    return Reply(200, answering.encode(_verdict(judged, office, language, named)), language=language)


def _verdict(judged: Verdict, office: Office, language: str, named: bool) -> VerdictAnswer:
    """`named`: a person asks, who may see the masked name; a device may not."""
    words = verdict.say(judged, office, language)
    return VerdictAnswer(
        verdict=judged.verdict, words=words.say, title=words.title,  # type: ignore[arg-type]
        variant=judged.variant, number=judged.number, service=judged.service, name=judged.name if named else None,
        party=judged.party if judged.service else None, priority=judged.priority, office=judged.office,
        **{name: answering.local(office, moment) for name in ("start", "opens", "since")
           if (moment := getattr(judged, name)) is not None},
    )


ROUTES = [scan, walk_in]
