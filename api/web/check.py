"""Check and book: everything read back once, then one booking however often the button is pressed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from litestar import Request, get, post
from litestar.response import Response
from sqlalchemy import Connection

from api.assembly import Antre
from api.doorway import FromAntre, doorway_of
from api.web import after, choices, draft, sending, who
from api.web.choices import Choices
from api.web.draft import Draft
from api.web.render import go, language, page, refusal_words
from scheduler import bookings
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
    if known is not None and known.made is not None:
        return go(known.made)
    if known is None or not sending.is_ready(chosen, known, antre) or chosen.waits:
        return go(sending.way_back(chosen, known))
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
    ours = known is not None and sending.is_ours(form.get("nonce"), known)
    if known is not None and known.made is not None and ours:
        return go(known.made)
    chosen = await antre.database.fetch(lambda connection: choices.read(connection, antre.offices, form))
    if known is None or known.made is not None:
        return go(sending.way_back(chosen, None))
    if not ours or not sending.is_ready(chosen, known, antre) or chosen.waits:
        return go(chosen.address("/check", other=int(not ours)))
    try:
        token, again = await antre.database.run(_booking(antre, chosen, known, language(request), now))
    except Refusal as refusal:
        kept = draft.refused(known, sending.refused(refusal, chosen))
        return go(chosen.address("/check"), cookies=[draft.keep(request, antre.vault, kept)])
    assert chosen.office is not None
    after.tell(request, antre, chosen.office)
    if not again:
        doorway_of(request).metrics.booked(chosen.office.slug)
    return go(f"/t/{token}", cookies=[draft.keep(request, antre.vault, draft.done(known, f"/t/{token}", now))])


def _booking(antre: Antre, chosen: Choices, known: Draft, tongue: str, now: datetime) -> Work[tuple[str, bool]]:
    """The work of one transaction; see `sending.once`."""
    assert chosen.office is not None
    assert chosen.service is not None
    assert chosen.start is not None
    request = bookings.Request(
        chosen.office, chosen.service, chosen.start, who.person_of(known, chosen.office, antre), reason=chosen.reason,
        party=who.party_of(known, chosen.office, chosen.service), priority=who.priority_of(known), language=tongue,
        channel="web",
    )

    def book(connection: Connection) -> str:
        return bookings.book(connection, request, vault=antre.vault, mint=antre.mint, now=now).token

    return sending.once(antre, known, book, now)
