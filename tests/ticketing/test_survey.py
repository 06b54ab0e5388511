"""The survey: invited once, answered once however many press at once, and nothing that leads back to the visit."""

from __future__ import annotations

import secrets
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec import structs

from scheduler.foundation.database import Database
from scheduler.offices import Office
from tests.conftest import NOW
from tests.hall_days import Came, Hall
from tests.processes import meet, together
from ticketing import survey
from ticketing.ikm import Opinions
from ticketing.survey import OPEN_FOR, TOKEN_LENGTH, Invitation
from ticketing.survey_tables import invitations, opinions

TODAY = NOW.date()
GOOD = [4, 3, 4, 4, 3, 4, 4, 3, 4]


@pytest.fixture
def asking(balikpapan: Office) -> Office:
    assert balikpapan.rules.survey
    return balikpapan


@pytest.fixture
def visit(database: Database, asking: Office) -> int:
    return Hall(database, asking).came(TODAY, Came("08:00", due="08:00", service="kk"))[0]


def invite(database: Database, office: Office, visit: int) -> str:
    token = database.write(lambda c: survey.invite(c, office, visit, NOW))
    assert token is not None
    return token


def found(database: Database, token: str) -> Invitation:
    with database.read() as c:
        invitation = survey.of_token(c, token)
    assert invitation is not None
    return invitation


def answer(database: Database, office: Office, token: str, at: Any = NOW, answers: Any = GOOD) -> bool:
    invitation = found(database, token)
    return database.write(lambda c: survey.answer(c, office, invitation, answers, "web", at))


def rows(database: Database, table: sa.Table) -> list[Any]:
    with database.read() as c:
        return list(c.execute(sa.select(table)))


def test_a_visit_is_invited_once_and_only_where_the_office_asks(
        database: Database, asking: Office, visit: int) -> None:
    silent = replace(asking, rules=structs.replace(asking.rules, survey=False))
    assert database.write(lambda c: survey.invite(c, silent, visit, NOW)) is None
    token = invite(database, asking, visit)
    assert len(token) == TOKEN_LENGTH
    assert database.write(lambda c: survey.invite(c, asking, visit, NOW)) is None
    (row,) = rows(database, invitations)
    assert token.encode() not in bytes(row.token_hash)


def test_a_link_is_read_as_people_copy_it(database: Database, asking: Office, visit: int) -> None:
    token = invite(database, asking, visit)
    known = found(database, token)
    assert found(database, f" {token.upper()} ") == known
    assert found(database, token.replace("0", "O").replace("1", "l")) == known
    assert (known.service_id, known.used) == (asking.service("kk").id, None)
    with database.read() as c:
        assert survey.of_token(c, "x" * TOKEN_LENGTH) is None
        assert survey.of_token(c, token[:-1]) is None
        assert survey.of_token(c, "") is None


def test_an_answer_counts_once(database: Database, asking: Office, visit: int) -> None:
    token = invite(database, asking, visit)
    assert answer(database, asking, token)
    assert not answer(database, asking, token)
    assert found(database, token).used == TODAY
    with database.read() as c:
        told = survey.sums(c, asking, date(2026, 11, 1), date(2026, 11, 30))
    assert told == {date(2026, 11, 1): {asking.service("kk").id: Opinions(1, tuple(GOOD))}}


def test_after_fourteen_days_it_lapses_and_later_it_is_forgotten(
        database: Database, asking: Office, visit: int) -> None:
    token = invite(database, asking, visit)
    assert found(database, token).is_open(NOW + OPEN_FOR - timedelta(seconds=1))
    assert not found(database, token).is_open(NOW + OPEN_FOR)
    assert not answer(database, asking, token, NOW + OPEN_FOR)
    survey.forget_all(database, NOW + OPEN_FOR + survey.KEPT)
    assert len(rows(database, invitations)) == 1
    survey.forget_all(database, NOW + OPEN_FOR + survey.KEPT + timedelta(seconds=1))
    assert rows(database, invitations) == []


def test_nothing_leads_from_an_answer_to_a_visit(database: Database, asking: Office, visit: int) -> None:
    """What both tables hold of the same answer: the office, and no finer moment than a date and a month."""
    answer(database, asking, invite(database, asking, visit))
    (asked,), (given,) = rows(database, invitations), rows(database, opinions)
    assert set(given._mapping) == {"id", "office_id", "service_id", "month", "channel", "answers"}
    assert (given.month, asked.used) == (date(2026, 11, 1), TODAY)
    assert bytes(given.id) != bytes(asked.token_hash)
    assert not {visit, asked.visit_id} & {value for value in given if isinstance(value, int)} - {
        given.office_id, given.service_id}
    with database.read() as c:
        written = c.scalar(sa.text("SELECT count(*) FROM journal WHERE visit_id = :visit"), {"visit": visit})
    assert written == 0


def test_an_answer_counts_in_the_month_it_is_given_in_at_the_office(
        database: Database, asking: Office, visit: int) -> None:
    token = invite(database, asking, visit)
    midnight = NOW.replace(month=12, day=1, hour=0, minute=1)  # 30 November by the clocks of London
    assert answer(database, asking, token, midnight)
    assert rows(database, opinions)[0].month == date(2026, 12, 1)


def test_the_open_one_of_some_bookings_the_newest_first(database: Database, asking: Office) -> None:
    hall = Hall(database, asking)
    visits = hall.came(TODAY, *[Came("08:00", due="08:00")] * 3)
    tokens = [database.write(lambda c, n=n: survey.invite(c, asking, visits[n], NOW + timedelta(minutes=n)))
              for n in range(3)]
    with database.read() as c:
        bookings = list(c.scalars(sa.text("SELECT booking_id FROM visits ORDER BY id")))
    answer(database, asking, tokens[2] or "")
    with database.read() as c:
        assert survey.of_bookings(c, bookings, NOW) == survey.of_token(c, tokens[1] or "")
        assert survey.of_bookings(c, bookings[2:], NOW) is None
        assert survey.of_bookings(c, bookings, NOW + timedelta(days=20)) is None


@pytest.mark.parametrize("answers", [[4] * 8, [5] * 9, [0] * 9])
def test_other_answers_are_not_counted(database: Database, asking: Office, visit: int, answers: list[int]) -> None:
    token = invite(database, asking, visit)
    with pytest.raises(ValueError):
        answer(database, asking, token, answers=answers)
    assert found(database, token).used is None


# -- at once -------------------------------------------------------------------------------------------------------


def _press(url: str, office: Office, token: str, guarded: bool) -> bool:
    database = Database(url, connections=1, durable=False)
    invitation = found(database, token)

    def unguarded(c: sa.Connection) -> bool:
        c.execute(sa.update(invitations).values(used=TODAY))
        c.execute(opinions.insert().values(
            id=secrets.token_bytes(16), office_id=office.id, service_id=invitation.service_id,
            month=TODAY.replace(day=1), channel="web", answers=GOOD))
        return True

    meet()
    try:
        if not guarded:  # looked before, as a caller without the guard would
            return invitation.is_open(NOW) and database.write(unguarded)
        return database.write(lambda c: survey.answer(c, office, invitation, GOOD, "web", NOW))
    finally:
        database.close()


def test_of_answers_at_once_one_counts(database: Database, database_url: str, asking: Office) -> None:
    """First without the guard, to see that they do meet: who looks first and then writes counts as often as pressed."""
    hall = Hall(database, asking)
    tokens = [invite(database, asking, one) for one in hall.came(TODAY, Came("08:00"), Came("08:10"))]
    assert sum(together(_press, [(database_url, asking, tokens[0], False)] * 3)) > 1
    database.write(lambda c: c.execute(sa.update(invitations).values(used=None)))
    database.write(lambda c: c.execute(sa.delete(opinions)))
    assert sum(together(_press, [(database_url, asking, tokens[1], True)] * 3)) == 1
    assert len(rows(database, opinions)) == 1
