"""Staff come and go."""

from __future__ import annotations

from typing import Any

from litestar import Request, get, post
from litestar.datastructures import Cookie
from litestar.response import Response

from api import guards, staff
from api.assembly import Antre
from api.doorway import FromAntre, asker_of, doorway_of
from api.guards import needs, same_site, session_if_any, session_of
from api.sessions import Session
from api.web import browsers, counter_seat
from api.web.desk import home_of
from api.web.render import go, page, query, refusal_words
from scheduler.foundation.errors import Refusal

# Where signing in may lead: our own pages only, whatever the address says.
PAGES = ("/scan", "/walk-in", "/counter", "/counter/day", "/counter/seats", "/messages", "/manage",
         "/manage/statistics", "/me")

Asker = Request[Any, Any, Any]


@get("/sign-in", include_in_schema=False)
async def ask(request: Asker, antre: FromAntre) -> Response[Any]:
    """Name and password; whoever is signed in already goes on."""
    session = await session_if_any(request)
    goal = request.query_params.get("next", "")
    if session is not None:
        return go(await _goal(antre, goal, session))
    return page(request, "sign_in.html", goal=goal if goal in PAGES else "", username="", missing=(), reason=None)


@post("/sign-in", include_in_schema=False, guards=[same_site], opt={"limit": "sign_in"})
async def sign_in(request: Asker, antre: FromAntre) -> Response[Any]:
    """A session in a cookie, or why not. The password is never shown again."""
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    username, password, goal = form.get("username", "").strip(), form.get("password", ""), form.get("next", "")
    missing = tuple(field for field, value in (("username", username), ("password", password)) if not value)
    reason, status = None, 422
    if not missing:
        try:
            doorway = doorway_of(request)
            made = await staff.sign_in(antre.database, doorway.passwords, username, password,
                                       asker_of(request, browsers.known(request, username)), antre.clock.now())
        except Refusal as refusal:
            reason, status = refusal_words(refusal, request, None), 429 if refusal.code == "too_many_requests" else 401
        else:
            return await _signed_in(request, antre, made, goal)
    return page(request, "sign_in.html", status=status, goal=goal if goal in PAGES else "", username=username[:60],
                missing=missing, reason=reason)


@post("/sign-out", include_in_schema=False, guards=[needs("own", before_change=True)])
async def sign_out(request: Asker, antre: FromAntre) -> Response[Any]:
    """End the session here and on the server; with `everywhere` in the form all of the account. With somebody at one's
    counter, ask first."""
    session, now, everywhere = session_of(request), antre.clock.now(), "everywhere" in await request.form()
    if not await counter_seat.let_go(request, antre):
        return go(query("/counter/leave", out="everywhere" if everywhere else "here"))
    await antre.database.run(lambda connection: staff.sign_out(connection, session, now, everywhere=everywhere))
    doorway_of(request).sessions.forget([session.staff_id])
    return go("/sign-in", cookies=[guards.no_cookie(secure=antre.settings.secure)])


async def _signed_in(request: Asker, antre: Antre, made: staff.SignedIn, goal: str) -> Response[Any]:
    return go(await _goal(antre, goal, made.session), cookies=cookies_of(request, antre, made))


def cookies_of(request: Asker, antre: Antre, made: staff.SignedIn) -> list[Cookie]:
    """What the browser keeps of a session that a password began."""
    return [guards.cookie(made.token, secure=antre.settings.secure), browsers.remember(request, made.session.username)]


async def _goal(antre: Antre, wish: str, session: Session) -> str:
    if session.must_change:
        return "/me/password"
    if wish in PAGES and not session.is_device:
        return wish
    return home_of(session, await antre.database.fetch(
        lambda connection: antre.offices.by_id(connection, session.office_id)))
