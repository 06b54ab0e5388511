"""Times as people give them to `antre demo --at`."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from api.commands.problems import Failure

FIRST_YEAR, LAST_YEAR = 2020, 2099  # what the holidays are known or estimated for
_HOUR = re.compile(r"([01]?\d|2[0-3])[:.]([0-5]\d)")


def read_moment(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    """`08:30` is today at the office, a date and time without offset is the office's own; in UTC.

    Raises Failure for what is no time, or one the demo cannot play.
    """
    hour = _HOUR.fullmatch(text.strip())
    if hour:
        moment = datetime.combine(now.astimezone(zone).date(), time(int(hour[1]), int(hour[2])), zone)
    else:
        try:
            moment = datetime.fromisoformat(text.strip())
        except ValueError:
            raise Failure(f"--at {text!r} is not a time: write 08:30, or 2026-11-24T08:30.") from None
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise Failure(f"--at {text!r} lies outside {FIRST_YEAR} to {LAST_YEAR}.")
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
