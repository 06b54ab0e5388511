"""What the office tells its hall: set, shown until its time is over, ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from scheduler.foundation.database import Database
from scheduler.foundation.errors import Refusal
from scheduler.foundation.journal import journal
from scheduler.offices import Office
from tests.conftest import NOW
from ticketing import notices
from ticketing.notices import LONGEST, MOST

WORDS = {"id": "Loket 6 tutup hari ini.", "en": "Counter 6 is closed today."}
HOUR = timedelta(hours=1)
Put = Callable[..., int]


@pytest.fixture
def put(database: Database, balikpapan: Office) -> Put:
    def put(words: dict[str, str] = WORDS, until: Any = None, now: Any = NOW) -> int:
        return database.write(lambda c: notices.put(c, balikpapan, words, until, now=now, staff_id=7))

    return put


def shown(database: Database, office: Office, now: Any = NOW) -> list[dict[str, str]]:
    with database.read() as connection:
        return [dict(one.words) for one in notices.standing(connection, office, now)]


def entries(database: Database) -> list[tuple[str, int, Any]]:
    with database.read() as connection:
        return [tuple(row) for row in connection.execute(
            sa.select(journal.c.kind, journal.c.staff_id, journal.c.data).where(journal.c.kind.like("notice%"))
            .order_by(journal.c.id))]


def test_a_message_is_shown_until_it_is_ended(database: Database, balikpapan: Office, put: Put) -> None:
    first, second = put(), put({"id": "  Semua layanan\n gratis. ", "en": " "})
    assert shown(database, balikpapan) == [WORDS, {"id": "Semua layanan gratis."}]
    for _ in range(2):  # pressed twice
        database.write(lambda c: notices.end(c, balikpapan, first, now=NOW, staff_id=8))
    assert shown(database, balikpapan) == [{"id": "Semua layanan gratis."}]
    assert entries(database) == [("notice_set", 7, {"notice": first}), ("notice_set", 7, {"notice": second}),
                                 ("notice_ended", 8, {"notice": first})]


def test_it_goes_by_itself_when_its_time_is_over(database: Database, balikpapan: Office, put: Put) -> None:
    put(until=NOW + HOUR)
    assert shown(database, balikpapan, NOW + HOUR - timedelta(seconds=1)) == [WORDS]
    assert shown(database, balikpapan, NOW + HOUR) == []


def test_the_same_form_sent_twice_shows_it_once(database: Database, balikpapan: Office, put: Put) -> None:
    assert put() == put()
    assert shown(database, balikpapan) == [WORDS]
    assert len(entries(database)) == 1


def test_another_office_cannot_end_it(database: Database, balikpapan: Office, put: Put) -> None:
    number = put()
    database.write(lambda c: notices.end(c, replace(balikpapan, id=balikpapan.id + 1), number, now=NOW, staff_id=8))
    assert shown(database, balikpapan) == [WORDS]
    assert len(entries(database)) == 1


@pytest.mark.parametrize(("words", "until", "field", "why"), [
    ({"id": " ", "en": "Closed."}, None, "id", "missing"),
    ({"id": "a" * (LONGEST + 1)}, None, "id", "too_long"),
    ({"id": "Tutup.", "en": "a" * (LONGEST + 1)}, None, "en", "too_long"),
    (WORDS, NOW, "until", "past"),
])
def test_what_cannot_be_shown_is_refused(put: Put, words: dict[str, str], until: Any, field: str, why: str) -> None:
    with pytest.raises(Refusal) as refused:
        put(words, until)
    assert (refused.value.code, refused.value.details["field"], refused.value.details["why"]) == (
        "invalid_request", field, why)


def test_so_many_at_a_time_that_all_are_seen(put: Put) -> None:
    for n in range(MOST):
        put({"id": f"Pesan {n}"}, NOW + HOUR)
    with pytest.raises(Refusal) as refused:
        put()
    assert refused.value.details["why"] == "too_many"
    put(now=NOW + HOUR)  # the others are over
