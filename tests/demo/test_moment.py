"""Times as people type them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from api.commands.problems import Failure
from api.demo.moment import read_moment

MAKASSAR = ZoneInfo("Asia/Makassar")
NOW = datetime(2026, 11, 23, 22, tzinfo=UTC)  # already the 24th at the office


@pytest.mark.parametrize(("text", "local"), [
    ("08:30", "2026-11-24T08:30:00+08:00"),
    (" 8.30 ", "2026-11-24T08:30:00+08:00"),
    ("2026-11-30T07:00", "2026-11-30T07:00:00+08:00"),
    ("2026-11-30 07:00:05", "2026-11-30T07:00:05+08:00"),
    ("2026-11-30", "2026-11-30T00:00:00+08:00"),
    ("2026-11-30T00:00Z", "2026-11-30T08:00:00+08:00"),
    ("2026-11-30T00:00-05:00", "2026-11-30T13:00:00+08:00"),
])
def test_a_time_is_the_office_s_own_unless_it_says_otherwise(text: str, local: str) -> None:
    moment = read_moment(text, MAKASSAR, NOW)
    assert moment.astimezone(MAKASSAR).isoformat() == local
    assert moment.utcoffset() is not None


@pytest.mark.parametrize("text", ["", "soon", "25:00", "8", "2026-13-01T08:00", "2019-12-31T23:59", "9999-12-31T23:59",
                                  "0001-01-01", "2026-11-24T08:00+99:00"])
def test_what_is_no_time_or_too_far_is_refused_with_it(text: str) -> None:
    with pytest.raises(Failure, match="--at"):
        read_moment(text, MAKASSAR, NOW)
