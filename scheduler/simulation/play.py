"""A year played event by event: people ask, book, cancel, come or stay away, while the policy keeps each day.

The job runs each minute in production. Here it decides the day itself within two minutes of whatever happens and each
ten minutes otherwise, and days ahead each half hour if something happened to them: more would change nothing but time.
"""

from __future__ import annotations

import heapq
import itertools
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from scheduler import given_up, hall, portions, shows
from scheduler.offices import Office
from scheduler.shown import LATE_EDGES, SILENT, YES, DayShown, Tally
from scheduler.simulation.book import (
    ABSENT,
    BOOKED,
    CAME,
    CANCELLED,
    LONG_AGO,
    Booking,
    DayBook,
    Knowledge,
    Start,
    lay_out,
    reminded_at,
    standing,
)
from scheduler.simulation.policies import Policy
from scheduler.simulation.results import Result
from scheduler.simulation.town import Person, Town
from scheduler.simulation.waiting import Line, Offer

MINUTE = timedelta(minutes=1)
WAKES, SLEEPS = 6 * 60, 21 * 60
EVERY, CLOSED_EVERY, AHEAD_EVERY, SOON = 10, 60, 30, 2  # minutes between two runs of the job
REMEMBERED = 120                                # days that are learnt from, as in production
HALL_EMPTIES = 60                               # minutes after closing


class Play:
    """One year at one office with one policy."""

    def __init__(self, office: Office, town: Town, policy: Policy, first: date, key: bytes) -> None:
        self.office, self.town, self.policy, self.key, self._first = office, town, policy, key, first
        self.days: dict[date, DayBook] = {}
        self.line, self.known = Line(office), Knowledge()
        self.shown: list[DayShown] = []
        self._serving = hall.serving(office)
        self._events: list[tuple[datetime, int, Callable[..., None], tuple[Any, ...]]] = []
        self._order, self._next = itertools.count(), LONG_AGO
        self._refused = 0
        self._arrived: dict[date, list[hall.Arrival]] = {}
        self._walk_in_hours: Counter[int] = Counter()

    # -- the course of the year ----------------------------------------------------------------------------------

    def run(self, warm_up: int, days: int) -> Iterator[Result]:
        """Play so many days from before the first on, warming up, and so many after it; a result for each open day."""
        for n in range(-warm_up, days):
            today = self._first + timedelta(days=n)
            self._lay_out(today)
            self._refused += self.line.end_passed(today)
            self._plan(today)
            self._play_until(datetime.combine(today + timedelta(days=1), time(), self.office.zone).astimezone(UTC))
            if today in self.days:
                yield self._end(self.days.pop(today), n)

    def _lay_out(self, today: date) -> None:
        known = max(self.days, default=today - timedelta(days=1))
        while known < today + timedelta(days=self.office.rules.horizon_days):
            known += timedelta(days=1)
            if (day := lay_out(self.office, known)) is not None:
                day.away = self.town.away(known, (known - self._first).days)
                self.days[known] = day

    def _plan(self, today: date) -> None:
        """What will happen that day without anybody's doing: people ask and come, the job runs."""
        midnight = datetime.combine(today, time(), self.office.zone).astimezone(UTC)
        day = self.days.get(today)
        for minute in (0, *range(WAKES, SLEEPS, CLOSED_EVERY if day is None else EVERY)):
            self.at(midnight + minute * MINUTE, self._tick, minute % AHEAD_EVERY == 0)
        for book in self.days.values():
            book.touched = True
        if day is None:
            return
        for person in self.town.asking(today):
            self.at(day.at(person.minute), self._ask, person)
        for person in self.town.unbooked(today):
            self.at(day.at(person.minute), self._walk_in, day, person)
        for booking in day.bookings:
            if booking.state == BOOKED and booking.comes_at is not None:
                self.at(day.at(booking.comes_at), self._arrive, day, booking)

    def at(self, moment: datetime, does: Callable[..., None], *what: object) -> None:
        """Let something happen at a moment."""
        heapq.heappush(self._events, (moment, next(self._order), does, what))

    def _play_until(self, end: datetime) -> None:
        while self._events and self._events[0][0] < end:
            moment, _, does, what = heapq.heappop(self._events)
            does(moment, *what)

    # -- what people do ------------------------------------------------------------------------------------------

    def _ask(self, now: datetime, person: Person) -> None:
        today = self.office.today(now)
        first = today if person.today else today + timedelta(days=1)
        last = today + timedelta(days=person.patience)
        for day in self._between(first, last):
            if day.released > day.booked and (start := self._pick(day, person, now)) is not None:
                start.taken += 1
                self.book(day, start, person, now)
                return
        if person.joins:
            self.line.join(person, first, last)
            self._soon(now)
        else:
            self._refused += 1

    def _between(self, first: date, last: date) -> Iterator[DayBook]:
        return (day for on, day in self.days.items() if first <= on <= last)

    def _pick(self, day: DayBook, person: Person, now: datetime) -> Start | None:
        """One of the free starts that can still be booked; the earlier of two that somebody would take."""
        since = int((now - day.midnight) / MINUTE) + self.office.rules.notice_minutes
        free = day.open_starts(person.service.letter, since)
        return free[int(min(person.picks) * len(free))] if free else None

    def book(self, day: DayBook, start: Start, person: Person, now: datetime) -> None:
        """A place that is taken already becomes theirs."""
        asked = now < reminded_at(self.office, day)
        answers = reminded_at(self.office, day) + person.answers_after * 4 * MINUTE
        stays = person.stays_away(day.away, asked)
        booking = Booking(
            person, start, now, shows.lead_of((day.date - self.office.today(now)).days),
            answers if asked and person.says_yes and answers < day.at(start.minute) else None,
            None if stays else start.minute + round(person.late))
        day.bookings.append(booking)
        day.booked += 1
        if person.cancels is not None:
            self.at(now + person.cancels * (day.at(start.minute) - now), self._cancel, day, booking)
        if day.date == self.office.today(now) and booking.comes_at is not None:
            self.at(day.at(booking.comes_at), self._arrive, day, booking)
        self._touch(day, now)

    def _cancel(self, now: datetime, day: DayBook, booking: Booking) -> None:
        if booking.state == BOOKED:
            booking.state = CANCELLED
            booking.start.taken -= 1
            day.booked -= 1
            day.released = max(day.released - 1, day.booked)
            self._free(day, now)

    def _free(self, day: DayBook, now: datetime) -> None:
        """A place was given up: the public gets it later."""
        day.freed.append(now)
        self.at(portions.back_at(self.key, self.office, day.date, now), self._touch_later, day)
        self._touch(day, now)

    def _arrive(self, now: datetime, day: DayBook, booking: Booking) -> None:
        if booking.state == BOOKED:
            booking.state = CAME
            day.came += 1
            self._enter(day, now, booking.person, booking.start.minute)
            self._touch(day, now)

    def _walk_in(self, now: datetime, day: DayBook, person: Person) -> None:
        self._walk_in_hours[self.office.local(now).hour] += 1
        if day.walk_ins < day.walk_in_room:
            day.walk_ins += 1
            self._enter(day, now, person, None)
        else:
            day.turned_away += 1
        self._touch(day, now)

    def _enter(self, day: DayBook, now: datetime, person: Person, due: int | None) -> None:
        minute = (now - day.midnight) / MINUTE
        inside = next((max(minute, opens) for opens, closes in day.opened if minute < closes), minute)
        self._arrived.setdefault(day.date, []).append(hall.Arrival(
            inside, inside if due is None else due, person.service.letter, person.minutes))

    # -- what the jobs do ----------------------------------------------------------------------------------------

    def _touch(self, day: DayBook, now: datetime) -> None:
        day.touched = True
        if day.date == self.office.today(now):
            self._soon(now)

    def _touch_later(self, now: datetime, day: DayBook) -> None:
        self._touch(day, now)

    def _soon(self, now: datetime) -> None:
        """The job runs within two minutes."""
        if now >= self._next:
            self._next = now.replace(second=0, microsecond=0) + (SOON - now.minute % SOON) * MINUTE
            self.at(self._next, self._look)

    def _look(self, now: datetime) -> None:
        """A run of the job after something happened."""
        day = self.days.get(self.office.today(now))
        if day is not None and day.touched:
            self._decide(day, now)
        self._offer(now)

    def _tick(self, now: datetime, ahead: bool) -> None:
        """A run of the job when its time has come, days ahead as well or today alone."""
        today = self.office.today(now)
        for on, day in self.days.items():
            if on == today or (ahead and (day.touched or now >= day.next_part)):
                self._decide(day, now)
        self._offer(now)

    def _decide(self, day: DayBook, now: datetime) -> None:
        """Decide a day and write what it releases; raises wait for the line, and after a place was given up."""
        if now >= day.at(day.closes):
            return
        day.touched = False
        if now >= day.next_part:
            day.share = portions.share(self.key, self.office, day.date, now)
            part = portions.next_part(self.key, self.office, day.date, now)
            day.next_part = day.at(day.closes) if part is None else part[0]
        decision = self.policy.decide(standing(self.office, day, self.known, now))
        released = decision.released
        if len(self.line):
            released = min(released, max(day.wanted - day.held, day.released))
        released = min(released, max(decision.released - self._waiting(day, now), day.released))
        released = max(released, day.booked)
        day.touched = released < decision.released
        day.released, day.wanted, day.walk_in_room = released, decision.wanted, decision.walk_in_room

    def _waiting(self, day: DayBook, now: datetime) -> int:
        """How many places were given up so lately that they are not the public's yet; none once the last is."""
        waits = [now < portions.back_at(self.key, self.office, day.date, at)
                 for at in day.freed if at > now - given_up.LONGEST]
        return sum(waits) if waits and waits[-1] else 0

    def _offer(self, now: datetime) -> None:
        for offer in self.line.offers(self.days.values(), _left, now):
            day = offer.day
            day.released -= 0 if day.wanted - day.released - day.held > 0 else 1
            day.held += 1
            offer.start.taken += 1
            self.at(offer.answers or offer.lapses, self._answer, offer)

    def _answer(self, now: datetime, offer: Offer) -> None:
        day = offer.day
        day.held -= 1
        if offer.answers is not None and offer.person.accepts:
            day.released += 1
            self.book(day, offer.start, offer.person, now)
            return
        self._refused += 1
        offer.start.taken -= 1
        self._free(day, now)

    # -- the end of a day ----------------------------------------------------------------------------------------

    def _end(self, day: DayBook, n: int) -> Result:
        for booking in day.bookings:
            if booking.state == BOOKED:
                booking.state = ABSENT
        if self.policy.learns:
            self.shown.append(self.showed(day))
            self.known = Knowledge(shows.learn(self.shown[-REMEMBERED:]))
        refused, self._refused = self._refused, 0
        self._walk_in_hours.clear()
        waits = hall.replay(self._arrived.pop(day.date, []), self._serving, self.office.rules.late_minutes,
                            in_a_row=self.office.rules.priority_in_a_row)
        return Result(day.date, n, day.booked, day.came, day.walk_ins, day.turned_away, refused, tuple(waits))

    def showed(self, day: DayBook) -> DayShown:
        """What a day that is over teaches."""
        late = [0] * (len(LATE_EDGES) + 1)
        tallies: Counter[tuple[int, int, str, str]] = Counter()
        came: Counter[tuple[int, int, str, str]] = Counter()
        for booking in day.bookings:
            if booking.state == CANCELLED:
                continue
            alike = (booking.person.service.id, booking.lead, booking.person.channel,
                     SILENT if booking.says_yes_at is None else YES)
            tallies[alike] += 1
            if booking.state == CAME and booking.comes_at is not None:
                came[alike] += 1
                late[bisect_right(LATE_EDGES, booking.comes_at - booking.start.minute)] += 1
        return DayShown(
            day.date, tuple(Tally(*alike, people, came[alike]) for alike, people in sorted(tallies.items())),
            tuple(late), tuple(self._walk_in_hours[hour] for hour in range(24)))


def _left(day: DayBook) -> int:
    """Places for the line: what waits, then what the public could book."""
    return max(day.wanted - day.released - day.held, 0) + day.released - day.booked
