"""Check and book: everything read back once, then one booking however often the button is pressed."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime
from typing import Any

import msgspec
from litestar import Request, get, post
from litestar.response import Response
from sqlalchemy import Connection

from api.assembly import Antre
from api.doorway import FromAntre, doorway_of
from api.once import Once, Reply
from api.web import after, choices, draft, who
from api.web.choices import Choices
from api.web.draft import Draft, Refused
from api.web.render import go, language, page, refusal_words
from scheduler import bookings
from scheduler.bookings import Booking
from scheduler.foundation.database import Work
from scheduler.foundation.errors import Refusal

# Refusals that another start answers; they come with alternatives.
ANOTHER_TIME = frozenset({"slot_full", "day_full", "office_closed", "outside_hours", "too_soon", "too_far"})

Asker = Request[Any, Any, Any]


@get("/check", include_in_schema=False)
async def check(request: Asker, antre: FromAntre) -> Response[Any]:
    """Everything read back, or why the last attempt was refused and what can be had instead."""
    now = antre.clock.now()
    given = dict(request.query_params)
    chosen = await antre.database.fetch(lambda connection: choices.read(connection, antre.offices, given))
    known = draft.read(request, antre.vault, now)
    if known is not None and known.ticket is not None:
        return go(f"/t/{known.ticket}")
    if known is None or not _is_ready(chosen, known, antre):
        return go(_way_back(chosen, known))
    assert chosen.office is not None
    refused = known.refused if known.refused and known.refused.address == chosen.address() else None
    return page(request, "check.html", office=chosen.office, chosen=chosen, typed=known, refused=refused,
                reason=refused and refusal_words(Refusal(refused.code, **refused.details), request, chosen.office,
                                                 int(known.party)),
                person=who.person_of(known, chosen.office, antre),
                another_time=refused is not None and refused.code in ANOTHER_TIME, other="other" in given)


@post("/book", include_in_schema=False, opt={"limit": "book"})
async def book(request: Asker, antre: FromAntre) -> Response[Any]:
    """Book what the draft and the form say, then show the ticket; a refusal is shown by `check`."""
    now = antre.clock.now()
    form = dict(await request.form())
    known = draft.read(request, antre.vault, now)
    ours = known is not None and _is_ours(form.get("nonce"), known)
    if known is not None and known.ticket is not None and ours:
        return go(f"/t/{known.ticket}")
    chosen = await antre.database.fetch(lambda connection: choices.read(connection, antre.offices, form))
    if known is None or known.ticket is not None:
        return go(_way_back(chosen, None))
    if not ours or not _is_ready(chosen, known, antre):
        return go(chosen.address("/check", other=int(not ours)))
    try:
        token, again = await antre.database.run(_booking(antre, chosen, known, language(request), now))
    except Refusal as refusal:
        kept = draft.refused(known, _refused(refusal, chosen))
        return go(chosen.address("/check"), cookies=[draft.keep(request, antre.vault, kept)])
    assert chosen.office is not None
    after.tell(request, antre, chosen.office)
    if not again:
        doorway_of(request).metrics.booked(chosen.office.slug)
    return go(f"/t/{token}", cookies=[draft.keep(request, antre.vault, draft.booked(known, token, now))])


def _way_back(chosen: Choices, known: Draft | None) -> str:
    """Where the missing answer is asked; what was typed and is gone (too old, or no cookies) is said, not hidden."""
    if chosen.question != "who":
        return chosen.address()
    return chosen.address("/who") if known else chosen.address("/who", lost=1)


def _is_ready(chosen: Choices, known: Draft, antre: Antre) -> bool:
    if chosen.office is None or chosen.service is None or chosen.question != "who":
        return False
    return not who.mistakes(known, chosen.office, chosen.service, antre)


def _is_ours(nonce: object, known: Draft) -> bool:
    return isinstance(nonce, str) and hmac.compare_digest(nonce.encode(), known.nonce.encode())


def _refused(refusal: Refusal, chosen: Choices) -> Refused:
    details = {key: value for key, value in refusal.details.items() if isinstance(value, str | int)}
    return Refused(refusal.code, details, chosen.address(), refusal.details.get("alternatives", []))


def _booking(antre: Antre, chosen: Choices, known: Draft, tongue: str, now: datetime) -> Work[tuple[str, bool]]:
    """The work of one transaction: answers the ticket's token, and whether it is one given before because this was
    sent again."""
    assert chosen.office is not None
    assert chosen.service is not None
    assert chosen.start is not None
    request = bookings.Request(
        chosen.office, chosen.service, chosen.start, who.person_of(known, chosen.office, antre), reason=chosen.reason,
        party=who.party_of(known, chosen.office, chosen.service), priority=who.priority_of(known), language=tongue,
        channel="web",
    )
    once = _once(antre, known)

    def work(connection: Connection) -> tuple[str, bool]:
        before = once.again(connection)
        if before is not None:
            return _token(before), True
        try:
            made = bookings.book(connection, request, vault=antre.vault, mint=antre.mint, now=now)
        except Refusal:
            # The other copy may have been booked between our two looks.
            if (before := once.again(connection)) is not None:
                return _token(before), True
            raise
        once.keep(connection, _reply(made), now)
        return made.token, False

    return work


def _once(antre: Antre, known: Draft) -> Once:
    key = hmac.digest(antre.vault.derive("pages")[0], known.nonce.encode(), hashlib.sha256)[:16]
    return Once(key, key)


def _reply(made: Booking) -> Reply:
    return Reply(201, msgspec.json.encode({"token": made.token}))


def _token(reply: Reply) -> str:
    return msgspec.json.decode(reply.body, type=dict[str, str])["token"]
