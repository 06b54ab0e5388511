"""What the door's page says of a ticket by its list alone is what the office says of it: both asked, case by case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser

from api.assembly import Antre, build
from api.web import dates
from api.web.render import words_of
from scheduler import bookings as book
from scheduler.bookings import Booking, Request
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.config import Settings
from scheduler.offices import Office
from tests import people
from tests.conftest import NOW
from tests.fakes import FakeGateway
from tests.ticketing.door import at
from tests.web.conftest import add_staff
from tests.web.outage import DoorBrowser, Serving
from ticketing import checkin, codes
from ticketing.codes import Mint, show_code

pytestmark = [pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

_ASKED = """async ([cases, day]) => {
    const list = { ...day, keys: await Promise.all(day.keys.map(Tickets.key)) };
    return Promise.all(cases.map(async ([text, now]) => (await Judge.judge(list, text, now)).verdict));
}"""


@pytest.fixture
def door(settings: Settings, clock: SettableClock, gateway: FakeGateway, balikpapan: Office,
         browser: Browser) -> Iterator[tuple[Antre, DoorBrowser]]:
    serving = Serving(lambda address: build(replace(settings, public_url=address), clock=clock, gateway=gateway))
    add_staff(serving.antre, balikpapan, "counter")
    one = DoorBrowser(browser, serving.antre.settings.public_url, "counter")
    yield serving.antre, one
    one.close()
    serving.stop()


def said(antre: Antre, office: Office, text: str, now: datetime) -> str:
    """What the office says, having changed nothing."""
    class Undone(Exception):
        pass

    answers: list[Any] = []

    def work(connection: Any) -> None:
        answers.append(checkin.scan(connection, office, text=text, nonce=None, now=now, vault=antre.vault,
                                    mint=antre.mint, offices=antre.offices, staff_id=1))
        raise Undone

    with pytest.raises(Undone):
        antre.database.write(work)
    return str(answers[-1].variant or answers[-1].verdict)


def without_the_book(text: str, office: Office) -> str | None:
    """What today's key alone allows to say of a ticket that names another office or day: what it names, unproven."""
    claim = codes.claim(text)
    if claim is None or claim == (office.id, NOW.date()):
        return None
    if claim[0] != office.id:
        return "other_office"
    return "other_day" if claim[1] > NOW.date() else "other_day_past"


class Book:
    """Bookings of every kind for the office under test."""

    def __init__(self, antre: Antre, office: Office) -> None:
        self.antre, self.office, self._n = antre, office, iter(range(1, 200))

    def book(self, start: datetime) -> Booking:
        request = Request(self.office, self.office.service("ktp-rekam"), start, people.person(next(self._n)))
        return self.antre.database.write(lambda c: book.book(c, request, vault=self.antre.vault, mint=self.antre.mint,
                                                             now=NOW))

    def move(self, booking: Booking, start: datetime) -> Booking:
        service = self.office.service("ktp-rekam")
        return self.antre.database.write(lambda c: book.move(c, self.office, service, booking, start,
                                                             mint=self.antre.mint, now=NOW))

    def cancel(self, booking: Booking) -> None:
        self.antre.database.write(lambda c: book.cancel(c, booking, now=NOW))

    def scan(self, booking: Booking, now: datetime) -> None:
        self.antre.database.write(lambda c: checkin.scan(
            c, self.office, text=booking.token, nonce=None, now=now, vault=self.antre.vault, mint=self.antre.mint,
            offices=self.antre.offices, staff_id=1))


def tickets(made: Book) -> dict[str, list[str]]:
    """Texts to show, by what their booking is; those of other days and offices by themselves."""
    standing = [made.book(at(hour)) for hour in ("09:00", "10:00", "11:30", "15:00")]
    cancelled, gone, moved_back, came, tomorrow = (
        made.book(at(hour)) for hour in ("10:15", "10:15", "10:30", "10:00", "10:30"))
    made.cancel(cancelled)
    made.move(gone, at("10:00", 1))
    back = made.move(made.move(moved_back, at("10:30", 1)), at("11:00"))
    made.scan(came, at("10:00"))
    later = made.move(tomorrow, at("09:00", 1))
    here = [*standing, cancelled, came, back]
    return {
        "of today": [text for one in here for text in (one.token, f"HTTPS://ANTRE.TEST/T/{one.token}",
                                                       show_code(one.code or ""))],
        "retired": [gone.token, moved_back.token, tomorrow.token],
        "code of another day": [gone.code or "", later.code or ""],
        "elsewhere": [later.token, "22EQ000" + "A" * 29, made.antre.mint.token(made.office.id + 1, at("09:00").date()),
                      made.antre.mint.token(made.office.id, at("09:00", -3).date()),
                      Mint([b"another installation, thirty-two bytes"]).token(made.office.id, at("09:00").date()),
                      standing[0].token[:-1] + ("A" if standing[0].token[-1] != "A" else "B"),
                      standing[0].token[:9] + ("A" if standing[0].token[9] != "A" else "B") + standing[0].token[10:]],
        "no ticket": [made.antre.mint.code(), "123456789", "482-177-305", "O82 l77 30", "hello", "x" * 36,
                      "t/abc", "T/" + "0" * 36, "  ",
                      "9" * 400,
                      "6471990101010001"],
    }


def test_every_case_is_judged_as_the_office_judges_it(door: tuple[Antre, DoorBrowser], balikpapan: Office) -> None:
    antre, one = door
    shown = tickets(Book(antre, balikpapan))
    list_ = one.evaluate("async () => (await fetch('/scan/day-list')).json()")
    moments = [at(hour) for hour in ("08:30", "08:29", "09:30", "09:31", "10:00", "10:30", "10:31", "15:59", "16:00")]
    cases = [(kind, text, now) for kind, texts in shown.items() for text in texts for now in moments]
    asked = [[text, int(now.timestamp() * 1000)] for _, text, now in cases]
    judged = one.evaluate(_ASKED, [asked, list_])
    wrong = []
    for (kind, text, now), by_page in zip(cases, judged, strict=True):
        by_office = said(antre, balikpapan, text, now)
        if kind == "elsewhere":
            by_office = without_the_book(text, balikpapan) or by_office
        if by_office == "unknown" and codes.read_code(text):
            by_office = "unlisted"
        if by_page != by_office:
            wrong.append((kind, text, now.strftime("%H:%M"), by_office, by_page))
    assert wrong == []
    assert set(judged) >= {"admitted", "early", "late", "late_closed", "cancelled", "moved", "moved_today", "wrong_day",
                           "already_admitted", "forged", "unknown", "unlisted", "mistyped", "other_day"}


def test_seals_and_marks_are_those_of_the_office(door: tuple[Antre, DoorBrowser], balikpapan: Office) -> None:
    antre, one = door
    on = NOW.date()
    made = [antre.mint.token(balikpapan.id, on) for _ in range(100)]
    altered = [token[:n % 36] + ("0" if token[n % 36] != "0" else "1") + token[n % 36 + 1:]
               for n, token in enumerate(made)]
    judged = one.evaluate("""async ([tokens, day]) => {
        const keys = await Promise.all(day.keys.map(Tickets.key));
        return Promise.all(tokens.map(token => Tickets.isSealed(token, keys)));
    }""", [made + altered, one.evaluate("async () => (await fetch('/scan/day-list')).json()")])
    keys = antre.mint.day_keys(balikpapan.id, on)
    assert judged[:100] == [True] * 100
    assert judged[100:] == [False] * 100
    claims = one.evaluate("tokens => tokens.map(token => Tickets.claim(token))", altered)
    for token, claim in zip(altered, claims, strict=True):
        expected = codes.claim(token)
        assert (None if claim is None else (claim["office"], claim["date"])) == (
            None if expected is None else (expected[0], expected[1].isoformat()))
    assert keys[0] == antre.mint.day_key(balikpapan.id, on)


def test_a_genuine_ticket_that_is_not_in_the_list_was_booked_after_it(
    door: tuple[Antre, DoorBrowser], balikpapan: Office
) -> None:
    antre, one = door
    list_ = one.evaluate("async () => (await fetch('/scan/day-list')).json()")
    late = Book(antre, balikpapan).book(at("10:00"))
    ask = [[late.token, int((at(hour) + timedelta()).timestamp() * 1000)] for hour in ("09:00", "16:00")]
    assert one.evaluate(_ASKED, [ask, list_]) == ["admitted", "unlisted_closed"]


@pytest.mark.parametrize("lang", ["id", "en"])
def test_a_day_is_written_as_the_office_writes_it(door: tuple[Antre, DoorBrowser], lang: str) -> None:
    start = at("09:15") + timedelta(days=9)  # the third: a digit without a nought before it
    shown = door[1].evaluate("""async ([lang, start]) => Verdicts.html(
        await (await fetch('/scan/day-list')).json(), lang,
        { verdict: "wrong_day", service: "ktp-rekam", party: 1, start })
    """, [lang, int(start.timestamp() * 1000)])
    assert dates.moment(words_of(lang)["dates"], start) in shown
