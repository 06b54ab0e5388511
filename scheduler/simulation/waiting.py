"""Who waits in line for a place in a simulated year, and what they answer; the order is that of `scheduler/line.py`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from scheduler import offer_times
from scheduler.line import Free, Need, match
from scheduler.offices import Office
from scheduler.simulation.book import DayBook, Start
from scheduler.simulation.town import Person

AT_ONCE = 20  # offers at a time, as in production


@dataclass(frozen=True, slots=True)
class Offer:
    """A place held for somebody until `lapses`; `answers` is when they answer, None who does not look in time."""

    person: Person
    day: DayBook
    start: Start
    lapses: datetime
    answers: datetime | None


class Line:
    """Those who found nothing and wait, in the order in which they came."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._waiting: dict[int, tuple[Need, Person]] = {}
        self._joined = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def join(self, person: Person, first: date, last: date) -> None:
        """Stand at the end of the line for a place on one of these dates."""
        self._joined += 1
        need = Need(self._joined, person.service.letter, first, last, 1)
        self._waiting[need.id] = need, person

    def end_passed(self, today: date) -> int:
        """Whose last date went by leaves with nothing. Answers how many."""
        over = [number for number, (need, _) in self._waiting.items() if need.last < today]
        for number in over:
            del self._waiting[number]
        return len(over)

    def offers(self, days: Iterable[DayBook], left: Callable[[DayBook], int], now: datetime) -> list[Offer]:
        """What can be offered now to whom; they leave the line with it."""
        office = self._office
        if not self._waiting or not offer_times.is_waking(office, now):
            return []
        soonest = min(need.first for need, _ in self._waiting.values())
        latest = max(need.last for need, _ in self._waiting.values())
        open_days = [day for day in days if soonest <= day.date <= latest and left(day) > 0]
        if not open_days:
            return []
        since = offer_times.earliest(office, now)
        starts = {(day.date, start.id): (day, start) for day in open_days for start in day.starts
                  if start.taken < start.places and day.at(start.minute) >= since}
        frees = [Free(start.id + 1000 * day.date.toordinal(), day.date.toordinal(), day.date, day.at(start.minute),
                      start.letter, start.places - start.taken) for day, start in starts.values()]
        found = match((need for need, _ in self._waiting.values()), frees,
                      {day.date.toordinal(): left(day) for day in open_days}, AT_ONCE)
        return [self._offer(one.need, *starts[one.free.date, one.free.slot_id % 1000], now) for one in found]

    def _offer(self, need: Need, day: DayBook, start: Start, now: datetime) -> Offer:
        _, person = self._waiting.pop(need.id)
        lapses = offer_times.lapses_at(now, day.at(start.minute), self._office)
        answers = now + timedelta(minutes=person.answers_after)
        return Offer(person, day, start, lapses, answers if person.sees_offer and answers < lapses else None)
