"""What is counted of an office's days: from which moments, for whom, and the same on both databases."""

from __future__ import annotations

from datetime import date

import pytest

from scheduler.foundation.database import Database
from scheduler.offices import Office
from tests.booked import at
from tests.counting import questions
from tests.hall_days import Came, Hall
from ticketing import statistics, tidy
from ticketing.figures import Figures

MONDAY, TUESDAY = date(2026, 11, 2), date(2026, 11, 3)


@pytest.fixture
def hall(database: Database, balikpapan: Office) -> Hall:
    return Hall(database, balikpapan)


def read(hall: Hall, first: date = MONDAY, last: date = TUESDAY) -> Figures:
    with hall.database.read() as c:
        return statistics.read(c, hall.office, first, last)


def test_a_wait_runs_from_when_somebody_is_there_and_due_to_the_first_call(hall: Hall) -> None:
    hall.came(
        MONDAY,
        Came("08:00", called=10),                   # without booking: from the arrival
        Came("08:00", due="08:20", called=25),      # early: from the booked start
        Came("08:00", due="08:20", called=5),       # called before it: no wait
        Came("08:40", due="08:20", called=30.5),    # late: from the arrival, and a minute that has begun counts
        Came("09:00", state="gone"),                # never called: no wait at all
    )
    waits = read(hall).wait()
    assert waits.minutes == ((0, 1), (5, 1), (10, 1), (31, 1))
    assert (waits.median, waits.p90, waits.within(15), waits.within(30)) == (5, 31, 3, 3)
    assert waits.mean == pytest.approx((10 + 5 + 0 + 30.5) / 4)


def test_only_the_first_call_ends_a_wait_and_every_stay_served_to_its_end_counts(hall: Hall) -> None:
    first = Came("08:00", called=10, begun=11, ended=15, outcome="transferred")
    (visit,) = hall.came(MONDAY, first)
    second = Came("08:00", called=60, begun=61, ended=81, counter=1, service="kk")
    away = Came("08:00", called=90, begun=91, ended=95, outcome="held")
    arrived = at(MONDAY, "08:00", hall.office)
    hall.database.write(lambda c: hall.serving(c, MONDAY, visit, second, arrived))
    hall.database.write(lambda c: hall.serving(c, MONDAY, visit, away, arrived))
    figures = read(hall)
    counters = [counter.id for counter in hall.office.counters]
    assert figures.wait().minutes == ((10, 1),)
    assert figures.service_time().minutes == ((4, 1), (20, 1))
    assert figures.service_time(counter=counters[1]).minutes == ((20, 1),)
    assert figures.service_time(hall.office.service("kk").id).median == 20
    assert figures.wait(counter=counters[1]).median is None


def test_who_nobody_began_to_serve_has_no_service_time(hall: Hall) -> None:
    hall.came(MONDAY, Came("08:00", called=3, ended=5, outcome="absent", state="absent"),
              Came("08:00", called=3, begun=4))
    figures = read(hall)
    assert figures.service_time().count == 0
    assert figures.wait().count == 2
    assert figures.visits(lambda one: one.state == "absent") == 1


def test_visits_channels_reasons_and_those_who_stayed_away(hall: Hall) -> None:
    hall.came(MONDAY, Came("08:00", due="08:00", channel="sms", priority="elderly"), Came("08:10", party=3),
              Came("08:20", due="08:30", channel="web", service="kk", reason="no_device"))
    hall.stayed_away(MONDAY, 2, channel="ussd", service="kk", reason="upload")
    hall.stayed_away(MONDAY, 1, status="cancelled", reason="help")
    hall.day(MONDAY, arrived=2, walk_ins=3, turned_away=4, absent=2)
    hall.day(TUESDAY, arrived=40, walk_ins=25)
    figures = read(hall)
    assert (figures.visits(), figures.visits(lambda one: one.booked), figures.priorities) == (3, 2, {"elderly": 1})
    assert figures.channels == {"web": (1, 1), "api": (0, 0), "sms": (1, 1), "ussd": (2, 0)}
    assert list(figures.reasons.items()) == [("upload", 2), ("no_device", 1)]
    assert (figures.no_shows, figures.no_show_share, figures.bookings("cancelled")) == (2, 0.5, 1)
    assert (figures.visitors, figures.turned_away, figures.in_band, len(figures.open_days)) == (70, 4, 1, 2)


def test_people_come_in_hours_of_the_office(hall: Hall) -> None:
    hall.came(MONDAY, Came("07:59", party=2), Came("08:00"), Came("10:59"))
    hall.came(TUESDAY, Came("08:30", party=2))
    figures = read(hall)
    assert [(one.weekday, one.hour, one.people) for one in figures.arrivals] == [
        (0, 7, 2), (0, 8, 1), (0, 10, 1), (1, 8, 2)]
    assert figures.by_hour == {7: 2, 8: 3, 9: 0, 10: 1}
    assert figures.rush == (0, 7)
    assert figures.average_hours[1, 8] == 2


def test_only_days_of_the_span_and_of_the_office_count(hall: Hall) -> None:
    hall.came(MONDAY, Came("08:00", called=1, begun=1, ended=2))
    hall.came(TUESDAY, Came("08:00", called=7, begun=8, ended=9))
    tuesday = read(hall, TUESDAY, TUESDAY)
    assert (tuesday.visits(), tuesday.wait().minutes, tuesday.service_time().count) == (1, ((7, 1),), 1)
    assert [day.date for day in tuesday.days] == [TUESDAY]
    assert read(hall, date(2025, 1, 1), date(2025, 1, 2)).wait().mean is None


def test_however_many_came_it_is_six_questions(hall: Hall) -> None:
    hall.came(MONDAY, *(Came(f"08:{n:02}", called=n, begun=n, ended=n + 3) for n in range(20)))
    assert questions(hall.database, lambda: read(hall)) == 6


def test_the_tidy_table_adds_up_to_the_figures(hall: Hall) -> None:
    hall.came(MONDAY, Came("08:00", due="08:00", called=10, begun=11, ended=20),
              Came("08:10", called=20, begun=21, ended=30, service="kk", counter=1),
              Came("08:15", due="08:00", called=40, service="kk", counter=1, state="absent", outcome="absent",
                   ended=42))
    hall.came(TUESDAY, Came("09:00", state="gone", party=2))
    hall.stayed_away(TUESDAY, 3)
    with hall.database.read() as c:
        rows = tidy.read(c, hall.office, MONDAY, TUESDAY)
    figures = read(hall)
    total = {name: sum(getattr(counts, name) for _, counts in rows) for name in tidy.COLUMNS}
    assert total == {
        "bookings": 5, "cancelled": 0, "no_shows": 3, "visits": 4, "people": 5, "booked": 2, "walk_ins": 2,
        "priority": 0, "unanswered": 1, "left": 1, "called": 3, "waited_s": 70 * 60, "within_15": 1, "within_30": 2,
        "served": 2, "served_s": 18 * 60}
    assert total["waited_s"] == figures.wait().seconds
    assert total["served"] == figures.service_time().count
    keys = [key for key, _ in rows]
    assert len(set(keys)) == len(keys)
    assert keys == sorted(keys, key=lambda key: (key[0], key[1], key[2] or 0))
