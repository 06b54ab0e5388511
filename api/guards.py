"""Who may: the session behind a request, roles, and requests forged by other sites.

A bearer token proves intent by itself. A cookie is sent by the browser whoever asks, so an unsafe request that
rests on one must carry the session's own CSRF token, in the header `X-CSRF-Token` or the form field `_csrf`.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.handlers import BaseRouteHandler

from api.sessions import KEY_LASTS, Session, Sessions
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office

COOKIE = "antre_session"
CSRF_FIELD = "_csrf"
CSRF_HEADER = "x-csrf-token"

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_SESSION = "antre.session"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

Connection = ASGIConnection[Any, Any, Any, Any]
Guard = Callable[[Connection, BaseRouteHandler], Awaitable[None]]


def needs(right: str, *, before_change: bool = False) -> Guard:
    """A guard: a session whose account has the right (`counter`, `manager`, `admin`; `door`, `board`, `kiosk`; see
    `api.sessions.RIGHTS`). `before_change`: also while the account must still choose a password of its own.

    Raises Refusal not_authenticated, not_allowed (`why` must_change), or invalid_request for a forged form.
    """

    async def guard(connection: Connection, _handler: BaseRouteHandler) -> None:
        session = await _session(connection)
        if session.must_change and not before_change:
            raise Refusal("not_allowed", why="must_change")
        if not session.may(right):
            raise Refusal("not_allowed")

    return guard


def session_of(connection: Connection) -> Session:
    """The session that `needs` let through."""
    session: Session = _scope(connection)[_SESSION]
    return session


def account_of(connection: Connection) -> str:
    """The account that `needs` let through, by its id; empty where anybody may ask."""
    session: Session | None = _scope(connection).get(_SESSION)
    return "" if session is None else str(session.staff_id)


async def session_if_any(connection: Connection) -> Session | None:
    """The session of a page that anyone may see, for its menu; None when nobody is signed in."""
    try:
        return await _session(connection)
    except Refusal:
        return None


def at_own_office(session: Session, office: Office) -> None:
    """Staff act at their own office only. Raises Refusal not_allowed."""
    if session.office_id != office.id:
        raise Refusal("not_allowed", why="office")


async def same_site(connection: Connection, _handler: BaseRouteHandler) -> None:
    """A guard for forms that need no session, such as signing in: other sites may not post them.

    Raises Refusal invalid_request. Browsers tell the origin (Sec-Fetch-Site, Origin); other programs need not.
    """
    if connection.scope.get("method") in _SAFE:
        return
    if connection.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Refusal("invalid_request", why="origin")
    origin = connection.headers.get("origin")
    if origin is None or "sec-fetch-site" in connection.headers:
        return
    if origin.partition("://")[2] != connection.headers.get("host"):
        raise Refusal("invalid_request", why="origin")


def csrf_token(connection: Connection) -> str:
    """What a form of the signed-in visitor carries in the hidden field `_csrf`; empty when nobody is signed in."""
    session: Session | None = _scope(connection).get(_SESSION)
    return "" if session is None else _csrf_of(connection, session)


def cookie(token: str, *, secure: bool, key_of_device: bool = False) -> Cookie:
    """The cookie of a session that a page began; it ends with the browser, a device's lasts as long as its key.
    `secure`: residents reach us by https."""
    lasts = int(KEY_LASTS.total_seconds()) if key_of_device else None
    return Cookie(key=COOKIE, value=token, path="/", httponly=True, samesite="lax", secure=secure, max_age=lasts)


def no_cookie(*, secure: bool) -> Cookie:
    """What makes the browser forget its session."""
    return replace(cookie("", secure=secure), max_age=0)


def kept_by_device(connection: Connection) -> list[Cookie]:
    """What a page sends along that a device opens: its cookie anew, so that it lasts on from now."""
    session: Session | None = _scope(connection).get(_SESSION)
    if session is None or not session.is_device or COOKIE not in connection.cookies:
        return []
    secure = connection.app.state.antre.settings.secure
    return [cookie(connection.cookies[COOKIE], secure=secure, key_of_device=True)]


async def _session(connection: Connection) -> Session:
    scope = _scope(connection)
    known: Session | None = scope.get(_SESSION)
    if known is not None:
        return known
    token, by_cookie = _token(connection)
    sessions: Sessions = connection.app.state.doorway.sessions
    session = await sessions.find(token, connection.app.state.antre.clock.now())
    if by_cookie and scope.get("method") not in _SAFE:
        await _check_csrf(connection, session)
    scope[_SESSION] = session
    return session


def _token(connection: Connection) -> tuple[str, bool]:
    header = connection.headers.get("authorization", "")
    if header:
        scheme, _, token = header.partition(" ")
        return (token.strip() if scheme.lower() == "bearer" else ""), False
    return connection.cookies.get(COOKIE, ""), True


async def _check_csrf(connection: Connection, session: Session) -> None:
    given = connection.headers.get(CSRF_HEADER)
    if given is None and isinstance(connection, Request) and connection.content_type[0] in _FORMS:
        given = (await connection.form()).get(CSRF_FIELD)
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), _csrf_of(connection, session).encode()):
        raise Refusal("invalid_request", why="form", field=CSRF_FIELD)


def _csrf_of(connection: Connection, session: Session) -> str:
    return hmac.digest(connection.app.state.doorway.csrf_key, session.hash, hashlib.sha256).hex()


def _scope(connection: Connection) -> dict[str, Any]:
    return connection.scope  # type: ignore[return-value]
