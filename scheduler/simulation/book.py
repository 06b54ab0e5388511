"""An office's days in memory: what the rows of days, slots and bookings hold in production, and nothing decided.

A simulated office has one time zone without changes of the clocks within a day: minutes are those of the local day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from scheduler import calendar, capacity, shows
from scheduler.capacity import Standing
from scheduler.offices import Office
from scheduler.shown import OPEN, SILENT, YES, Learnt, Trait
from scheduler.shows import Chances
from scheduler.simulation.town import Person

LONG_AGO = datetime.min.replace(tzinfo=UTC)
BOOKED, CAME, ABSENT, CANCELLED = "booked", "came", "absent", "cancelled"


@dataclass(slots=True)
class Start:
    """One start of a day: `minute`, its queue group, its places and those taken."""

    id: int
    minute: int
    letter: str
    places: int
    taken: int = 0


@dataclass(slots=True, eq=False)
class Booking:
    """Somebody's place."""

    person: Person
    start: Start
    made: datetime
    lead: int
    says_yes_at: datetime | None   # when they answer the reminder with YA
    comes_at: int | None           # minute of the day; None who stays away
    state: str = BOOKED


@dataclass(slots=True, eq=False)
class DayBook:
    """A day's numbers, as in the table `days`."""

    date: date
    midnight: datetime             # UTC
    opened: list[tuple[int, int]]  # minutes
    starts: list[Start]
    places: int
    bookings: list[Booking] = field(default_factory=list)
    booked: int = 0
    held: int = 0
    released: int = 0
    wanted: int = 0
    walk_in_room: int = 0
    walk_ins: int = 0
    came: int = 0
    turned_away: int = 0
    freed: list[datetime] = field(default_factory=list)  # when places were given up, the last one last
    share: float = 0.0             # of its places that is open, until `next_part`
    next_part: datetime = LONG_AGO
    touched: bool = True           # since it was decided
    away: float = 0.0              # the share that stays away that day, which the office does not know

    @property
    def closes(self) -> int:
        """The minute at which the office closes for the day."""
        return self.opened[-1][1]

    def at(self, minute: float) -> datetime:
        """The moment of a minute of the day, UTC."""
        return self.midnight + timedelta(minutes=minute)

    def open_starts(self, letter: str, since: int) -> list[Start]:
        """Starts of a group from that minute on with a place left."""
        return [start for start in self.starts
                if start.letter == letter and start.minute >= since and start.taken < start.places]

    def bookable(self, since: int) -> int:
        """Free places in starts from that minute on."""
        return sum(start.places - start.taken for start in self.starts if start.minute >= since)


def lay_out(office: Office, on: date) -> DayBook | None:
    """The office's day, or None when it is closed."""
    midnight = datetime.combine(on, time(), office.zone).astimezone(UTC)
    opened = [(_minute(a, midnight), _minute(b, midnight)) for a, b in calendar.intervals(office, on)]
    if not opened:
        return None
    starts = [Start(n, _minute(start.start, midnight), start.letter, start.places)
              for n, start in enumerate(calendar.starts(office, on))]
    return DayBook(on, midnight, opened, starts, sum(start.places for start in starts))


def _minute(moment: datetime, midnight: datetime) -> int:
    return int((moment - midnight) / calendar.MINUTE)


class Knowledge:
    """What was learnt so far, with the chances worked out once."""

    def __init__(self, learnt: Learnt = shows.NOTHING) -> None:
        self.learnt = learnt
        self.chances = Chances(learnt)
        self.scenarios = tuple(shows.scenarios(learnt))


def standing(office: Office, day: DayBook, known: Knowledge, now: datetime) -> Standing:
    """What `capacity.decide` is told of a day, as production tells it from its rows."""
    today, rules = office.today(now), office.rules
    is_today, minute = day.date == today, int((now - day.midnight) / calendar.MINUTE)
    return Standing(
        low=rules.low, high=rules.high, places=day.places, booked=day.booked, came=day.came,
        awaited=tuple(_awaited(office, day, known, now, minute if is_today else None)), walk_ins=day.walk_ins,
        bookable=day.bookable(minute + rules.notice_minutes) if is_today else day.places - day.booked - day.held,
        kept=_kept(office, day, known, now, minute), risk=rules.risk_percent / 100, held=day.held,
        share=day.share, today=is_today, known=known.learnt.days,
        scenarios=known.scenarios,
        new_chance=shows.new_chance(known.learnt, shows.lead_of((day.date - today).days), day.date.weekday()))


def _awaited(
    office: Office, day: DayBook, known: Knowledge, now: datetime, minute: int | None
) -> Iterator[tuple[float, int]]:
    """Who may still come; `minute` of the day itself."""
    if minute is not None and minute >= day.closes:
        return
    silent = SILENT if now >= reminded_at(office, day) else OPEN
    weekday, grace, learnt, chances = day.date.weekday(), office.rules.late_minutes, known.learnt, known.chances
    for booking in day.bookings:
        if booking.state == BOOKED:
            yes = booking.says_yes_at is not None and booking.says_yes_at <= now
            person = booking.person
            chance = chances[Trait(person.service.id, booking.lead, person.channel, weekday, YES if yes else silent)]
            if minute is not None:
                chance = shows.still(learnt, chance, minute - booking.start.minute, grace)
            if chance > 0:
                yield chance, 1


def _kept(office: Office, day: DayBook, known: Knowledge, now: datetime, minute: int) -> float:
    ahead = shows.walk_ins_ahead(known.learnt, day.date.weekday(), min(max(minute / 60, 0.0), 24.0))
    if ahead is None:
        return max(capacity.kept(office.rules, day.date, office.zone, now) - day.walk_ins, 0)
    return ahead


def reminded_at(office: Office, day: DayBook) -> datetime:
    """When the people of a day are reminded: the evening before."""
    return capacity.step_moment(f"-1d {office.rules.evening_reminder}", day.date, office.zone)
