"""Signing in and out with a bearer token, for programs; pages have a form and a cookie."""

from __future__ import annotations

from litestar import delete, get, post
from litestar.response.base import ASGIResponse

from api import staff
from api.doorway import FromAntre, doorway_of
from api.guards import needs, session_of
from api.openapi import Doc
from api.rest import answering, examples, reading
from api.rest.reading import Body, HttpRequest
from api.rest.schemas import SessionAnswer, SignInQuestion, WhoAnswer

_SIGN_IN = Body(SignInQuestion)


@post("/api/v1/session", status_code=200, opt={"limit": "sign_in", "doc": Doc(
    tag="staff", summary="Sign in", answer=SessionAnswer, example=examples.SESSION,
    text="Send the token as `Authorization: Bearer` from then on; it is good for twelve hours. Wrong passwords in a "
         "row lock the account and the client for a growing while (429).",
    body=SignInQuestion, body_examples={"a clerk": {"username": "loket1", "password": "kata-sandi-contoh"}},
    codes=("not_authenticated",),
)})
async def sign_in(request: HttpRequest, antre: FromAntre) -> ASGIResponse:
    """A session for the right name and password."""
    asked, doorway = await _SIGN_IN.of(request), doorway_of(request)
    signed_in = await staff.sign_in(antre.database, doorway.passwords, asked.username, asked.password,
                                    doorway.addresses.client(request.scope), antre.clock.now(), key=doorway.counts_key)
    session = signed_in.session
    office = await reading.office_by_id(request, antre, session.office_id)
    return answering.json(answering.encode(SessionAnswer(
        signed_in.token, session.role, session.username, office.slug,  # type: ignore[arg-type]
        answering.local(office, session.expires_at))))


@get("/api/v1/session", guards=[needs("counter")], opt={"doc": Doc(
    tag="staff", summary="Who is signed in", answer=WhoAnswer, example=examples.WHO, role="counter",
)})
async def who(request: HttpRequest, antre: FromAntre) -> ASGIResponse:
    """The account behind the session."""
    session = session_of(request)
    office = await reading.office_by_id(request, antre, session.office_id)
    return answering.json(answering.encode(WhoAnswer(
        session.role, session.username, office.slug,  # type: ignore[arg-type]
        answering.local(office, session.expires_at))))


@delete("/api/v1/session", guards=[needs("counter")], opt={"doc": Doc(
    tag="staff", summary="Sign out", status=204, role="counter",
)})
async def sign_out(request: HttpRequest) -> None:
    """End the session; its token is worth nothing from now on."""
    await doorway_of(request).sessions.end(session_of(request))


ROUTES = [sign_in, who, sign_out]
