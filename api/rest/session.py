"""Signing in and out with a bearer token, for programs; pages have a form and a cookie."""

from __future__ import annotations

from litestar import delete, get, post
from litestar.response.base import ASGIResponse

from api import staff
from api.assembly import Antre
from api.doorway import FromAntre, asker_of, doorway_of
from api.guards import needs, session_of
from api.openapi import Doc, Parameter
from api.rest import answering, examples, reading
from api.rest.reading import Body, HttpRequest
from api.rest.schemas import PasswordQuestion, SessionAnswer, SignInQuestion, WhoAnswer
from api.staff import SignedIn
from scheduler.foundation.errors import Refusal

_SIGN_IN = Body(SignInQuestion)
_PASSWORD = Body(PasswordQuestion)
_EVERYWHERE = {"": True, "true": True, "false": False}


@post("/api/v1/session", status_code=200, opt={"limit": "sign_in", "doc": Doc(
    tag="staff", summary="Sign in", answer=SessionAnswer, example=examples.SESSION,
    text="Send the token as `Authorization: Bearer` from then on; it is good for twelve hours. Wrong passwords in a "
         "row lock the account and the client for a growing while (429). With `must_change` the password was given by "
         "somebody else: until it is changed, the session is good for that and for signing out.",
    body=SignInQuestion, body_examples={"a clerk": {"username": "loket1", "password": "kata-sandi-contoh"}},
    codes=("not_authenticated",),
)})
async def sign_in(request: HttpRequest, antre: FromAntre) -> ASGIResponse:
    """A session for the right name and password."""
    asked, doorway = await _SIGN_IN.of(request), doorway_of(request)
    return await _answer(request, antre, await staff.sign_in(
        antre.database, doorway.passwords, asked.username, asked.password, asker_of(request), antre.clock.now()))


async def _answer(request: HttpRequest, antre: Antre, signed_in: SignedIn) -> ASGIResponse:
    session = signed_in.session
    office = await reading.office_by_id(request, antre, session.office_id)
    return answering.json(answering.encode(SessionAnswer(
        signed_in.token, session.role, session.username, office.slug,  # type: ignore[arg-type]
        answering.local(office, session.expires_at), session.must_change)))


@post("/api/v1/session/password", status_code=200, guards=[needs("own", before_change=True)],
      opt={"limit": "sign_in", "doc": Doc(
    tag="staff", summary="Change one's own password", answer=SessionAnswer, example=examples.SESSION, role="counter",
    text="Every session of the account ends, the one that asks too: the answer has a new token. A wrong `present` "
         "counts as a wrong password does for signing in.",
    body=PasswordQuestion,
    body_examples={"a clerk": {"present": "kata-sandi-contoh", "new": "kata-sandi-lain-contoh"}},
)})
async def change_password(request: HttpRequest, antre: FromAntre) -> ASGIResponse:
    """A new password for the right present one."""
    asked, doorway, session = await _PASSWORD.of(request), doorway_of(request), session_of(request)
    signed_in = await staff.change_password(antre.database, doorway.passwords, session, asked.present, asked.new,
                                            asker_of(request), antre.clock.now())
    doorway.sessions.forget([session.staff_id])
    return await _answer(request, antre, signed_in)


@get("/api/v1/session", guards=[needs("session")], opt={"doc": Doc(
    tag="staff", summary="Who is signed in", answer=WhoAnswer, example=examples.WHO, role="counter",
)})
async def who(request: HttpRequest, antre: FromAntre) -> ASGIResponse:
    """The account or device behind the session."""
    session = session_of(request)
    office = await reading.office_by_id(request, antre, session.office_id)
    return answering.json(answering.encode(WhoAnswer(
        session.role, session.username, office.slug,  # type: ignore[arg-type]
        answering.local(office, session.expires_at))))


@delete("/api/v1/session", guards=[needs("own", before_change=True)], opt={"doc": Doc(
    tag="staff", summary="Sign out", status=204, role="counter",
    parameters=(Parameter("everywhere", "Also wherever else the account is signed in.",
                          {"type": "string", "enum": list(_EVERYWHERE)}, "true"),),
)})
async def sign_out(request: HttpRequest, antre: FromAntre) -> None:
    """End the session, or all of the account; their tokens are worth nothing from now on."""
    session, now = session_of(request), antre.clock.now()
    everywhere = _EVERYWHERE.get(reading.query(request, "everywhere").get("everywhere", "false"))
    if everywhere is None:
        raise Refusal("invalid_request", field="everywhere")
    await antre.database.run(lambda connection: staff.sign_out(connection, session, now, everywhere=everywhere))
    doorway_of(request).sessions.forget([session.staff_id])


ROUTES = [sign_in, who, sign_out, change_password]
