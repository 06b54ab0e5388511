"""Offers that nobody heard of: the place goes on, the person keeps theirs in the line, and not without end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from scheduler import offers, untold
from scheduler.offers import Offer
from tests.booked import TODAY, TOMORROW, Book, minutes
from tests.conftest import NOW
from tests.line import Line
from tests.threads import all_at_once


@pytest.fixture
def line(database: Any, balikpapan: Any, vault: Any, mint: Any) -> Line:
    """A line at an office whose days have nothing left."""
    line = Line(Book(database, balikpapan, vault, mint))
    line.fill()
    return line


def everybody(_connection: Any, overdue: Sequence[Offer]) -> list[int]:
    """No message got out."""
    return [offer.id for offer in overdue]


def lapses(line: Line, entry: Any) -> datetime:
    """When its last offer does."""
    return line.offers_of(entry)[-1].lapses_at


def test_who_was_not_told_keeps_the_place_in_line_and_the_next_gets_the_offer(line: Line) -> None:
    first, second = line.join(1), line.join(2)
    line.free(TOMORROW)
    line.tend()
    later = lapses(line, first)
    assert line.tend(later, everybody) == (1, 1)
    assert (line.state(first), line.state(second), line.entry(first).ended_at) == ("waiting", "offered", None)
    assert [offer.state for offer in line.offers_of(first)] == ["withdrawn"]
    (ended,) = line.facts("offer_ended")
    assert (ended.data["how"], ended.data["untold"]) == ("withdrawn", True)
    third = line.join(3, now=later)
    assert line.ahead(third) == 1, "the one who was not told"
    line.sums()


def test_before_its_time_is_over_no_offer_is_taken_back(line: Line) -> None:
    first = line.join(1)
    line.free(TOMORROW)
    line.tend()
    assert line.tend(lapses(line, first) - timedelta(seconds=1), everybody) == (0, 0)
    assert line.state(first) == "offered"


def test_only_those_who_were_not_told_keep_their_place(line: Line) -> None:
    first, second = line.join(1), line.join(2)
    line.free(TOMORROW, 2)
    line.tend()
    line.tend(lapses(line, first), lambda _c, overdue: [one.id for one in overdue if one.waiting_id == second.id])
    assert (line.state(first), line.state(second)) == ("lapsed", "waiting")


def test_they_are_passed_by_for_an_hour_and_then_stand_where_they_stood(line: Line) -> None:
    first, second, third = (line.join(n) for n in (1, 2, 3))
    line.free(TOMORROW)
    line.tend()
    over = lapses(line, first)
    line.tend(over, everybody)
    line.free(TOMORROW)
    assert line.tend(over + minutes(59)) == (0, 1)
    assert [line.state(one) for one in (first, second, third)] == ["waiting", "offered", "offered"]
    fourth = line.join(4, now=over)
    line.free(TOMORROW)
    assert line.tend(over + untold.REST) == (0, 1)
    assert (line.state(first), line.state(fourth)) == ("offered", "waiting")
    line.sums()


def test_a_number_that_nobody_can_reach_holds_back_only_so_many_places(line: Line) -> None:
    entry, now = line.join(1), NOW
    line.free(TOMORROW)
    for _ in range(untold.MOST):
        assert line.tend(now)[1] == 1
        line.tend(lapses(line, entry), everybody)
        assert line.state(entry) == "waiting"
        now = lapses(line, entry) + untold.REST
    assert line.tend(now)[1] == 1
    line.tend(lapses(line, entry), everybody)
    assert line.state(entry) == "lapsed"
    assert [offer.state for offer in line.offers_of(entry)] == ["withdrawn"] * untold.MOST + ["lapsed"]
    line.sums()


def test_what_a_closure_took_back_is_not_counted(line: Line) -> None:
    entry = line.join(1)
    line.free(TOMORROW)
    for n in range(untold.MOST + 1):
        line.tend(NOW + minutes(n))
        slot = line.offers_of(entry)[-1].slot_id
        assert line.book.database.write(lambda c, n=n, slot=slot: offers.withdraw(c, NOW + minutes(n), [slot]))
    line.tend(NOW + minutes(9))
    line.tend(lapses(line, entry), everybody)
    assert line.state(entry) == "waiting"


def test_an_answer_at_the_last_moment_or_taking_it_back_holds_never_both(line: Line) -> None:
    entry = line.join(1)
    line.free(TOMORROW)
    line.tend()
    (offer,) = line.offers_of(entry)

    def take() -> str:
        try:
            return line.take(offer, offer.lapses_at - timedelta(milliseconds=1)).status
        except Exception as refused:
            return getattr(refused, "code", repr(refused))

    took, ended = all_at_once(take, lambda: line.tend(offer.lapses_at, everybody)[0])
    assert (took, ended) in {("booked", 0), ("offer_over", 1)}
    assert line.state(entry) == ("booked" if took == "booked" else "waiting")
    line.sums()


def test_the_last_offer_that_was_taken_back_is_known_until_its_start(line: Line) -> None:
    entry = line.join(1, TODAY, TOMORROW)

    def known(now: datetime) -> Any:
        with line.book.database.read() as c:
            return untold.taken_back(c, entry.id, now)

    assert known(NOW) is None
    line.free(TOMORROW)
    line.tend()
    (offer,) = line.offers_of(entry)
    line.book.database.write(lambda c: offers.withdraw(c, NOW, [offer.slot_id]))
    assert known(NOW) == untold.TakenBack(offer.start, unheard=False)
    line.tend(NOW + minutes(1))
    line.tend(lapses(line, entry), everybody)
    second = line.offers_of(entry)[-1]
    assert known(NOW) == untold.TakenBack(second.start, unheard=True)
    assert known(replace(second).start) is None
