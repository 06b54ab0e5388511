"""The timetable: ticks run in order and one at a time, a nudge wakes them, one process leads and another takes over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from scheduler import jobs
from scheduler.foundation.clock import SettableClock, SystemClock
from scheduler.foundation.database import Database
from scheduler.leader import FileLeadership, PostgresLeadership, leadership
from scheduler.offices import Office, Offices
from scheduler.timetable import NotLeading, Tick, Timetable
from tests.conftest import NOW
from tests.threads import all_at_once

HOUR, SOON = timedelta(hours=1), timedelta(seconds=0.2)


def until(holds: Callable[[], object], seconds: float = 20) -> float:
    """Wait until it holds; answers how many seconds that took."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < seconds, "waited in vain"
        time.sleep(0.02)
    return time.monotonic() - began


@pytest.fixture
def started() -> Iterator[Callable[..., Timetable]]:
    """Starts a timetable of these ticks; it is stopped at the end."""
    running: list[Timetable] = []

    def start(database: Database, *ticks: Tick) -> Timetable:
        timetable = Timetable(database, SystemClock(), ticks)
        running.append(timetable)
        timetable.start()
        return timetable

    yield start
    for timetable in running:
        timetable.stop()


# -- running what is due -----------------------------------------------------------------------------------------


def test_what_is_due_runs_in_order_at_the_office_clock_and_a_failure_stops_nobody(
    database: Database, clock: SettableClock
) -> None:
    ran: list[tuple[str, datetime]] = []

    def fails(_now: datetime) -> None:
        raise RuntimeError("a secret: +6281200000001")

    timetable = Timetable(database, clock, [
        Tick("one", HOUR, lambda now: ran.append(("one", now))), Tick("two", HOUR, fails),
        Tick("three", HOUR, lambda now: ran.append(("three", now)))])
    assert timetable.run_due() == ["two"]
    assert ran == [("one", clock.now()), ("three", clock.now())]
    one, two, _three = timetable.status().ticks
    assert one.last_success is not None
    assert datetime.now(UTC) - one.last_success < timedelta(minutes=1)
    assert (two.last_success, two.failures, two.error, two.late) == (None, 1, "RuntimeError", False)


def test_a_failure_is_logged_without_its_words_and_ever_more_seldom(database: Database, clock: SettableClock) -> None:
    def fails(_now: datetime) -> None:
        raise RuntimeError("a secret: +6281200000001")

    timetable = Timetable(database, clock, [Tick("two", HOUR, fails)])
    with capture_logs() as logged:
        for _ in range(4):
            timetable.run_due()
    assert [entry["failures"] for entry in logged if entry["event"] == "tick_failed"] == [1, 2, 4]
    assert logged[0]["error"] == "RuntimeError"
    assert "fails" in logged[0]["where"][-1]
    assert "secret" not in str(logged)


def test_a_tick_never_runs_twice_at_once_however_it_is_called(
    database: Database, started: Callable[..., Timetable]
) -> None:
    running, most, runs = 0, 0, 0

    def tick(_now: datetime) -> None:
        nonlocal running, most, runs
        running += 1
        most, runs = max(most, running), runs + 1
        time.sleep(0.01)
        running -= 1

    timetable = started(database, Tick("busy", timedelta(seconds=0.02), tick, nudged=True))
    for _ in range(5):
        timetable.nudge()
        all_at_once(*[timetable.run_due] * 4)
    assert runs >= 20
    assert most == 1


def test_a_nudge_runs_the_nudged_ticks_at_once_and_a_hundred_make_few_runs(
    database: Database, started: Callable[..., Timetable]
) -> None:
    ran: list[str] = []
    timetable = started(database, Tick("slow", HOUR, lambda _now: ran.append("slow")),
                        Tick("letters", HOUR, lambda _now: ran.append("letters"), nudged=True))
    until(lambda: len(ran) == 2)  # each once, when this process took the lead
    began = time.monotonic()
    timetable.nudge()
    until(lambda: len(ran) == 3)
    assert time.monotonic() - began < 1
    time.sleep(0.1)
    for _ in range(100):
        timetable.nudge()
    time.sleep(0.3)
    assert ran.count("slow") == 1
    assert 3 <= ran.count("letters") <= 6


def test_a_slow_tick_holds_up_no_other(database: Database, started: Callable[..., Timetable]) -> None:
    done, ran = threading.Event(), []
    started(database, Tick("quick", SOON, lambda _now: ran.append(1)),
            Tick("slow", SOON, lambda _now: done.wait(20)))
    try:
        until(lambda: len(ran) >= 4)
    finally:
        done.set()


def test_a_jump_of_the_clock_passes_through_the_moments_between(database: Database) -> None:
    for days, longest in ((1, timedelta(minutes=15)), (3, timedelta(minutes=45)), (10, HOUR)):
        clock, seen = SettableClock(NOW), [NOW]
        timetable = Timetable(database, clock, [Tick("look", HOUR, seen.append)])
        assert timetable.run_through(clock, timedelta(days=days, minutes=5)) == []
        assert clock.now() == NOW + timedelta(days=days, minutes=5) == seen[-1]
        assert max(after - before for before, after in pairwise(seen)) <= longest + timedelta(minutes=1)
    with pytest.raises(ValueError, match="does not go back"):
        timetable.run_through(clock, -HOUR)


def test_a_day_passes_quickly_with_the_real_jobs(database: Database, balikpapan: Office) -> None:
    clock = SettableClock(NOW)
    timetable = Timetable(database, clock, jobs.job_ticks(database, Offices(), key=jobs.NO_KEY))
    began = time.monotonic()
    assert timetable.run_through(clock, timedelta(days=1)) == []
    assert time.monotonic() - began < 20  # some 2 s on an idle machine


@pytest.mark.parametrize(("every", "after", "late"), [(1, 62, False), (1, 64, True), (60, 239, False), (60, 241, True)])
def test_a_tick_is_late_after_three_intervals_and_a_minute(every: int, after: int, late: bool) -> None:
    assert Tick("x", timedelta(seconds=every), print).is_late(timedelta(seconds=after)) == late


def test_a_clock_that_runs_faster_has_its_ticks_more_often(database: Database) -> None:
    ran: list[datetime] = []
    timetable = Timetable(database, SettableClock(NOW, speed=7200), [Tick("hourly", HOUR, ran.append)])
    timetable.start()
    try:
        until(lambda: len(ran) >= 3, seconds=10)
    finally:
        timetable.stop()


def test_stopping_waits_for_what_runs_and_may_be_done_twice_or_before_the_start(database: Database) -> None:
    began, ended = threading.Event(), threading.Event()

    def slow(_now: datetime) -> None:
        began.set()
        time.sleep(0.3)
        ended.set()

    timetable = Timetable(database, SystemClock(), [Tick("slow", HOUR, slow)])
    timetable.stop()
    timetable.start()
    assert began.wait(20)
    timetable.stop()
    assert ended.is_set()
    timetable.stop()
    assert not timetable.status().running


# -- one leads ---------------------------------------------------------------------------------------------------


def test_one_leads_the_other_stands_by_and_takes_over_when_it_stops(
    database: Database, started: Callable[..., Timetable]
) -> None:
    ran: list[str] = []
    first = started(database, Tick("one", SOON, lambda _now: ran.append("first")))
    until(lambda: ran)
    second = started(database, Tick("one", SOON, lambda _now: ran.append("second")))
    time.sleep(1.5)
    assert (first.status().leading, second.status().leading) == (True, False)
    assert "second" not in ran
    with pytest.raises(NotLeading):
        second.run_due()
    first.stop()
    until(lambda: "second" in ran and second.status().leading)
    assert second.status().healthy


def test_of_many_who_reach_for_the_lead_one_gets_it(database: Database) -> None:
    many = [leadership(database) for _ in range(8)]
    try:
        assert sorted(all_at_once(*[one.holds for one in many])) == [False] * 7 + [True]
    finally:
        for one in many:
            one.release()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_leader_whose_connection_breaks_stops_and_another_may_lead(database: Database) -> None:
    one, other = leadership(database), leadership(database)
    assert (one.holds(), other.holds()) == (True, False)
    with database.engine.connect() as c:
        c.exec_driver_sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                          " WHERE application_name = 'antre jobs' AND datname = current_database()")
    until(other.holds)
    assert not one.holds()
    other.release()
    until(one.holds)
    one.release()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_leader_that_stands_still_loses_the_lead(database: Database) -> None:
    one, other = PostgresLeadership(database.url, silence_s=1), leadership(database)
    assert (one.holds(), other.holds()) == (True, False)
    until(other.holds)
    assert not one.holds()
    other.release()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_nobody_leads_while_the_database_cannot_be_reached(database: Database) -> None:
    nowhere = Database("postgresql://nobody@/nothing?host=/nowhere", connections=1)
    try:
        assert not leadership(nowhere).holds()
    finally:
        nowhere.close()


def test_a_lock_file_that_was_removed_is_no_lock(tmp_path: Path) -> None:
    one, other = FileLeadership(tmp_path / "leader"), FileLeadership(tmp_path / "leader")
    assert one.holds()
    (tmp_path / "leader").unlink()
    assert other.holds()
    assert not one.holds()


def test_nobody_leads_where_no_file_can_be_made(tmp_path: Path) -> None:
    assert not FileLeadership(tmp_path / "missing" / "leader").holds()


# What a worker process does: a tick that says who began and ended when, in a file that all share.
WORKER = """
import os, sys, time
from datetime import timedelta
from scheduler.foundation.clock import SystemClock
from scheduler.foundation.database import Database
from scheduler.timetable import Tick, Timetable

def say(word):
    os.write(log, f"{word} {os.getpid()}\\n".encode())

def tick(_now):
    say("begin")
    time.sleep(0.05)
    say("end")

log = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND)
timetable = Timetable(Database(sys.argv[1], connections=1), SystemClock(), [Tick("tick", timedelta(seconds=0.1), tick)])
timetable.start()
say("ready")
time.sleep(120)
"""


def test_when_the_leading_process_is_killed_another_takes_over_in_seconds(database_url: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.touch()
    workers = [subprocess.Popen([sys.executable, "-c", WORKER, database_url, str(log)],
                                cwd=Path(__file__).parents[2]) for _ in range(3)]

    def said(word: str) -> list[int]:
        return [int(line.split()[1]) for line in log.read_text().splitlines() if line.startswith(word)]

    try:
        until(lambda: len(said("ready")) == 3 and len(said("end")) > 5, seconds=60)
        for _ in range(2):
            assert takes_over(said) < 5
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    leaders = list(dict.fromkeys(said("begin")))
    assert len(leaders) == 3
    assert said("begin") == sorted(said("begin"), key=leaders.index)  # never two by turns


def takes_over(said: Callable[[str], list[int]]) -> float:
    """Kill the process that leads; answers how many seconds pass until another's tick has run."""
    leader = said("begin")[-1]
    os.kill(leader, signal.SIGKILL)
    return until(lambda: said("end")[-1] != leader)
