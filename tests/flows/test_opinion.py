"""From the counter to the index: a visit is finished, an SMS asks, a page answers, the manager reads."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from api.assembly import Antre
from notifications.of_visits import AFTER
from scheduler import bookings, places
from scheduler.bookings import Request
from scheduler.foundation.clock import SettableClock
from scheduler.offices import Office
from tests import people
from tests.fakes import FakeGateway
from ticketing import calling, checkin
from ticketing.ikm import ELEMENTS
from ticketing.survey_tables import invitations


def come(antre: Antre, office: Office, clock: SettableClock, n: int) -> None:
    """The n-th person books the next start, and is let in then."""
    service = office.service("ktp-rekam")
    with antre.database.read() as c:
        days = places.free_slots(c, office, service, office.today(clock.now()), 1, clock.now())
    start = days[0].slots[0].start
    booking = antre.database.write(lambda c: bookings.book(
        c, Request(office, service, start, people.person(n)), vault=antre.vault, mint=antre.mint, now=clock.now()))
    clock.advance(max(start - clock.now(), timedelta(0)))
    antre.database.write(lambda c: checkin.scan(
        c, office, text=booking.token, nonce=None, now=clock.now(), vault=antre.vault, mint=antre.mint,
        offices=antre.offices, staff_id=1))


def serve(antre: Antre, office: Office, clock: SettableClock) -> None:
    """The next one is called, served for seven minutes, and done."""
    counter = office.counters[0].slug
    for act in (calling.call_next, calling.start, calling.finish):
        antre.database.write(lambda c, act=act: act(c, office, counter, now=clock.now(), staff_id=None))
        clock.advance(timedelta(minutes=7))


def test_a_visit_becomes_an_answer_that_leads_to_nobody(
        antre: Antre, client: Any, balikpapan: Office, clock: SettableClock, gateway: FakeGateway) -> None:
    come(antre, balikpapan, clock, 1)
    serve(antre, balikpapan, clock)
    antre.database.write(lambda c: calling.undo(c, balikpapan, balikpapan.counters[0].slug, now=clock.now(),
                                                staff_id=None))
    antre.database.write(lambda c: calling.finish(c, balikpapan, balikpapan.counters[0].slug, now=clock.now(),
                                                  staff_id=None))
    antre.timetable.run_due()
    clock.advance(AFTER)
    antre.timetable.run_due()
    asked = [text for text in gateway.to(people.phone(1)) if "/s/" in text]
    assert len(asked) == 1
    path = re.findall(r"https://antre\.test(/s/\w+)", asked[0])[0]
    answer = client.post(path, data=dict.fromkeys(ELEMENTS, "4"))
    assert answer.status_code == 200
    assert "Terima kasih" in answer.text
    with antre.database.read() as c:
        assert [row.used for row in c.execute(sa.select(invitations))] == [balikpapan.today(clock.now())]
