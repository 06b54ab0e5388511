"""The counter: one screen, the obvious next act under Enter, and a key for every other.

A hall with 40 counters asks and acts from one address, so what is asked again and again is limited as screens are.
"""

from __future__ import annotations

import secrets
from typing import Any

from litestar import Request, get, post
from litestar.response import Response
from sqlalchemy import Connection

from api.assembly import Antre
from api.doorway import FromAntre
from api.guards import needs, session_of
from api.web import counter_acts, counter_view
from api.web.counter_acts import Said
from api.web.counter_seat import choose
from api.web.counter_view import Till
from api.web.desk import own_office, staff_page
from api.web.render import go, language, page, query, words_of
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office
from ticketing import hall, seats

PART = "x-part"  # the script's header: it asks for the parts that change, not for the page

Asker = Request[Any, Any, Any]


@get("/counter", include_in_schema=False, guards=[needs("counter")])
async def counter(request: Asker, antre: FromAntre) -> Response[Any]:
    """The clerk's own counter, or the choice of one."""
    office = await own_office(request, antre)
    said = Said(request.query_params.get("said", "")[:20], request.query_params.get("number", "")[:10])
    return await _show(request, antre, office, said)


@get("/counter/line", include_in_schema=False, guards=[needs("counter")], opt={"limit": "screen"})
async def line(request: Asker, antre: FromAntre) -> Response[Any]:
    """The parts that change, for the script that keeps them true; nothing (204) while the hall is as it was."""
    office, now, staff_id = await own_office(request, antre), antre.clock.now(), session_of(request).staff_id
    known = request.query_params.get("stamp", "")

    def is_known(connection: Connection) -> bool:
        return (known == hall.stamp_of(connection, office, now)
                and seats.own_counter(connection, office, staff_id) is not None)

    if known and await antre.database.fetch(is_known):
        return Response(None, status_code=204)
    return await _show(request, antre, office, counter_acts.NOTHING)


@post("/counter", include_in_schema=False, guards=[needs("counter")], opt={"limit": "screen"}, status_code=200)
async def act(request: Asker, antre: FromAntre) -> Response[Any]:
    """One press of a key: its effect, then the counter as it stands."""
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    office, asked = await own_office(request, antre), counter_acts.read(form)
    if asked.act == "transfer" and not asked.to:
        return go("/counter/transfer")
    try:
        said = await antre.database.run(
            counter_acts.work(antre, office, asked, antre.clock.now(), session_of(request).staff_id))
    except Refusal as refusal:
        known = refusal.code in words_of(language(request))["counter"]["said"]
        said = Said(refusal.code if known else "other", asked.number)
    if PART in request.headers:
        return await _show(request, antre, office, said)
    return go(query("/counter", said=said.key, number=said.number if said.key else ""))


@get("/counter/transfer", include_in_schema=False, guards=[needs("counter")])
async def transfer(request: Asker, antre: FromAntre) -> Response[Any]:
    """Where to, for who works without the script."""
    office = await own_office(request, antre)
    till = await _till(request, antre, office)
    if till is None or till.person is None:
        return go(query("/counter", said="nobody_called" if till else ""))
    return await staff_page(request, antre, "counter_transfer.html", office, till=till, said="", **_choices(office))


async def _show(request: Asker, antre: Antre, office: Office, said: Said) -> Response[Any]:
    """The counter with what is to be told; for the script its parts alone, or 409 where the counter is lost."""
    till = await _till(request, antre, office)
    words = words_of(language(request))["counter"]
    if till is None and PART in request.headers:
        return Response(None, status_code=409)
    if till is None:
        return await choose(request, antre, office, told(said, words))
    context: dict[str, Any] = {"till": till, "said": told(said, words), "last": counter_view.done(till.last, words),
               "waited": counter_view.waited(till, words)}
    if PART in request.headers:
        return page(request, "counter_parts.html", office=office, staff=session_of(request),
                    nonce=secrets.token_urlsafe(12), **context)
    return await staff_page(request, antre, "counter.html", office, **context, **_choices(office))


async def _till(request: Asker, antre: Antre, office: Office) -> Till | None:
    staff_id, now = session_of(request).staff_id, antre.clock.now()

    def read(connection: Connection) -> Till | None:
        own = seats.own_counter(connection, office, staff_id)
        return None if own is None else counter_view.till(connection, office, own, antre.vault, now)

    return await antre.database.fetch(read)


def told(said: Said, words: Any) -> str:
    """What an act or an address says, if it is one of our own sentences."""
    sentence = words["said"].get(said.key, "")
    return str(sentence.format(number=said.number)) if sentence else ""


def _choices(office: Office) -> dict[str, Any]:
    return {"services": list(office.by_slug.values()), "counters": office.counters, "nonce": secrets.token_urlsafe(12)}
