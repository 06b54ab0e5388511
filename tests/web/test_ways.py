"""No page leads where its reader may not go: every link and form of every page a role comes to, by the table of
rights."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from litestar.testing import TestClient

from api import sessions
from api.assembly import Antre
from api.sessions import Session
from api.tables import ROLES, staff
from api.web.desk import home_of
from scheduler import bookings as book
from scheduler.bookings import Request
from scheduler.foundation.clock import SettableClock
from scheduler.offices import Office
from tests import people
from tests.rest.test_rights import ANYONE, NEEDS, WHO
from tests.web.reading import Page, Visitor

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def route_of(method: str, path: str) -> str:
    """The line of the table that answers the address; the one with fewest blanks where several could."""
    fits = [route for route in NEEDS
            if re.fullmatch(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(route)), f"{method} {path}")]
    assert fits, f"nothing answers {method} {path}"
    return min(fits, key=lambda route: route.count("{"))


def ways(page: Page) -> set[tuple[str, str]]:
    """Method and path of what can be pressed on a page and leads to us."""
    led = [("GET", link.href) for link in page.links] + [(form.method.upper(), form.action) for form in page.forms]
    found = {(method, urlsplit(urljoin(str(page.url), href))) for method, href in led if href and href[0] != "#"}
    return {(method, to.path) for method, to in found if to.hostname == "antre.test"}


@pytest.fixture
def booked(antre: Antre, balikpapan: Office, clock: SettableClock) -> None:
    """Somebody who is to come today."""
    request = Request(balikpapan, balikpapan.service("ktp-rekam"), clock.now() + timedelta(minutes=75),
                      people.person(0))
    antre.database.write(lambda c: book.book(c, request, vault=antre.vault, mint=antre.mint, now=clock.now()))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.usefixtures("booked")
def test_nobody_is_led_where_they_may_not_go(client: TestClient[Any], antre: Antre, balikpapan: Office,
                                             role: str) -> None:
    def begin(connection: Any) -> tuple[str, Session]:
        staff_id = connection.execute(staff.insert().values(
            office_id=balikpapan.id, username=f"{role}-1", name="Siti", password="", role=role, active=True,
            created_at=antre.clock.now()).returning(staff.c.id)).scalar_one()
        who = Session(staff_id, balikpapan.id, f"{role}-1", role, antre.clock.now(), b"")
        return sessions.begin(connection, who, antre.clock.now())

    token, session = antre.database.write(begin)
    client.cookies.set("antre_session", token, domain="antre.test")
    visitor, seen, ahead = Visitor(client), set(), [home_of(session, balikpapan)]
    while ahead:
        path = ahead.pop()
        page = visitor.open(path)
        assert page.status == 200, path
        for method, to in sorted(ways(page)):
            route = route_of(method, to)
            right = NEEDS[route]
            assert right == ANYONE or role in WHO[right], f"{path} leads {role} to {method} {to}"
            if method == "GET" and right != ANYONE and route not in seen:
                seen.add(route)
                ahead.append(to)
    assert role == "board" or seen
