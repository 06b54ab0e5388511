"""Opening hours -> the starts of a day (pure).

Hours are written in local time, so they are turned into moments first; everything after that is arithmetic on
moments. A day on which the clocks change is therefore as long as it really is, and no visit is lost or doubled.
"""

from __future__ import annotations

import hashlib
from collections import Counter as Tally
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduler.offices import Gap, Interval, Office, Service

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Start:
    """One start of one service group: `places` visits of the group `letter` may begin at `start` (UTC)."""

    letter: str
    start: datetime
    places: int


def intervals(office: Office, day: date) -> list[tuple[datetime, datetime]]:
    """When the office is open on its local date `day`, as moments in UTC, in order; empty when it is closed.

    A special day replaces the hours of its weekday, and a closure is cut out of either. A time the clocks skip in
    spring is the moment of the change, and one they show twice in autumn is the first of the two, so intervals never
    overlap.
    """
    opened = _opened(office, day)
    for gap in office.closures.get(day, ()):
        if gap.counter is None:
            opened = [rest for interval in opened for rest in _without(interval, bounds(office, day, gap))]
    return opened


def manned(office: Office, day: date) -> Office:
    """The office with the counters of that date: without those closed for as long as it is open then."""
    opened = intervals(office, day)
    closed = {counter.slug for counter in office.counters if opened and not _open_at(office, day, counter.slug, opened)}
    if not closed:
        return office
    return replace(office, counters=tuple(counter for counter in office.counters if counter.slug not in closed))


def counter_gaps(office: Office, day: date, counter: str) -> list[tuple[datetime, datetime]]:
    """When closures of that counter, by its slug, hold on that date, as moments in UTC, in order."""
    return sorted(bounds(office, day, gap) for gap in office.closures.get(day, ()) if gap.counter == counter)


def _open_at(
    office: Office, day: date, counter: str, opened: list[tuple[datetime, datetime]]
) -> list[tuple[datetime, datetime]]:
    for gap in counter_gaps(office, day, counter):
        opened = [rest for interval in opened for rest in _without(interval, gap)]
    return opened


def bounds(office: Office, day: date, gap: Gap) -> tuple[datetime, datetime]:
    """From when to when the closure holds on its date, as moments in UTC."""
    return _moment(day, gap.since or "00:00", office.zone), _moment(day, gap.until or "24:00", office.zone)


def gap_at(office: Office, moment: datetime) -> Gap | None:
    """The closure of the whole office that holds at that moment."""
    on = office.today(moment)
    return next((gap for gap in office.closures.get(on, ()) if gap.counter is None and _holds(office, on, gap, moment)),
                None)


def _holds(office: Office, on: date, gap: Gap, moment: datetime) -> bool:
    since, until = bounds(office, on, gap)
    return since <= moment < until


def closed_because(office: Office, moment: datetime) -> str | None:
    """Why the office is closed at that moment, if by a closure or on a special day; None outside of its hours."""
    gap, on = gap_at(office, moment), office.today(moment)
    return gap.reason if gap is not None else None if intervals(office, on) else office.because(on)


def next_opening(office: Office, moment: datetime) -> datetime | None:
    """When the office opens next after that moment (UTC); None when it does not within its horizon."""
    today = office.today(moment)
    every = (today + timedelta(days=n) for n in range(office.rules.horizon_days + 1))
    return next((opens for on in every for opens, _ in intervals(office, on) if opens > moment), None)


def starts(office: Office, day: date) -> list[Start]:
    """Every start of that local date, in order of time and letter.

    From the beginning of each interval a group has a start every step, as long as the step ends within the
    interval. The step is the longest of its services, so that any of them fits; its places are its counters.
    A closure takes away the starts whose step reaches into it, and moves none: who comes outside of it keeps the time.

    At a pace below 100 % whole starts are left out, evenly over the day, and the first start of the day has one place
    more: two come at the start, then people come at the pace of the counters, who are never idle and catch up with
    what takes long (Bailey and Welch, "Appointment systems in hospital outpatient departments", Lancet 1952).
    """
    opened, places = _opened(office, day), places_by_letter(office)
    laid_out = (
        start
        for nth, letter in enumerate(office.letters)
        for start in _paced(office, nth, [
            Start(letter, at, places[letter])
            for opens, closes in opened if letter in places
            for at in _every(step(office, letter), opens, closes)])
    )
    if office.closures.get(day):
        laid_out = (replace(start, places=left(office, day, start)) for start in laid_out)
    return sorted((start for start in laid_out if start.places), key=_order)


def left(office: Office, day: date, start: Start) -> int:
    """How many places closures leave of the start's: none, or one less for each lost counter of its group."""
    shut = [gap for gap in office.closures.get(day, ()) if reaches(office, day, gap, start.letter, start.start)]
    if not all(gap.counter for gap in shut):
        return 0
    return max(start.places - len({gap.counter for gap in shut}), 0)


def reaches(office: Office, day: date, gap: Gap, letter: str, start: datetime) -> bool:
    """Whether the closure takes places of that start: its step reaches into it, and a lost counter is of its group."""
    since, until = bounds(office, day, gap)
    is_concerned = gap.counter is None or _own_letters(office).get(gap.counter) == letter
    return is_concerned and start < until and since < start + step(office, letter)


def step(office: Office, letter: str) -> timedelta:
    """How far apart the starts of a group are: the longest of its active services. KeyError: no such group."""
    return max(service.minutes for service in office.letters[letter]) * MINUTE


def places_by_letter(office: Office) -> dict[str, int]:
    """How many counters each group has for its own: a counter's is the letter of the first service it serves."""
    return dict(Tally(_own_letters(office).values()))


def _own_letters(office: Office) -> dict[str, str]:
    """The group each counter is for, by its slug; one that serves nothing active is left out."""
    own = {counter.slug: next((office.by_slug[slug].letter for slug in counter.serves if slug in office.by_slug), None)
           for counter in office.counters}
    return {slug: letter for slug, letter in own.items() if letter is not None}


def most_people(office: Office, service: Service) -> int:
    """How many can come together: the office's limit, and never more than one start of the service has places."""
    return min(office.rules.max_party, max(places_by_letter(office).get(service.letter, 1), 1))


def plan(laid_out: Iterable[Start]) -> str:
    """A fingerprint of these starts (SHA-256, hex), the same for the same starts in any order."""
    lines = (f"{int(start.start.timestamp())} {start.letter} {start.places}" for start in sorted(laid_out, key=_order))
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _paced(office: Office, nth: int, every: list[Start]) -> list[Start]:
    """What the pace leaves of all starts of the `nth` group on a day, in order.

    A start keeps all its places, so that people who come together still fit. It depends on the number of starts alone,
    so that a counter more or less moves none of them. Each group leaves out others (Bresenham's line, begun elsewhere),
    so that the door sees a steady flow.
    """
    percent = office.rules.pace_percent
    if percent >= 100 or not every:
        return every
    first, *after = every
    kept, rest = max((2 * percent * len(every) + 100) // 200, 1) - 1, len(after)  # half a start is one
    begun = rest * nth // len(office.letters)
    return [replace(first, places=first.places + 1)] + [
        start for n, start in enumerate(after) if (n * kept + begun) // rest < ((n + 1) * kept + begun) // rest]


def _order(start: Start) -> tuple[datetime, str]:
    return start.start, start.letter


def _opened(office: Office, day: date) -> list[tuple[datetime, datetime]]:
    """When the office would be open without closures."""
    opened = (
        (_moment(day, opens, office.zone), _moment(day, closes, office.zone))
        for opens, closes in sorted(_hours(office, day))
    )
    return [(opens, closes) for opens, closes in opened if opens < closes]


def _without(interval: tuple[datetime, datetime], gap: tuple[datetime, datetime]) -> list[tuple[datetime, datetime]]:
    """What is left of the interval before the gap and after it."""
    (opens, closes), (since, until) = interval, gap
    parts = [(opens, min(closes, since)), (max(opens, until), closes)]
    return [(first, last) for first, last in parts if first < last]


def _hours(office: Office, day: date) -> tuple[Interval, ...]:
    special = office.special.get(day)
    return office.hours.get(day.weekday(), ()) if special is None else special.intervals


def _every(length: timedelta, opens: datetime, closes: datetime) -> Iterable[datetime]:
    return (opens + n * length for n in range((closes - opens) // length))


def _moment(day: date, clock: str, zone: ZoneInfo) -> datetime:
    """The moment the local clock first shows `HH:MM` or later on that date; `24:00` is the next midnight."""
    hour, minute = int(clock[:2]), int(clock[3:])
    if hour == 24:
        day, hour = day + timedelta(days=1), 0
    shown = datetime.combine(day, time(hour, minute), zone)
    moment = shown.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == shown.replace(tzinfo=None):
        return moment
    return _change_before(moment, zone)


def _change_before(moment: datetime, zone: ZoneInfo) -> datetime:
    """The moment of the change that skipped the wall time which `moment` was made from (PEP 495, fold 0)."""
    after = moment.astimezone(zone).utcoffset()
    while (moment - MINUTE).astimezone(zone).utcoffset() == after:
        moment -= MINUTE
    return moment
