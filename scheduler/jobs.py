"""What the timetable does, job by job: look without locks, then write in short transactions.

    open_days       days and slots as the offices' hours want them, to the horizon
    keep_capacity   released places and walk-in room of each day
    mark_absences   bookings of people who did not come
    erase           personal data past its keeping time, and answers kept for repeated requests

Every job derives what is due from rows and may run again at any moment, also twice at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from scheduler import absences, erasure, opening, releasing
from scheduler.days import DayPlaces
from scheduler.erasure import Eraser
from scheduler.foundation.database import Database
from scheduler.offices import Office, Offices
from scheduler.ticks import Tick

OFFICES_AT_ONCE = 8  # written in one transaction: few commits, and no booking waits long for a day's row


class Settled:
    """Which offices' days are known to be laid out, so that the next run need not compare them again."""

    def __init__(self) -> None:
        self._settled: dict[int, tuple[int, date]] = {}

    def is_settled(self, office: Office, now: datetime) -> bool:
        """Whether nothing has changed since the office was last laid out: neither its file nor its date."""
        return self._settled.get(office.id) == (office.revision, office.today(now))

    def note(self, office: Office, now: datetime, opened: opening.Opened) -> None:
        """Remember that the office was laid out; an unfinished day is looked at again."""
        if not opened.unfinished:
            self._settled[office.id] = office.revision, office.today(now)


def open_days(database: Database, offices: Offices, now: datetime, settled: Settled | None = None) -> int:
    """Lay out what is new or has changed, and release it at once. Answers how many days were touched."""
    settled = settled or Settled()
    touched = 0
    for office in [office for office in _all(database, offices) if not settled.is_settled(office, now)]:
        opened = database.write(_opening(office, now))
        settled.note(office, now, opened)
        touched += opened.added + opened.changed
    return touched


def _opening(office: Office, now: datetime) -> Callable[[Connection], opening.Opened]:
    def work(connection: Connection) -> opening.Opened:
        opened = opening.lay_out(connection, office, now)
        if opened.added or opened.changed:
            releasing.release(connection, [office], now, DayPlaces())
        return opened

    return work


def keep_capacity(database: Database, offices: Offices, now: datetime, places: DayPlaces | None = None) -> int:
    """Decide every day from today to the horizon; write and journal those that change. Answers how many did."""
    places = places or DayPlaces()
    with database.read() as connection:
        looked = offices.all(connection)
        due = releasing.changes(connection, looked, now, places)
    places.forget_before(now.date() - timedelta(days=1))
    behind = list({change.office.id: change.office for change in due}.values())
    changed = 0
    for first in range(0, len(behind), OFFICES_AT_ONCE):
        some = behind[first:first + OFFICES_AT_ONCE]
        changed += database.write(_releasing(some, now, places))
    return changed


def _releasing(some: Sequence[Office], now: datetime, places: DayPlaces) -> Callable[[Connection], int]:
    return lambda connection: releasing.release(connection, some, now, places)


def mark_absences(database: Database, offices: Offices, now: datetime) -> int:
    """Mark who did not come on days that are over, a transaction for each day. Answers how many bookings."""
    with database.read() as connection:
        over = [day for day in absences.overdue_days(connection, now)
                if absences.is_over(offices.by_id(connection, day.office_id), day.date, now)]
    return sum(database.write(_marking(day, now)) for day in over)


def _marking(day: absences.OverdueDay, now: datetime) -> Callable[[Connection], int]:
    return lambda connection: absences.mark_day(connection, day, now)


def erase(database: Database, offices: Offices, now: datetime, erasers: Sequence[Eraser] = (),
          waiting_erasers: Sequence[Eraser] = ()) -> int:
    """Erase personal data past each office's keeping time, and answers older than a day, in batches.

    `erasers` clear what other rooms keep about the same bookings, `waiting_erasers` about the same entries of the
    waiting list. Answers how many of both were erased.
    """
    while database.write(lambda connection: erasure.forget_answers(connection, now)) == erasure.BATCH:
        pass
    erased = 0
    for office in _to_erase(database, offices, now):
        while (batch := database.write(_erasing(office, erasers, waiting_erasers, now))) > 0:
            erased += batch
    return erased


def _to_erase(database: Database, offices: Offices, now: datetime) -> list[Office]:
    with database.read() as connection:
        known = {office.id: office for office in offices.all(connection)}
        newest = max((erasure.erasable_before(office, now) for office in known.values()), default=now)
        return [known[office_id] for office_id in sorted(erasure.offices_to_erase(connection, newest))]


def _erasing(office: Office, erasers: Sequence[Eraser], waiting_erasers: Sequence[Eraser],
             now: datetime) -> Callable[[Connection], int]:
    return lambda connection: erasure.erase_batch(connection, office, erasers, now, waiting_erasers)


def _all(database: Database, offices: Offices) -> list[Office]:
    with database.read() as connection:
        return offices.all(connection)


def job_ticks(database: Database, offices: Offices, *, erasers: Sequence[Eraser] = (),
              waiting_erasers: Sequence[Eraser] = ()) -> list[Tick]:
    """The jobs above as ticks, in the order they build on each other."""
    settled, places = Settled(), DayPlaces()
    return [
        Tick("open_days", timedelta(minutes=1), lambda now: open_days(database, offices, now, settled)),
        Tick("mark_absences", timedelta(minutes=5), lambda now: mark_absences(database, offices, now)),
        Tick("keep_capacity", timedelta(minutes=1), lambda now: keep_capacity(database, offices, now, places)),
        Tick("erase", timedelta(hours=1), lambda now: erase(database, offices, now, erasers, waiting_erasers)),
    ]
