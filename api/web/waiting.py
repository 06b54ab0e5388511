"""The way into the waiting list: until when, who it is for (`who.py`), everything read back, joining."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from litestar import Request, get, post
from litestar.response import Response
from sqlalchemy import Connection

from api.assembly import Antre
from api.doorway import FromAntre
from api.web import after, choices, draft, sending, who
from api.web.choices import Choices
from api.web.draft import Draft
from api.web.render import REVISIT, go, language, page, refusal_words
from scheduler import waiting, waiting_dates
from scheduler.foundation.database import Work
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office
from scheduler.waiting import Wish

Asker = Request[Any, Any, Any]


@get("/waiting", include_in_schema=False)
async def ask(request: Asker, antre: FromAntre) -> Response[Any]:
    """Until when, and from when on; then on to the details, or straight to the check when they were given before."""
    now, given = antre.clock.now(), dict(request.query_params)
    chosen = await _chosen(antre, given)
    if chosen.office is None or chosen.service is None or chosen.question == "reason":
        return go(chosen.address())
    dates = _dates(chosen.office, now)
    wrong = _wrong(chosen, dates) if "asked" in given else None
    if "asked" not in given or wrong is not None:
        return page(request, "waiting.html", keep=REVISIT, office=chosen.office, chosen=chosen, dates=dates,
                    wrong=wrong)
    known = draft.read(request, antre.vault, now)
    ready = known is not None and known.made is None and sending.is_ready(chosen, known, antre)
    return go(chosen.address(chosen.check if ready else "/who"))


def _dates(office: Office, now: datetime) -> list[date]:
    """The dates one can wait for, from today to the horizon: those that are over or closed are left out."""
    today = office.today(now)
    every = (today + timedelta(days=n) for n in range(office.rules.horizon_days + 1))
    return [day for day in every if waiting_dates.takes(office, day, now)]


def _wrong(chosen: Choices, dates: list[date]) -> str | None:
    """What is wrong with the dates, as a key of the words; None when nothing is."""
    if chosen.until not in dates or chosen.since not in dates:
        return "unknown"
    return "order" if chosen.until < chosen.since else None


@get("/waiting/check", include_in_schema=False)
async def check(request: Asker, antre: FromAntre) -> Response[Any]:
    """Everything read back, or why the last attempt was refused."""
    now, given = antre.clock.now(), dict(request.query_params)
    chosen = await _chosen(antre, given)
    known = draft.read(request, antre.vault, now)
    if known is not None and known.made is not None:
        return go(known.made)
    if known is None or not chosen.waits or not sending.is_ready(chosen, known, antre):
        return go(sending.way_back(chosen, known))
    assert chosen.office is not None
    refused = known.refused if known.refused and known.refused.address == chosen.address() else None
    return page(request, "waiting_check.html", office=chosen.office, chosen=chosen, typed=known, refused=refused,
                reason=refused and refusal_words(Refusal(refused.code, **refused.details), request, chosen.office),
                person=who.person_of(known, chosen.office, antre), today=chosen.office.today(now),
                other="other" in given)


@post("/waiting", include_in_schema=False, opt={"limit": "book"})
async def join(request: Asker, antre: FromAntre) -> Response[Any]:
    """Join with what the draft and the form say, then show the entry; a refusal is shown by `check`."""
    now, form = antre.clock.now(), dict(await request.form())
    known = draft.read(request, antre.vault, now)
    ours = known is not None and sending.is_ours(form.get("nonce"), known)
    if known is not None and known.made is not None and ours:
        return go(known.made)
    chosen = await _chosen(antre, form)
    if known is None or known.made is not None or not chosen.waits:
        return go(sending.way_back(chosen, None))
    if not ours or not sending.is_ready(chosen, known, antre):
        return go(chosen.address(chosen.check, other=int(not ours)))
    try:
        token, _ = await antre.database.run(_joining(antre, chosen, known, language(request), now))
    except Refusal as refusal:
        kept = draft.refused(known, sending.refused(refusal, chosen))
        return go(chosen.address(chosen.check), cookies=[draft.keep(request, antre.vault, kept)])
    assert chosen.office is not None
    after.tell(request, antre, chosen.office)
    return go(f"/w/{token}", cookies=[draft.keep(request, antre.vault, draft.done(known, f"/w/{token}", now))])


def _joining(antre: Antre, chosen: Choices, known: Draft, tongue: str, now: datetime) -> Work[tuple[str, bool]]:
    """The work of one transaction; see `sending.once`."""
    office, service, until = chosen.office, chosen.service, chosen.until
    assert office is not None
    assert service is not None
    assert until is not None
    wish = Wish(
        office, service, chosen.since or office.today(now), until, who.person_of(known, office, antre),
        party=who.party_of(known, office, service), priority=who.priority_of(known), reason=chosen.reason,
        language=tongue, channel="web",
    )

    def join(connection: Connection) -> str:
        return waiting.join(connection, wish, vault=antre.vault, now=now).token

    return sending.once(antre, known, join, now)


async def _chosen(antre: Antre, given: dict[str, Any]) -> Choices:
    """The choices without a start: who waits has none."""
    chosen = await antre.database.fetch(lambda connection: choices.read(connection, antre.offices, given))
    return replace(chosen, start=None)
