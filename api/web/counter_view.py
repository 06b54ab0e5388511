"""What a clerk sees of the hall from their counter: who is there, who is next, whom to bring back, what to undo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from api.web.render import Words, many
from scheduler.foundation.privacy import Vault
from scheduler.offices import Counter, Office, Service
from ticketing import ahead, hall, notes, seats
from ticketing.called import Called
from ticketing.hall import InLine
from ticketing.seats import Aside, Step

AHEAD = 5   # of the line are shown; the rest is a number
BESIDE = 6  # on hold and absent
KEYS = (("recall", "F2"), ("absent", "F4"), ("hold", "F8"), ("transfer", "F9"))
HOUR = 60   # minutes
OBVIOUS = {None: "next", "called": "start", "serving": "finish"}


@dataclass(frozen=True)
class Till:
    """One counter at `now`. `line` are the first of the `waiting` whom it serves, `until` is when the last of them is
    expected to be called; `last` is what undo takes back; `names` are the short names of services by slug."""

    counter: Counter
    now: datetime
    stamp: str
    person: Called | None
    service: Service | None
    note: str
    line: list[InLine]
    waiting: int
    until: datetime | None
    aside: list[Aside]
    last: Step | None
    names: dict[str, str]
    keys = KEYS

    @property
    def obvious(self) -> str:
        """The act that comes next as a rule: the large button's."""
        return OBVIOUS[self.person.state if self.person else None]

    @property
    def clock_s(self) -> int:
        """How long the service lasts, or while there is none since the call, in seconds."""
        if self.person is None:
            return 0
        since = self.person.started_at or self.person.called_at or self.now
        return max(0, round((self.now - since).total_seconds()))


def till(connection: Connection, office: Office, counter: Counter, vault: Vault, now: datetime) -> Till:
    """The counter as it stands. The stamp is read first: what it tells of is in the rest."""
    stamp, seen = hall.stamp_of(connection, office, now), hall.glance(connection, office, now)
    person = next((one for one in seen.called if one.counter == counter.slug), None)
    services = {service.slug: service for service in office.services}
    next_ones = ahead.ahead_of(connection, office, counter, now, AHEAD)
    by_id = {one.visit_id: one for one in seen.waiting}
    ends = [one.to for one in seen.waiting if one.visit_id in next_ones.every and one.to is not None]
    return Till(
        counter=counter, now=now, stamp=stamp, person=person,
        service=services[person.service] if person else None, note=notes.read(person.note, vault) if person else "",
        line=[by_id[visit] for visit in next_ones.first if visit in by_id], waiting=len(next_ones.every),
        until=max(ends, default=None),
        aside=seats.aside_of(connection, office, now)[:BESIDE], last=seats.last_of(connection, office, counter, now),
        names={slug: service.short for slug, service in services.items()},
    )


def waited(till: Till, words: Words) -> str:
    """How long whoever is at the counter waited until they were called."""
    if till.person is None:
        return ""
    until = till.person.called_at or till.now
    minutes = max(0, round((until - till.person.arrived_at).total_seconds() / 60))
    if minutes < HOUR:
        return many(words["waited"], minutes)
    return str(words["waited_long"].format(hours=minutes // HOUR, minutes=minutes % HOUR))


def done(step: Step | None, words: Words) -> str:
    """The last step as a sentence: `A-012 dipanggil`; empty without one."""
    return words["done"][step.act].format(number=step.number) if step else ""
