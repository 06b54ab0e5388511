"""The clock of the demo and of tests; the machine's clock."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest

from scheduler.foundation.clock import SettableClock, SystemClock

START = datetime(2026, 11, 24, 8, tzinfo=timezone(timedelta(hours=8)))


def test_the_machines_clock_is_aware_and_right() -> None:
    before = datetime.now(UTC)
    now = SystemClock().now()
    assert before <= now <= datetime.now(UTC)
    assert now.utcoffset() == timedelta(0)


def test_it_stands_still_and_tells_utc() -> None:
    clock = SettableClock(START)
    assert clock.now() == clock.now() == START
    assert clock.now().utcoffset() == timedelta(0)


def test_it_is_put_forward() -> None:
    clock = SettableClock(START)
    assert clock.advance(timedelta(hours=2)) == clock.now() == START + timedelta(hours=2)


def test_it_does_not_go_back() -> None:
    clock = SettableClock(START)
    with pytest.raises(ValueError, match="back"):
        clock.advance(timedelta(seconds=-1))
    assert clock.now() == START


def test_it_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        SettableClock(datetime(2026, 11, 24, 8))  # noqa: DTZ001 - what is refused


def test_it_runs_at_its_speed() -> None:
    clock, real = SettableClock(START, speed=3600.0), SystemClock()
    first = real.now()
    shown_first = clock.now()
    threading.Event().wait(0.05)
    shown = clock.now() - shown_first
    passed = real.now() - first
    assert timedelta(seconds=0.05) * 3600 <= shown <= passed * 3600 + timedelta(seconds=1)


def test_hands_on_it_from_many_threads_all_count() -> None:
    clock = SettableClock(START)
    threads = [
        threading.Thread(target=lambda: [clock.advance(timedelta(seconds=1)) for _ in range(200)]) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert clock.now() == START + timedelta(seconds=800)
