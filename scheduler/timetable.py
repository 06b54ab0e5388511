"""The timetable: when the jobs run. The only place that knows APScheduler.

Its memory holds nothing worth keeping: a few ticks, each deriving what is due from rows and the office clock. One
process leads (see `leader`), the others stand by and look at least each second whether the lead is free.
"""

# mypy: disallow-untyped-calls=False
# (APScheduler carries no types; this file alone calls it.)

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import DBAPIError

from scheduler.foundation.clock import Clock, SettableClock
from scheduler.foundation.database import Database
from scheduler.foundation.errors import driver_code
from scheduler.leader import leadership
from scheduler.ticks import Tick

__all__ = ["NotLeading", "Status", "Tick", "TickStatus", "Timetable"]

WATCH_S = 1.0           # how often the lead is looked at: a standby takes over this soon
GATHER_S = 0.02         # after a nudge: commits come in swarms, so wait for a few more
STEP = timedelta(minutes=15)
LONGEST_STEP = timedelta(hours=1)  # below the shortest time a reminder is good for
STEPS = 96              # a day's jump in quarters of an hour

_log = structlog.get_logger(__name__)


class NotLeading(Exception):
    """Another process runs the jobs of this database."""


@dataclass(frozen=True, slots=True)
class TickStatus:
    """How a tick fares. `last_success` is real time in UTC; `failures` are those since, `error` the newest's kind.

    `late`: it should have succeeded long ago, see `Tick.is_late`.
    """

    name: str
    last_success: datetime | None
    failures: int
    error: str | None
    late: bool


@dataclass(frozen=True, slots=True)
class Status:
    """Whether this process runs the jobs, and how each fares; a standby's ticks are never late."""

    running: bool
    leading: bool
    ticks: list[TickStatus]

    @property
    def healthy(self) -> bool:
        """Whether no tick is late."""
        return not any(tick.late for tick in self.ticks)


class _Turn:
    """One tick of this timetable: runs one at a time, remembers how it went."""

    def __init__(self, tick: Tick) -> None:
        self.tick = tick
        self.lock = threading.Lock()
        self.last_success: datetime | None = None
        self.failures = 0
        self.error: str | None = None
        self.due_since = time.monotonic()

    def succeeded(self) -> None:
        if self.failures:
            _log.info("tick_recovered", tick=self.tick.name, failures=self.failures)
        self.last_success, self.failures, self.error = datetime.now(UTC), 0, None
        self.due_since = time.monotonic()

    def failed(self, problem: Exception) -> None:
        """Log what went wrong without its text, which may hold data; ever more seldom when it goes on."""
        self.failures += 1
        cause = problem.orig if isinstance(problem, DBAPIError) and problem.orig is not None else problem
        self.error = type(cause).__name__
        if self.failures & (self.failures - 1) == 0:
            frames = traceback.extract_tb(problem.__traceback__)[-4:]
            _log.error("tick_failed", tick=self.tick.name, error=self.error, code=driver_code(problem),
                       failures=self.failures,
                       where=[f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames])

    def status(self, leading: bool) -> TickStatus:
        late = leading and self.tick.is_late(timedelta(seconds=time.monotonic() - self.due_since))
        return TickStatus(self.tick.name, self.last_success, self.failures, self.error, late)


class Timetable:
    """Runs `ticks` in threads of this process while it leads. Made unstarted; `stop()` may come at any time."""

    def __init__(self, database: Database, clock: Clock, ticks: Sequence[Tick]) -> None:
        self._clock = clock
        self._turns = [_Turn(tick) for tick in ticks]
        self._leadership = leadership(database)
        self._leading = False
        self._scheduler: BackgroundScheduler | None = None
        self._nudged = threading.Event()
        self._nudger: threading.Thread | None = None

    def start(self) -> None:
        """Begin: whichever process gets the lead runs every tick once in order, then each at its interval."""
        if self._scheduler is not None:
            return
        logging.getLogger("apscheduler").setLevel(logging.ERROR)  # every run would be a line
        self._scheduler = BackgroundScheduler(
            timezone=UTC, executors={"default": ThreadPoolExecutor(len(self._turns) + 1)},
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._scheduler.add_job(self._watch, "interval", seconds=WATCH_S, next_run_time=datetime.now(UTC))
        for turn in self._turns:
            self._scheduler.add_job(self._take_turn, "interval", seconds=self._interval_s(turn.tick), args=[turn])
        self._nudged.clear()
        self._nudger = threading.Thread(target=self._answer_nudges, name="nudged", daemon=True)
        self._nudger.start()
        self._scheduler.start()

    def stop(self) -> None:
        """Let what runs come to its end, then give up the lead."""
        scheduler, self._scheduler = self._scheduler, None
        if scheduler is not None:
            scheduler.shutdown(wait=True)
        if self._nudger is not None:
            self._nudged.set()
            self._nudger.join()
            self._nudger = None
        self._leading = False
        self._leadership.release()

    def nudge(self) -> None:
        """Say that there is work for the nudged ticks: they run within some 20 ms. From any thread, never waits."""
        if not self._nudged.is_set():
            self._nudged.set()

    def run_due(self) -> list[str]:
        """Run every tick once, in order, and wait for it; answers the names of those that failed.

        One that is running already runs again after that. Raises NotLeading when another process leads.
        """
        with self._lead():
            return self._round()

    def run_through(self, clock: SettableClock, by: timedelta) -> list[str]:
        """Put the clock forward by `by` in steps, running what is due at each; answers what failed, by name.

        So a jump passes through the moments between: a reminder of the afternoon before still goes out, after the
        step in which it fell due. Steps are a quarter of an hour up to a day's jump, then longer, at most an hour.
        """
        if by < timedelta(0):
            raise ValueError("the clock does not go back")
        failed: dict[str, None] = {}
        with self._lead():
            target, step = clock.now() + by, min(max(STEP, by / STEPS), LONGEST_STEP)
            while (rest := target - clock.now()) > timedelta(0):
                clock.advance(min(step, rest))
                failed |= dict.fromkeys(self._round())
        return list(failed)

    def status(self) -> Status:
        """How the jobs fare, for the readiness page; asks neither the database nor the lock."""
        return Status(self._scheduler is not None, self._leading,
                      [turn.status(self._leading) for turn in self._turns])

    # -- inside ------------------------------------------------------------------------------------------------

    def _interval_s(self, tick: Tick) -> float:
        """Real seconds between runs. A demo clock that runs faster has its ticks more often, at most each second."""
        speed = self._clock.speed if isinstance(self._clock, SettableClock) else 1.0
        every = tick.every.total_seconds()
        return max(every / max(speed, 1.0), min(every, 1.0))

    def _watch(self) -> None:
        leads, led = self._leadership.holds(), self._leading
        if leads and not led:
            for turn in self._turns:
                turn.due_since = time.monotonic()
            self._leading = True
            _log.info("jobs_lead")
            for turn in self._turns:
                self._take_turn(turn)
        elif led and not leads:
            self._leading = False
            _log.warning("jobs_lead_lost")

    def _take_turn(self, turn: _Turn, wait: bool = False) -> None:
        """Run the tick while this process leads; unless told to wait, not while it runs already."""
        if self._scheduler is not None and self._leadership.holds():
            self._run(turn, wait=wait)

    def _answer_nudges(self) -> None:
        while True:
            self._nudged.wait()
            if self._scheduler is None:
                return
            time.sleep(GATHER_S)
            self._nudged.clear()
            for turn in self._turns:
                if turn.tick.nudged:
                    self._take_turn(turn, wait=True)

    def _round(self) -> list[str]:
        return [turn.tick.name for turn in self._turns if not self._run(turn, wait=True)]

    def _run(self, turn: _Turn, *, wait: bool) -> bool:
        if not turn.lock.acquire(blocking=wait):
            return True
        try:
            turn.tick.run(self._clock.now())
        except Exception as problem:
            turn.failed(problem)
            return False
        else:
            turn.succeeded()
            return True
        finally:
            turn.lock.release()

    @contextmanager
    def _lead(self) -> Iterator[None]:
        """Hold the lead for the block, and afterwards too if the timetable is running."""
        if not self._leadership.holds():
            raise NotLeading
        try:
            yield
        finally:
            if self._scheduler is None:
                self._leadership.release()
