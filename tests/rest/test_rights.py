"""Every route against every role: the table of what each route needs at least, and each route asked as each role.

A route that is not in the table fails, and so does a line whose route is gone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from litestar.routes import HTTPRoute
from litestar.testing import TestClient

from api import sessions
from api.assembly import Antre
from api.sessions import RIGHTS, Session
from api.tables import ROLES, staff
from scheduler.offices import Office
from tests.seed import second_office

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ANYONE, SECRET = "anyone", "secret"  # no session; no session, but the secret of the hooks in the address

# Route -> the least right that lets in: one of `api.sessions.RIGHTS`, or one of the two above.
NEEDS = {
    "GET /": ANYONE,
    "GET /T/{name}": ANYONE,
    "GET /b/{office}": ANYONE,
    "GET /board/{name}": ANYONE,
    "GET /check": ANYONE,
    "GET /door-worker.js": ANYONE,
    "GET /pair": ANYONE,
    "GET /scan/app.webmanifest": ANYONE,
    "GET /S/{token}": ANYONE,
    "GET /s/{token}": ANYONE,
    "GET /sign-in": ANYONE,
    "GET /static/{name}": ANYONE,
    "GET /t/{name}": ANYONE,
    "GET /t/{token}/cancel": ANYONE,
    "GET /t/{token}/move": ANYONE,
    "GET /t/{token}/slip": ANYONE,
    "GET /t/{token}/turn": ANYONE,
    "GET /w/{token}": ANYONE,
    "GET /w/{token}/leave": ANYONE,
    "GET /waiting": ANYONE,
    "GET /waiting/check": ANYONE,
    "GET /who": ANYONE,
    "POST /book": ANYONE,
    "POST /pair": ANYONE,
    "POST /s/{token}": ANYONE,
    "POST /sign-in": ANYONE,
    "POST /t/{token}/cancel": ANYONE,
    "POST /t/{token}/move": ANYONE,
    "POST /w/{token}/accept": ANYONE,
    "POST /w/{token}/again": ANYONE,
    "POST /w/{token}/decline": ANYONE,
    "POST /w/{token}/leave": ANYONE,
    "POST /waiting": ANYONE,
    "POST /who": ANYONE,
    "GET /api/v1/bookings/{token}": ANYONE,
    "GET /api/v1/offices": ANYONE,
    "GET /api/v1/offices/{office}": ANYONE,
    "GET /api/v1/offices/{office}/board": ANYONE,
    "GET /api/v1/offices/{office}/board/events": ANYONE,
    "GET /api/v1/offices/{office}/services": ANYONE,
    "GET /api/v1/offices/{office}/slots": ANYONE,
    "GET /api/v1/waiting-list/{entry}": ANYONE,
    "POST /api/v1/bookings": ANYONE,
    "POST /api/v1/bookings/{token}/cancel": ANYONE,
    "POST /api/v1/bookings/{token}/move": ANYONE,
    "POST /api/v1/session": ANYONE,
    "POST /api/v1/waiting-list": ANYONE,
    "POST /api/v1/waiting-list/{entry}/accept": ANYONE,
    "POST /api/v1/waiting-list/{entry}/decline": ANYONE,
    "POST /api/v1/waiting-list/{entry}/leave": ANYONE,
    "GET /livez": ANYONE,
    "GET /metrics": ANYONE,
    "GET /problems/{code}": ANYONE,
    "GET /readyz": ANYONE,
    "GET /schema": ANYONE,
    "GET /schema/openapi.json": ANYONE,
    "GET /schema/schema.css": ANYONE,

    "GET /hooks/http/{secret}/delivery": SECRET,
    "GET /hooks/http/{secret}/sms": SECRET,
    "POST /hooks/africastalking/{secret}/delivery": SECRET,
    "POST /hooks/africastalking/{secret}/optout": SECRET,
    "POST /hooks/africastalking/{secret}/sms": SECRET,
    "POST /hooks/africastalking/{secret}/ussd": SECRET,
    "POST /hooks/http/{secret}/delivery": SECRET,
    "POST /hooks/http/{secret}/sms": SECRET,

    "GET /api/v1/session": "session",
    "DELETE /api/v1/session": "own",
    "POST /api/v1/session/password": "own",
    "GET /me": "own",
    "GET /me/password": "own",
    "POST /me/password": "own",
    "POST /sign-out": "own",

    "GET /scan": "door",
    "GET /scan/day-list": "door",
    "GET /scan/room": "door",
    "GET /walk-in": "door",
    "GET /walk-in/slip/{visit}": "door",
    "POST /scan": "door",
    "POST /scan/blocks": "door",
    "POST /scan/handed-in": "door",
    "POST /t/{token}/slip": "door",
    "POST /walk-in": "door",
    "POST /walk-in/kiosk": "door",
    "POST /walk-in/slip/{visit}": "door",
    "POST /api/v1/scans": "door",
    "POST /api/v1/walk-ins": "door",

    "GET /counter": "counter",
    "GET /counter/day": "counter",
    "GET /counter/leave": "counter",
    "GET /counter/line": "counter",
    "GET /counter/seats": "counter",
    "GET /counter/taken": "counter",
    "GET /counter/transfer": "counter",
    "POST /counter": "counter",
    "POST /counter/leave": "counter",
    "POST /counter/seen": "counter",
    "POST /counter/sit": "counter",
    "GET /kiosk": "kiosk",
    "GET /kiosk/slip/{visit}": "kiosk",
    "GET /kiosk/take": "kiosk",
    "GET /kiosk/ticket": "kiosk",
    "POST /kiosk/scan": "kiosk",
    "POST /kiosk/slip/{visit}": "kiosk",
    "POST /kiosk/take": "kiosk",

    "GET /messages": "counter",
    "POST /messages/{message}/phone": "counter",
    "POST /messages/{message}/told": "counter",
    "POST /messages/{message}/untold": "counter",
    "GET /scan/conflicts": "counter",
    "POST /scan/conflicts/{conflict}": "counter",
    "GET /api/v1/offices/{office}/queue": "counter",
    "POST /api/v1/counters/{counter}/absent": "counter",
    "POST /api/v1/counters/{counter}/call": "counter",
    "POST /api/v1/counters/{counter}/call-next": "counter",
    "POST /api/v1/counters/{counter}/finish": "counter",
    "POST /api/v1/counters/{counter}/hold": "counter",
    "POST /api/v1/counters/{counter}/recall": "counter",
    "POST /api/v1/counters/{counter}/return": "counter",
    "POST /api/v1/counters/{counter}/start": "counter",
    "POST /api/v1/counters/{counter}/transfer": "counter",
    "POST /api/v1/counters/{counter}/undo": "counter",

    "GET /manage": "manager",
    "GET /manage/accounts": "manager",
    "GET /manage/accounts/{account}": "manager",
    "POST /manage/accounts": "manager",
    "POST /manage/accounts/{account}/close": "manager",
    "POST /manage/accounts/{account}/password": "manager",
    "POST /manage/accounts/{account}/sign-out": "manager",
    "GET /manage/closures": "manager",
    "GET /manage/closures/try": "manager",
    "GET /manage/closures/{closure}": "manager",
    "POST /manage/closures": "manager",
    "POST /manage/closures/{closure}/end": "manager",
    "POST /manage/closures/{closure}/{booking}/called": "manager",
    "POST /manage/closures/{closure}/{booking}/not-called": "manager",
    "POST /manage/closures/{closure}/{booking}/phone": "manager",
    "POST /manage/days/{date}/override": "manager",
    "POST /manage/days/{date}/override/end": "manager",
    "GET /manage/devices": "manager",
    "GET /manage/devices/{device}": "manager",
    "POST /manage/devices": "manager",
    "POST /manage/devices/{device}/code": "manager",
    "POST /manage/devices/{device}/remove": "manager",
    "POST /manage/devices/{device}/revoke": "manager",
    "GET /manage/notices": "manager",
    "POST /manage/notices": "manager",
    "POST /manage/notices/{notice}/end": "manager",
    "GET /manage/rates": "manager",
    "GET /manage/statistics": "manager",
    "GET /manage/statistics/report.pdf": "manager",
    "POST /manage/rates/{date}/count": "manager",
    "POST /manage/rates/{date}/leave-out": "manager",
    "GET /api/v1/offices/{office}/closures": "manager",
    "GET /api/v1/offices/{office}/closures/{closure}": "manager",
    "GET /api/v1/offices/{office}/days/{date}": "manager",
    "GET /api/v1/offices/{office}/messages": "manager",
    "GET /api/v1/offices/{office}/statistics": "manager",
    "POST /api/v1/offices/{office}/closures": "manager",
    "POST /api/v1/offices/{office}/closures/{closure}/end": "manager",

    "POST /manage/accounts/{account}/role": "admin",
}

# They do not end: that nothing guards them is read off the route.
STREAMS = {"GET /api/v1/offices/{office}/board/events"}

# What is left to an account whose password was given by somebody else.
BEFORE_CHANGE = {"GET /me/password", "POST /me/password", "POST /sign-out", "DELETE /api/v1/session",
                 "POST /api/v1/session/password"}

# What is asked for before it is looked at whose office it is.
BODIES = {"POST /api/v1/offices/{office}/closures": {"date": "2026-11-25", "reason": "Pelatihan pegawai"}}

# The same table the other way round, for people who read it: who may do what the others may not.
WHO = {
    "session": set(ROLES), "own": {"counter", "manager", "admin"}, "counter": {"counter", "manager", "admin"},
    "manager": {"manager", "admin"}, "admin": {"admin"}, "door": {"door", "counter", "manager", "admin"},
    "kiosk": {"kiosk", "counter", "manager", "admin"}, "board": {"board"},
}

Ask = Callable[..., httpx.Response]


def guarded() -> list[str]:
    """Routes that need a session."""
    return [route for route, right in NEEDS.items() if right not in (ANYONE, SECRET)]


@pytest.fixture
def ask(client: TestClient[Any], antre: Antre, balikpapan: Office) -> Ask:
    """Asks a route as a role, each time with a session of its own: some routes end it."""
    made: dict[tuple[str, int, bool], Session] = {}

    def account(role: str, office: int, must_change: bool) -> Session:
        if (role, office, must_change) not in made:
            name = f"{role}-{office}-{must_change}"
            staff_id = antre.database.write(lambda connection: connection.execute(staff.insert().values(
                office_id=office, username=name, password="", role=role, active=True, must_change=must_change,
                created_at=antre.clock.now()).returning(staff.c.id)).scalar_one())
            made[role, office, must_change] = Session(staff_id, office, name, role, antre.clock.now(), b"")
        return made[role, office, must_change]

    def ask(route: str, role: str | None, *, office: int = balikpapan.id, must_change: bool = False,
            by_cookie: bool = False, body: Any = None) -> httpx.Response:
        method, _, path = route.partition(" ")
        path = path.replace("{office}", "balikpapan").replace("{date}", "2026-11-24")
        filled = "/".join("999" if part.startswith("{") else part for part in path.split("/"))
        headers = {"Accept": "application/json" if is_api(route) else "text/html"}
        if role is not None:
            who = account(role, office, must_change)
            token, _ = antre.database.write(lambda connection: sessions.begin(connection, who, antre.clock.now()))
            headers |= {"Cookie": f"antre_session={token}"} if by_cookie else {"Authorization": f"Bearer {token}"}
        if body is None and is_api(route) and method == "POST":
            body = {}
        return client.request(method, filled, headers=headers, json=body, follow_redirects=False)

    return ask


def is_api(route: str) -> bool:
    return " /api/" in route


def is_asked_to_sign_in(answer: httpx.Response) -> bool:
    return answer.status_code == 401 or answer.headers.get("location", "").startswith("/sign-in?next=")


@sqlite_only
def test_every_route_is_in_the_table(client: TestClient[Any]) -> None:
    there = {f"{method} {route.path_format}" for route in client.app.routes if isinstance(route, HTTPRoute)
             for method in route.route_handler_map if method != "OPTIONS"}
    assert there == set(NEEDS)


@sqlite_only
def test_streams_are_for_anyone(client: TestClient[Any]) -> None:
    for route in client.app.routes:
        if isinstance(route, HTTPRoute) and f"GET {route.path_format}" in STREAMS:
            handler, _ = route.route_handler_map["GET"]
            assert handler.resolve_guards() == []
            assert NEEDS[f"GET {route.path_format}"] == ANYONE


def test_the_rights_are_those_of_the_table() -> None:
    assert {right: {role for role in ROLES if right in RIGHTS[role]} for right in WHO} == WHO
    assert set(NEEDS.values()) <= {ANYONE, SECRET, *WHO}


@sqlite_only
@pytest.mark.parametrize("role", [None, *ROLES])
def test_each_route_lets_in_who_has_the_right_and_nobody_else(ask: Ask, role: str | None) -> None:
    wrong = {}
    for route, right in NEEDS.items():
        if route in STREAMS:
            continue
        answer = ask(route, role)
        if right == SECRET:
            expected = answer.status_code == 404
        elif right == ANYONE or role in WHO[right]:
            expected = answer.status_code not in (401, 403) and answer.status_code < 500 and \
                not is_asked_to_sign_in(answer)
        elif role is None:
            expected = is_asked_to_sign_in(answer)
        else:
            expected = answer.status_code == 403
        if not expected:
            wrong[route] = answer.status_code
    assert wrong == {}


@sqlite_only
def test_who_must_change_the_password_may_do_that_and_sign_out_alone(ask: Ask) -> None:
    allowed = set()
    for route in guarded():
        answer = ask(route, "admin", must_change=True)
        if is_api(route) and answer.status_code == 403:
            assert answer.json()["why"] == "must_change"
            assert "Ganti dulu" in answer.json()["detail"]
        elif answer.headers.get("location") != "/me/password":
            allowed.add(route)
    assert allowed == BEFORE_CHANGE


@sqlite_only
def test_a_cookie_without_the_sessions_own_mark_changes_nothing_anywhere(ask: Ask) -> None:
    unsafe = [route for route in guarded() if not route.startswith("GET ")]
    assert {route: ask(route, "admin", by_cookie=True).status_code for route in unsafe} == dict.fromkeys(unsafe, 403)


@sqlite_only
def test_accounts_of_another_office_are_kept_out(ask: Ask, antre: Antre) -> None:
    other = antre.database.write(second_office)
    bound = [route for route in guarded() if "{office}" in route]
    assert bound
    for route in bound:
        answer = ask(route, "admin", office=other, body=BODIES.get(route))
        assert (answer.status_code, answer.json().get("why")) == (403, "office"), route
