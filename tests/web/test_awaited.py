"""Who is awaited with a booking, told apart from who may come without one: at the door, in the waits, over the day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa

from api.assembly import Antre
from api.web import room, running, waits
from scheduler import hall
from scheduler.bookings import Booking
from scheduler.capacity import Outlook
from scheduler.days import day_of
from scheduler.foundation.clock import SettableClock
from scheduler.offices import Gap, Office
from scheduler.reports import DayReport
from scheduler.tables import counters, days, offices
from tests.booked import TODAY
from tests.conftest import NOW
from tests.web.test_staff_pages import SignIn, booked

__all__ = ["booked"]  # a fixture

HALF = Outlook(expected=5, least=3, most=8, p_over=0, p_under=1, awaited=1)  # of two people one comes, and 4 without


def report(antre: Antre, office: Office, outlook: Outlook = HALF) -> DayReport:
    with antre.database.read() as c:
        day = day_of(c, office.id, TODAY)
    assert day is not None
    return DayReport(day, outlook, [])


def row(office: Office, service: str, **more: Any) -> Any:
    known = {"start": NOW + timedelta(hours=1), "service_id": office.service(service).id, "party": 2,
             "priority": None, "status": "booked"}
    return SimpleNamespace(**known | more)


@pytest.mark.parametrize("high", [70, 8])
def test_the_door_says_how_many_with_a_booking_are_awaited_also_on_a_full_day(
        antre: Antre, balikpapan: Office, clock: SettableClock, booked: Booking, high: int) -> None:
    antre.database.write(lambda c: c.execute(sa.update(days).where(days.c.date == TODAY).values(high=high)))
    with antre.database.read() as c:
        assert room.now_at(c, balikpapan, clock.now()).awaited == pytest.approx(booked.party)


def test_people_without_booking_make_nobody_who_booked_more_likely_to_come(antre: Antre, balikpapan: Office) -> None:
    came, awaited = waits.visits(balikpapan, report(antre, balikpapan), [
        row(balikpapan, "ktp-rekam", status="arrived"), row(balikpapan, "ktp-rekam")])
    assert (came.chance, awaited.chance) == (1.0, 0.5)


def test_whom_no_counter_serves_on_that_date_is_left_out_of_the_waits(antre: Antre, balikpapan: Office) -> None:
    letter = balikpapan.service("ktp-rekam").letter
    lost = [counter.slug for counter in balikpapan.counters if letter in hall.serving(replace(
        balikpapan, counters=(counter,)))[0]]
    shut = replace(balikpapan, closures={TODAY: tuple(Gap(n, None, None, slug, "") for n, slug in enumerate(lost))})
    assert waits.visits(balikpapan, report(antre, balikpapan), [row(balikpapan, "ktp-rekam")]) != []
    assert waits.visits(shut, report(antre, shut), [row(shut, "ktp-rekam")]) == []


def test_over_the_day_the_booked_come_at_their_starts_and_the_others_until_closing(
        antre: Antre, balikpapan: Office) -> None:
    start = NOW + timedelta(minutes=65)
    course = running.expected_course(report(antre, balikpapan), [(start, 2)], NOW + timedelta(hours=2), NOW)
    assert [people for at, people in course if at == start] == [1]
    others = [people for at, people in course if at != start]
    assert (len(others), sum(others)) == (8, pytest.approx(4))


def test_the_day_without_bookings_awaits_nobody_who_booked(antre: Antre, balikpapan: Office) -> None:
    course = running.expected_course(report(antre, balikpapan, Outlook(4, 1, 8, 0, 1)), [], NOW + timedelta(hours=2),
                                     NOW)
    assert sum(people for _, people in course) == pytest.approx(4)


def test_the_day_is_shown_also_when_no_counter_serves_somebody_any_more(
        signed_in: SignIn, antre: Antre, balikpapan: Office, booked: Booking) -> None:
    only = balikpapan.by_id[booked.service_id].letter
    gone = [counter.id for counter in balikpapan.counters if only in hall.serving(replace(
        balikpapan, counters=(counter,)))[0]]
    antre.database.write(lambda c: c.execute(sa.update(counters).where(counters.c.id.in_(gone)).values(active=False)))
    antre.database.write(lambda c: c.execute(sa.update(offices).values(revision=offices.c.revision + 1)))
    antre.offices.forget()
    page = signed_in("manager").open("/manage")
    assert page.status == 200
    assert "dari 2 yang memesan" in page.text
