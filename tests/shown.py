"""Days that are over, invented: people whose true chance of coming is known, so that what is learnt can be judged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import accumulate, pairwise
from random import Random

from scheduler import beta
from scheduler.shows import LATE_EDGES, OPEN, DayShown, Tally, Trait

MONDAY = date(2026, 6, 1)
Moves = Mapping[object, float]
ON_TIME = (20, 20, 25, 12, 8, 6, 4, 2, 1, 1, 1)  # arrivals by lateness, in 100


@dataclass(frozen=True)
class Invented:
    """An office whose truth is known: the log odds of everybody, and what each level of a factor adds to them."""

    base: float = 1.5
    service: Moves = field(default_factory=dict)
    lead: Moves = field(default_factory=dict)
    channel: Moves = field(default_factory=dict)
    weekday: Moves = field(default_factory=dict)
    answer: Moves = field(default_factory=dict)

    def truth(self, who: Trait) -> float:
        """The chance that this person comes."""
        return beta.share_of(
            self.base + self.service.get(who.service, 0) + self.lead.get(who.lead, 0)
            + self.channel.get(who.channel, 0) + self.weekday.get(who.weekday, 0) + self.answer.get(who.answer, 0))

    def people(self, random: Random, on: date, count: int) -> list[Trait]:
        """Who has a booking: web people prefer the first services, and who books for the same day is never asked."""
        found = []
        for _ in range(count):
            service = random.choices(range(1, 7), (30, 25, 20, 12, 10, 3))[0]
            lead = random.choices(range(5), (15, 25, 35, 15, 10))[0]
            channel = random.choices(("web", "sms", "ussd"), (70, 20, 10) if service < 4 else (15, 45, 40))[0]
            yes = lead > 0 and random.random() < (0.7 if channel == "sms" else 0.4)
            found.append(Trait(service, lead, channel, on.weekday(), "yes" if yes else "silent"))
        return found

    def days(self, count: int, people: int = 70, seed: int = 1, weather: float = 0.0) -> list[DayShown]:
        """So many open days one after another; `weather` is by how much a day moves everybody's log odds."""
        random = Random(seed)
        return [self._day(random, on, people, random.gauss(0, weather)) for on in open_days(count)]

    def _day(self, random: Random, on: date, people: int, mood: float) -> DayShown:
        booked = self.people(random, on, people)
        came = [who for who in booked if random.random() < beta.share_of(beta.log_odds(self.truth(who)) + mood)]
        return shown(on, booked, came, walk_ins={9: 6, 10: 4, 11: 2})


def open_days(count: int) -> Iterator[date]:
    """Mondays to Fridays from `MONDAY` on."""
    return (MONDAY + timedelta(days=7 * (n // 5) + n % 5) for n in range(count))


def shown(on: date, booked: list[Trait], came: list[Trait], walk_ins: Mapping[int, int] | None = None) -> DayShown:
    """What a day showed on which these people had a booking and those came, late as people are."""
    all_of_them, who_came = Counter(booked), Counter(came)
    tallies = tuple(Tally(who.service, who.lead, who.channel, who.answer, people, who_came[who])
                    for who, people in all_of_them.items())
    upto = [round(len(came) * share / 100) for share in accumulate(ON_TIME)]
    late = tuple(b - a for a, b in pairwise([0, *upto]))
    assert len(late) == len(LATE_EDGES) + 1
    return DayShown(on, tallies, late, tuple((walk_ins or {}).get(hour, 0) for hour in range(24)))


def plain(on: date, came: int, booked: int, walk_ins: Mapping[int, int] | None = None) -> DayShown:
    """A day of people who are all alike."""
    one = Trait(1, 2, "web", on.weekday(), "silent")
    return shown(on, [one] * booked, [one] * came, walk_ins)


def asked_later(who: Trait) -> Trait:
    """The same person before the question was put."""
    return who._replace(answer=OPEN)
