"""How long an offer to somebody in line stands, and when one may be made (pure).

Only waking hours count: nobody is woken for an offer, and nobody loses one asleep. What is still short of waking time
before the office's notice runs out is not offered.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from scheduler.offices import Office

SHARE = 4                          # it stands for this part of the time that is left, so less as the day nears
SHORTEST = timedelta(minutes=10)   # enough to see an SMS and answer it
LONGEST = timedelta(hours=4)       # then the next in line is to have their half day
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)


def lapses_at(now: datetime, start: datetime, office: Office) -> datetime:
    """Until when an offer of `start` made `now` stands, in UTC.

    A quarter of the time that is left until the office's notice runs out, at least `SHORTEST` and at most `LONGEST`, in
    waking hours, and never beyond that notice. On a full minute, as the message names it.
    """
    last = start - _notice(office)
    patience = min(max((last - now) / SHARE, SHORTEST), LONGEST)
    return min(_full_minute(waking_after(office, now, patience)), last).astimezone(UTC)


def earliest(office: Office, now: datetime) -> datetime:
    """The first start that may be offered now, in UTC: its offer still stands for `SHORTEST` of waking time."""
    return _full_minute(waking_after(office, now, SHORTEST)).astimezone(UTC) + _notice(office)


def is_waking(office: Office, moment: datetime) -> bool:
    """Whether the moment lies outside the office's quiet hours."""
    begin, end = quiet(office, moment)
    return not begin <= moment < end


def waking_after(office: Office, moment: datetime, span: timedelta) -> datetime:
    """The moment at which `span` of waking time has passed since `moment`."""
    while True:
        begin, end = quiet(office, moment)
        if begin <= moment < end:
            moment = end
        elif begin == end or moment + span <= begin:
            return moment + span
        else:
            moment, span = end, span - (begin - moment)


def quiet(office: Office, moment: datetime) -> tuple[datetime, datetime]:
    """The quiet hours around the moment, or else the next ones, in UTC: from, to. Equal when the office has none.

    Where a change of clocks skips a local time, the moment after by as much; where it comes twice, the first.
    """
    opens, closes = time.fromisoformat(office.rules.quiet_from), time.fromisoformat(office.rules.quiet_to)
    today = office.today(moment)
    over_night = _DAY if opens > closes else timedelta(0)
    hours = ((_at(office, day, opens), _at(office, day + over_night, closes))
             for day in (today - _DAY, today, today + _DAY))
    return next((begin, end) for begin, end in hours if moment < end)


def _at(office: Office, day: date, clock: time) -> datetime:
    return datetime.combine(day, clock, office.zone).astimezone(UTC)


def _notice(office: Office) -> timedelta:
    return timedelta(minutes=office.rules.notice_minutes)


def _full_minute(moment: datetime) -> datetime:
    """The moment, or the next full minute after it."""
    full = moment.replace(second=0, microsecond=0)
    return full if full == moment else full + _MINUTE
