"""What the timetable does, job by job: look without locks, then write in short transactions.

    open_days       days and slots as the offices' hours want them, to the horizon
    mark_absences   bookings of people who did not come
    learn           who came of those who booked, once a day is over
    keep_capacity   released places and walk-in room of each day
    erase           personal data past its keeping time, and answers kept for repeated requests

Every job derives what is due from rows and may run again at any moment, also twice at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby

from sqlalchemy import Connection

from scheduler import absences, erasure, learning, opening, releasing
from scheduler.days import chunks
from scheduler.erasure import Eraser
from scheduler.foundation.database import Database
from scheduler.grounds import Grounds
from scheduler.keeper import Keeper
from scheduler.offices import Office, Offices
from scheduler.ticks import Tick

OFFICES_AT_ONCE = 8  # written in one transaction: few commits, and no booking waits long for a day's row
DAYS_AT_ONCE = 10    # counted in one transaction: there are many only after an upgrade
LEARNT_LATE = timedelta(days=7)  # a day that was over so long ago has been counted, or never will be
NO_KEY = b""  # for whoever opens days of which nothing is to stay unforeseen


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


def open_days(
    database: Database, offices: Offices, now: datetime, settled: Settled | None = None, key: bytes = NO_KEY
) -> int:
    """Lay out what is new or has changed, and release it at once. Answers how many days were touched."""
    settled = settled or Settled()
    touched = 0
    for office in [office for office in _all(database, offices) if not settled.is_settled(office, now)]:
        opened = database.write(_opening(office, now, key))
        settled.note(office, now, opened)
        touched += opened.added + opened.changed
    return touched


def _opening(office: Office, now: datetime, key: bytes) -> Callable[[Connection], opening.Opened]:
    def work(connection: Connection) -> opening.Opened:
        opened = opening.lay_out(connection, office, now)
        if opened.added or opened.changed:
            releasing.release(connection, [office], now, Keeper(key))
        return opened

    return work


def keep_capacity(database: Database, offices: Offices, now: datetime, keeper: Keeper | None = None) -> int:
    """Decide every day from today to the horizon; write and journal those that change. Answers how many did.

    Reads and decides a few offices at a time without a lock, then writes what they change in one short transaction.
    With a `keeper` from earlier runs only what may have changed is decided.
    """
    keeper = keeper or Keeper(NO_KEY)
    with database.read() as connection:
        due = keeper.due(releasing.look(connection, offices.all(connection), now, keeper), now)
    keeper.forget_before(now.date() - timedelta(days=1))
    return sum(_keep(database, some, now, keeper) for some in _few_offices(due))


def _keep(database: Database, some: Sequence[Grounds], now: datetime, keeper: Keeper) -> int:
    changed = 0
    for _ in range(releasing.LOOKS):
        with database.read() as connection:
            due = releasing.decide(connection, some, now, keeper)
        written = database.write(partial(releasing.write, due=due, now=now, keeper=keeper)) if due else 0
        changed += written
        if written == len(due):  # else something happened meanwhile: look again
            break
        with database.read() as connection:
            some = releasing.look(connection, [one.office for one in some], now, keeper)
    return changed


def _few_offices(due: Sequence[Grounds]) -> Iterator[list[Grounds]]:
    by_office = [list(group) for _, group in groupby(
        sorted(due, key=lambda one: (one.office.id, one.day.id)), lambda one: one.office.id)]
    for first in range(0, len(by_office), OFFICES_AT_ONCE):
        yield [one for group in by_office[first:first + OFFICES_AT_ONCE] for one in group]


class Learner:
    """From which date on a day may not have been counted yet; a new process begins far back."""

    def __init__(self) -> None:
        self.since: date | None = None

    def first(self, now: datetime) -> date:
        """The first date to look at."""
        return self.since or now.date() - learning.DAYS_BACK


def learn(database: Database, offices: Offices, now: datetime, learner: Learner | None = None) -> int:
    """Count the days that are over and learn from them, a few days of an office a transaction. Answers how many."""
    learner = learner or Learner()
    with database.read() as connection:
        known = {office.id: office for office in offices.all(connection)}
        due = learning.uncounted(connection, known, learner.first(now), now)
    counted = 0
    for office_id, day_ids in due.items():
        for some in chunks(day_ids, DAYS_AT_ONCE):
            counted += database.write(_counting(known[office_id], some, now))
    learner.since = now.date() - LEARNT_LATE
    return counted


def _counting(office: Office, day_ids: Sequence[int], now: datetime) -> Callable[[Connection], int]:
    return lambda connection: learning.count(connection, office, day_ids, now)


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


def job_ticks(database: Database, offices: Offices, *, key: bytes, erasers: Sequence[Eraser] = (),
              waiting_erasers: Sequence[Eraser] = ()) -> list[Tick]:
    """The jobs above as ticks, in the order they build on each other. `key` draws when places open: see `portions`."""
    settled, keeper, learner = Settled(), Keeper(key), Learner()
    return [
        Tick("open_days", timedelta(minutes=1), lambda now: open_days(database, offices, now, settled, key)),
        Tick("mark_absences", timedelta(minutes=5), lambda now: mark_absences(database, offices, now)),
        Tick("learn", timedelta(minutes=5), lambda now: learn(database, offices, now, learner)),
        Tick("keep_capacity", timedelta(minutes=1), lambda now: keep_capacity(database, offices, now, keeper)),
        Tick("erase", timedelta(hours=1), lambda now: erase(database, offices, now, erasers, waiting_erasers)),
    ]
