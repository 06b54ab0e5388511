"""When a new day's places and those given up become the public's: at moments nobody can foresee (pure).

A new day opens in parts and a place given up comes back after a while, so that neither touts nor those who sit up at
midnight gain anything (Sidoarjo 2020: 400 places gone in one minute). Every moment is drawn by HMAC-SHA256 from a key
of the installation, the office and the date: the same in every process and after a restart, and nothing need be kept.
"""

from __future__ import annotations

import hashlib
import hmac
from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from scheduler.offices import Office
from scheduler.rules import Rules

WAKES, SLEEPS = time(6), time(21)  # the office's time; outside of these nothing opens
OVER_DAYS = 5                      # all parts of a day are open so long after its first
BACK_TODAY, BACK_TOMORROW, BACK_LATER = (1, 5), (5, 20), (10, 60)  # minutes until a place given up is the public's

_DAY = timedelta(days=1)


def share(key: bytes, office: Office, day: date, now: datetime) -> float:
    """How much of the office's date `day` is open to the public by now, 0 to 1.

    A day enters the horizon at the local midnight `horizon_days` before it. One portion, or a horizon of none, is all
    at once; of more portions the first opens on that first day, the others over the days after it.
    """
    moments = _moments_now(key, office, day, now)
    return bisect_right(moments, now) / len(moments) if moments else 1.0


def next_part(key: bytes, office: Office, day: date, now: datetime) -> tuple[datetime, float] | None:
    """When the next part of `day` opens (UTC) and the share that is open then, or None when all of it is.

    It tells what is to stay unforeseen: only for the office's manager.
    """
    moments = _moments_now(key, office, day, now)
    opened = bisect_right(moments, now)
    return (moments[opened], (opened + 1) / len(moments)) if opened < len(moments) else None


def back_at(key: bytes, office: Office, day: date, freed_at: datetime) -> datetime:
    """When a place of `day` that was given up at `freed_at` may go to the public (UTC).

    After 10 to 60 minutes for days ahead, 5 to 20 for tomorrow, 1 to 5 for today. Never at night, when the waiting list
    cannot be told of it first: what would return then does so as many minutes after the night, unless the day has come.
    """
    ahead = (day - office.today(freed_at)).days
    least, most = BACK_TODAY if ahead <= 0 else BACK_TOMORROW if ahead == 1 else BACK_LATER
    minute = int(freed_at.timestamp()) // 60
    after = timedelta(minutes=least + (most - least) * _drawn(key, f"back {office.id} {day} {minute}"))
    back = (freed_at + after).astimezone(UTC)
    morning = None if ahead <= 0 else _end_of_night(office, back)
    return back if morning is None else morning + after


def _moments_now(key: bytes, office: Office, day: date, now: datetime) -> tuple[datetime, ...]:
    """The moments of the day's parts; none when all are past for certain, which needs no drawing."""
    rules = office.rules
    first = day - timedelta(days=rules.horizon_days)
    if rules.portions == 1 or rules.horizon_days == 0 or office.today(now) > first + OVER_DAYS * _DAY:
        return ()
    return _moments(key, office.id, first, rules.horizon_days, rules.portions, office.zone)


@lru_cache(maxsize=8192)  # asked for each new day of every office, every minute
def _moments(
    key: bytes, office_id: int, first: date, horizon_days: int, portions: int, zone: ZoneInfo
) -> tuple[datetime, ...]:
    """When the parts open of a day that enters the horizon on `first`, in UTC, in order.

    One in each of as many equal spans of waking time, anywhere in it. With a horizon of days enough the first has the
    whole first day and the others the days after it; a short one is open within the half of it that is far.
    """
    day = first + horizon_days * _DAY
    awake = _minutes(SLEEPS) - _minutes(WAKES)
    drawn = [_drawn(key, f"part {office_id} {day} {n}") for n in range(portions)]
    later = min(OVER_DAYS, horizon_days // 2 - 1)
    if later < 1:
        span = awake if horizon_days > 1 else 12 * 60 - _minutes(WAKES)
        minutes = [span * (n + draw) / portions for n, draw in enumerate(drawn)]
    else:
        span = awake * later
        minutes = [awake * drawn[0], *(awake + span * (n + draw) / (portions - 1) for n, draw in enumerate(drawn[1:]))]
    return tuple(sorted(_waking(first, minute, awake, zone) for minute in minutes))


def _waking(first: date, minute: float, awake: int, zone: ZoneInfo) -> datetime:
    """The moment `minute` waking minutes after the first day's waking; the clocks' own time, whatever they change."""
    days, rest = divmod(minute, awake)
    clock = datetime.combine(first + int(days) * _DAY, WAKES) + timedelta(seconds=int(rest * 60))
    return clock.replace(tzinfo=zone).astimezone(UTC)


def _end_of_night(office: Office, moment: datetime) -> datetime | None:
    """When the night that `moment` lies in ends (UTC), or None by day. Quiet hours over midnight are night as well."""
    falls, ends = _night(office.rules)
    local = office.local(moment)
    if ends <= local.time() < falls:
        return None
    on = local.date() + (_DAY if local.time() >= falls else timedelta(0))
    return datetime.combine(on, ends, office.zone).astimezone(UTC)


def _night(rules: Rules) -> tuple[time, time]:
    quiet_from, quiet_to = time.fromisoformat(rules.quiet_from), time.fromisoformat(rules.quiet_to)
    over_midnight = quiet_to < time(12) < quiet_from
    return (min(SLEEPS, quiet_from), max(WAKES, quiet_to)) if over_midnight else (SLEEPS, WAKES)


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _drawn(key: bytes, what: str) -> float:
    """A number from 0 up to 1, evenly spread, that only who has the key can tell."""
    return int.from_bytes(hmac.digest(key, what.encode(), hashlib.sha256)[:6], "big") / 2**48
