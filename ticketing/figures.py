"""The figures of an office's days: what was counted, and the sums that follow from it (pure).

docs/statistics.md says of each figure what it counts, and from which moments.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from ticketing.spread import Spread

Key = TypeVar("Key")

QUICK, FAIR = 15, 30  # minutes within which a wait is counted as short, and as bearable
CHANNELS = ("web", "api", "sms", "ussd")
UNANSWERED, LEFT = "absent", "gone"


@dataclass(frozen=True, slots=True)
class Day:
    """A day as the book counts it, in people: `low`..`high` is the band of visitors it was to have."""

    date: date
    low: int
    high: int
    closed: bool
    arrived: int
    walk_ins: int
    turned_away: int

    @property
    def visitors(self) -> int:
        """Who came, with a booking or without."""
        return self.arrived + self.walk_ins


@dataclass(frozen=True, slots=True)
class VisitCount:
    """Visits alike: of a service, with a booking or not, of a priority, in a state."""

    service_id: int
    booked: bool
    priority: str | None
    state: str
    visits: int
    people: int


@dataclass(frozen=True, slots=True)
class BookingCount:
    """Bookings alike: of a service, by a channel, with a reason not to do it online, of a status."""

    service_id: int
    channel: str
    reason: str | None
    status: str
    bookings: int
    people: int


@dataclass(frozen=True, slots=True)
class Timed:
    """Cases alike: of a service at a counter, that took so many minutes (begun ones whole)."""

    service_id: int
    counter_id: int
    minutes: int
    count: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Arrivals:
    """People who came in a local hour of a weekday (Monday 0)."""

    weekday: int
    hour: int
    people: int


@dataclass(frozen=True, slots=True)
class Figures:
    """All that was counted from `first` to `last`, both included."""

    first: date
    last: date
    days: Sequence[Day]
    visit_counts: Sequence[VisitCount]
    booking_counts: Sequence[BookingCount]
    waits: Sequence[Timed]
    services: Sequence[Timed]
    arrivals: Sequence[Arrivals]

    # -- people, by the days ------------------------------------------------------------------------------------

    @property
    def open_days(self) -> list[Day]:
        """Days on which somebody came, or could have."""
        return [day for day in self.days if day.visitors or not day.closed]

    @property
    def in_band(self) -> int:
        """On how many of them no fewer and no more people came than they were to have."""
        return sum(day.low <= day.visitors <= day.high for day in self.open_days)

    @property
    def visitors(self) -> int:
        """People who came."""
        return sum(day.visitors for day in self.days)

    @property
    def turned_away(self) -> int:
        """People without booking who were sent home for want of room."""
        return sum(day.turned_away for day in self.days)

    # -- visits and bookings ------------------------------------------------------------------------------------

    def visits(self, which: Callable[[VisitCount], bool] = lambda _: True) -> int:
        """Visits: numbers that were given, each to one person or to people who came together."""
        return sum(one.visits for one in self.visit_counts if which(one))

    def visits_for(self, service: int) -> int:
        """Visits for a service: that of the visit as it stands, after a transfer the last one."""
        return self.visits(lambda one: one.service_id == service)

    def bookings(self, *statuses: str, which: Callable[[BookingCount], bool] = lambda _: True) -> int:
        """Bookings of these statuses."""
        return sum(one.bookings for one in self.booking_counts if one.status in statuses and which(one))

    @property
    def no_shows(self) -> int:
        """Bookings whose people did not come."""
        return self.bookings("absent")

    def no_shows_of(self, service: int) -> int:
        """As `no_shows`, of a service."""
        return self.bookings("absent", which=lambda one: one.service_id == service)

    @property
    def walk_ins(self) -> int:
        """Visits without booking."""
        return self.visits(lambda one: not one.booked)

    @property
    def no_show_share(self) -> float | None:
        """Of the bookings that stood and are over, the share whose people did not come; None of none."""
        over = self.bookings("absent", "arrived")
        return self.no_shows / over if over else None

    @property
    def priorities(self) -> dict[str, int]:
        """Visits of people who go first, by why."""
        return _counted((one.priority, one.visits) for one in self.visit_counts)

    @property
    def channels(self) -> dict[str, tuple[int, int]]:
        """By each door: bookings that were not cancelled, and those of them whose people came."""
        stood = _counted((one.channel, one.bookings) for one in self.booking_counts if one.status != "cancelled")
        came = _counted((one.channel, one.bookings) for one in self.booking_counts if one.status == "arrived")
        return {channel: (stood.get(channel, 0), came.get(channel, 0)) for channel in CHANNELS}

    @property
    def reasons(self) -> dict[str, int]:
        """Bookings of an online service that were not cancelled, by why the online way did not serve; most first."""
        found = _counted((one.reason, one.bookings) for one in self.booking_counts if one.status != "cancelled")
        return dict(sorted(found.items(), key=lambda item: -item[1]))

    # -- times --------------------------------------------------------------------------------------------------

    def wait(self, service: int | None = None, counter: int | None = None) -> Spread:
        """How long people waited: of a service, or to be called by a counter, or all."""
        return _spread(self.waits, service, counter)

    def service_time(self, service: int | None = None, counter: int | None = None) -> Spread:
        """How long people were served: of a service, or at a counter, or all."""
        return _spread(self.services, service, counter)

    # -- hours --------------------------------------------------------------------------------------------------

    @property
    def by_hour(self) -> dict[int, int]:
        """People by the local hour they came in; every hour from the first to the last."""
        found = _counted((one.hour, one.people) for one in self.arrivals)
        return {hour: found.get(hour, 0) for hour in range(min(found), max(found) + 1)} if found else {}

    @property
    def weekdays(self) -> dict[int, int]:
        """How many days of each weekday (Monday 0) the office was open."""
        return dict(Counter(day.date.weekday() for day in self.open_days))

    @property
    def average_hours(self) -> dict[tuple[int, int], float]:
        """People by weekday (Monday 0) and local hour, on average over the days of that weekday on which the office
        was open."""
        days = self.weekdays
        return {(one.weekday, one.hour): one.people / max(days.get(one.weekday, 0), 1) for one in self.arrivals}

    @property
    def rush(self) -> tuple[int, int] | None:
        """The weekday and hour in which most people come on average; None if nobody came."""
        averages = self.average_hours
        return max(averages, key=lambda key: averages[key], default=None)


def _counted(pairs: Iterable[tuple[Key | None, int]]) -> dict[Key, int]:
    found: Counter[Key] = Counter()
    for key, count in pairs:
        if key is not None:
            found[key] += count
    return dict(found)


def _spread(rows: Sequence[Timed], service: int | None, counter: int | None) -> Spread:
    return Spread.of((one.minutes, one.count, one.seconds) for one in rows
                     if service in (None, one.service_id) and counter in (None, one.counter_id))
