"""One's own account: where it is signed in, signing out everywhere, a password of one's own."""

from __future__ import annotations

from typing import Any

from litestar import Request, get, post
from litestar.response import Response

from api import sessions, staff
from api.doorway import FromAntre, asker_of, doorway_of
from api.errors import describe
from api.guards import needs, session_of
from api.passwords import MAX_LENGTH
from api.web import browsers
from api.web.desk import own_office, staff_page
from api.web.render import go, language, page, words_of
from api.web.sign_in import cookies_of
from scheduler.foundation.errors import Refusal

FIELDS = ("present", "new", "again")

Asker = Request[Any, Any, Any]


@get("/me", include_in_schema=False, guards=[needs("own")])
async def me(request: Asker, antre: FromAntre) -> Response[Any]:
    """Who one is here, and where one is signed in; `?changed` after a new password."""
    office, session, now = await own_office(request, antre), session_of(request), antre.clock.now()
    places = await antre.database.fetch(
        lambda connection: sessions.places(connection, session.staff_id, now, session.hash))
    return await staff_page(request, antre, "me.html", office, places=places,
                            changed="changed" in request.query_params)


@get("/me/password", include_in_schema=False, guards=[needs("own", before_change=True)])
async def ask_password(request: Asker, antre: FromAntre) -> Response[Any]:
    """The present password and the new one, twice."""
    return await _form(request, antre, {}, 200)


@post("/me/password", include_in_schema=False, guards=[needs("own", before_change=True)], opt={"limit": "sign_in"})
async def change_password(request: Asker, antre: FromAntre) -> Response[Any]:
    """A new password, and with it a new session; or what is wrong. No password is ever shown again."""
    form = await request.form()
    typed = {name: str(form.get(name, ""))[:MAX_LENGTH + 1] for name in FIELDS}
    words, session, doorway = words_of(language(request))["accounts"]["wrong"], session_of(request), doorway_of(request)
    wrong = {name: words[f"{name}_missing"] for name in FIELDS if not typed[name]}
    if not wrong and typed["new"] != typed["again"]:
        wrong = {"again": words["again_differs"]}
    if wrong:
        return await _form(request, antre, wrong, 422)
    asker = asker_of(request, browsers.known(request, session.username))
    try:
        made = await staff.change_password(antre.database, doorway.passwords, session, typed["present"], typed["new"],
                                           asker, antre.clock.now())
    except Refusal as refusal:
        if refusal.code not in ("invalid_request", "too_many_requests"):
            raise
        said = describe(refusal, language(request))[1]
        return await _form(request, antre, {refusal.details.get("field", "present"): said},
                           429 if refusal.code == "too_many_requests" else 422)
    doorway.sessions.forget([session.staff_id])
    return go("/me?changed=1", cookies=cookies_of(request, antre, made))


async def _form(request: Asker, antre: FromAntre, wrong: dict[str, str], status: int) -> Response[Any]:
    """The form; who must change the password has no links that lead nowhere."""
    office, session = await own_office(request, antre), session_of(request)
    context: dict[str, Any] = {"wrong": wrong, "must_change": session.must_change, "who": session, "status": status}
    if session.must_change:
        return page(request, "me_password.html", office=office, **context)
    return await staff_page(request, antre, "me_password.html", office, **context)


ROUTES = [me, ask_password, change_password]
