"""The waiting list: who may join, where each stands, and how an entry ends."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from scheduler import jobs, waiting
from scheduler.foundation.errors import Refusal
from scheduler.foundation.privacy import Vault
from scheduler.keeping_tables import waiting as rows
from scheduler.offices import Offices
from tests import people
from tests.booked import TODAY, TOMORROW, Book, at
from tests.conftest import NOW
from tests.line import Line


@pytest.fixture
def book(database: Any, balikpapan: Any, vault: Any, mint: Any) -> Book:
    return Book(database, balikpapan, vault, mint)


@pytest.fixture
def line(book: Book) -> Line:
    """A line at an office whose days have nothing left."""
    line = Line(book)
    line.fill()
    return line


def code(problem: pytest.ExceptionInfo[Refusal]) -> tuple[str, object]:
    return problem.value.code, problem.value.details.get("why")


def test_joining_writes_a_sealed_entry_and_a_fact(line: Line) -> None:
    entry = line.join(1, TODAY, TOMORROW, priority="infant", channel="sms")
    (row,) = line.rows()
    assert (row.state, row.first, row.last, row.priority, row.channel) == ("waiting", TODAY, TOMORROW, "infant", "sms")
    assert line.book.vault.open(row.sealed) == people.person(1)
    for secret in (people.nik(1), people.phone(1), people.name(1)):
        assert secret.encode() not in row.sealed
    assert [(e.kind, e.waiting_id, e.unread) for e in line.facts()] == [("waiting_joined", entry.id, True)]


def test_priority_goes_first_then_who_joined_first(line: Line) -> None:
    first, second = line.join(1), line.join(2)
    elder = line.join(3, priority="elderly")
    line.join(4, service="kia")  # another group
    line.join(5, TOMORROW, TOMORROW)
    today = line.join(6, TODAY, TODAY)
    assert [line.ahead(entry) for entry in (elder, first, second)] == [0, 1, 2]
    assert line.ahead(today) == 3, "who waits for other dates is not before one"


@pytest.mark.parametrize(("first", "last", "refused"), [
    (TOMORROW, TODAY, ("invalid_request", "dates")),
    (date(2026, 11, 1), date(2026, 11, 23), ("invalid_request", "past")),
    (TODAY, date(2027, 3, 1), ("too_far", None)),
])
def test_senseless_dates(line: Line, first: date, last: date, refused: tuple[str, str]) -> None:
    with pytest.raises(Refusal) as problem:
        line.join(1, first, last)
    assert code(problem) == refused


def test_a_first_date_that_is_past_is_today(line: Line) -> None:
    assert line.join(1, date(2026, 11, 1), TOMORROW).first == TODAY


def test_nobody_waits_for_dates_on_all_of_which_the_office_is_closed(line: Line) -> None:
    with pytest.raises(Refusal) as problem:
        line.join(1, date(2026, 11, 28), date(2026, 11, 29))
    assert problem.value.code == "office_closed"
    assert problem.value.details["may_wait"] is False
    assert line.join(1, date(2026, 11, 28), date(2026, 11, 30)).last == date(2026, 11, 30)


def test_an_evening_after_closing_does_not_count_for_the_dates_that_follow(line: Line) -> None:
    friday = date(2026, 11, 27)
    with pytest.raises(Refusal, match="office_closed"):
        line.join(1, friday, date(2026, 11, 29), now=at(friday, "17:00", line.book.office))
    line.join(1, friday, date(2026, 11, 29), now=at(friday, "15:00", line.book.office))


def test_today_can_be_waited_for_until_the_office_closes(line: Line) -> None:
    line.join(1, TODAY, TODAY, now=at(TODAY, "15:00", line.book.office))
    with pytest.raises(Refusal) as problem:
        line.join(2, TODAY, TODAY, now=at(TODAY, "16:30", line.book.office))
    assert code(problem) == ("invalid_request", "past")


def test_one_need_a_person_and_a_few_a_phone(line: Line) -> None:
    entry = line.join(1)
    for who, phone, refused in ((1, 2, "already_waiting"), (2, 1, None), (3, 1, None), (4, 1, None), (5, 1, None),
                                (6, 1, "too_many_for_phone")):
        if refused is None:
            line.join(who, phone=phone)
            continue
        with pytest.raises(Refusal) as problem:
            line.join(who, phone=phone)
        assert problem.value.code == refused
    line.leave(entry)
    line.join(1)


def test_bookings_of_the_phone_count_and_one_who_has_booked_need_not_wait(line: Line) -> None:
    line.book.database.write(lambda c: c.execute(sa.text("UPDATE days SET released = 60, wanted = 60")))
    for n, start in zip(range(5), line.book.starts(TOMORROW, NOW)[1:], strict=False):
        line.book_for(n, start, phone=9)
    with pytest.raises(Refusal) as problem:
        line.join(7, phone=9)
    assert problem.value.code == "too_many_for_phone"
    with pytest.raises(Refusal) as problem:
        line.join(1)
    assert problem.value.code == "already_booked"


def test_who_leaves_again_and_again_has_to_stop(line: Line) -> None:
    for n in range(10):
        line.leave(line.join(n, phone=1))
    with pytest.raises(Refusal) as problem:
        line.join(20, phone=1)
    assert code(problem) == ("too_many_for_phone", "given_up")
    line.join(20, phone=1, now=NOW + timedelta(days=1, minutes=1))


@pytest.mark.parametrize("same", ["nik_hash", "phone_hash"])
def test_the_schema_stands_behind_both_limits(line: Line, same: str) -> None:
    line.join(1)
    (row,) = line.rows()
    other = {**row._mapping, "token": "X", "nik_hash": b"n" * 16, "phone_hash": b"p" * 16, same: row._mapping[same]}
    del other["id"]
    with pytest.raises(IntegrityError):
        line.book.database.write(lambda c: c.execute(rows.insert().values(other)))
    line.book.database.write(lambda c: c.execute(rows.insert().values({**other, "state": "left"})))


def test_leaving_twice_changes_nothing(line: Line) -> None:
    left = line.leave(line.join(1))
    assert (left.state, line.leave(left).state) == ("left", "left")
    assert [e.kind for e in line.facts()] == ["waiting_joined", "waiting_ended"]


def test_the_phone_knows_what_it_waits_for_under_any_key(line: Line) -> None:
    entry = line.join(1)
    line.leave(line.join(2, phone=1))
    newer = Vault(["another secret of tests", *line.secrets])
    with line.book.database.read() as c:
        assert [one.id for one in waiting.of_phone(c, newer, people.phone(1))] == [entry.id]
        assert waiting.of_phone(c, newer, people.phone(3)) == []


def test_an_entry_passes_when_its_last_date_has_closed(line: Line) -> None:
    entry = line.join(1, TODAY, TODAY)
    line.tend(at(TODAY, "15:59", line.book.office))
    assert line.state(entry) == "waiting"
    line.tend(at(TODAY, "16:00", line.book.office))
    assert line.state(entry) == "passed"
    assert [(e.kind, e.data) for e in line.facts()][-1] == ("waiting_ended", {"why": "passed"})


def test_who_has_booked_otherwise_is_not_in_line_any_more(line: Line) -> None:
    entry, other = line.join(1), line.join(2)
    line.free(TOMORROW)
    line.book.database.write(lambda c: c.execute(sa.text("UPDATE days SET released = booked + 1")))
    booked = line.book.book(1, line.book.starts(TOMORROW, NOW)[-1], NOW)
    line.tend()
    (row, _) = line.rows()
    assert (line.state(entry), row.booking_id) == ("booked", booked.id)
    assert line.state(other) == "offered"


def test_waiting_again_is_a_new_entry_at_the_end(line: Line) -> None:
    entry, _ = line.join(1), line.join(2)
    with pytest.raises(Refusal) as problem:
        line.rejoin(entry)
    assert problem.value.code == "already_waiting"
    again = line.rejoin(line.leave(entry), NOW + timedelta(hours=1))
    assert (line.ahead(again), again.token != entry.token) == (1, True)
    with pytest.raises(Refusal):
        line.rejoin(line.leave(again), NOW + timedelta(days=40))


def test_personal_data_goes_some_days_after_the_last_date(line: Line) -> None:
    entry = line.leave(line.join(1, TODAY, TOMORROW))
    erased: list[int] = []
    later = NOW + timedelta(days=line.book.office.rules.erase_after_days)

    def erase(now: Any) -> int:
        return jobs.erase(line.book.database, Offices(), now, waiting_erasers=[lambda _c, ids: erased.extend(ids)])

    assert erase(later) == 0
    assert erase(later + timedelta(days=1)) == 1
    (row,) = line.rows()
    assert (row.sealed, row.nik_hash, row.phone_hash, erased) == (None, None, None, [entry.id])
    assert line.facts("erased")[-1].data == {"bookings": 0, "waiting": 1}
    with pytest.raises(Refusal) as problem:
        line.rejoin(line.entry(entry))
    assert problem.value.code == "unknown_booking"


def test_an_empty_line_asks_little(line: Line) -> None:
    asked: list[str] = []
    with line.book.database.read() as c:
        sa.event.listen(c.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    line.tend()
    assert len([text for text in asked if text.startswith("SELECT")]) == 3

