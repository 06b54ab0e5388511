"""What the hall sees (pure): the last calls, who waits in each queue and how long, and what the office tells.

Numbers and counters only: no name, no booking, nothing a stranger could look somebody up with.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice

from msgspec import Struct

from scheduler.offices import Office
from ticketing.hall import Hall, InLine, LastCall
from ticketing.notices import Notice
from ticketing.voice import speech

CALLS = 5  # the call just made, and four before it


class BoardCall(Struct, frozen=True):
    """One call. `call` counts the day's calls, recalls among them; `times` is how often this visit was called to this
    counter, `since` the moment of the last time; `state` is `over` once the visit is not at that counter any more.
    `say` names the sounds of the voice in their order."""

    call: int
    number: str
    counter: str | None
    name: str
    state: str
    since: datetime
    times: int
    say: list[str]


class BoardService(Struct, frozen=True):
    """A service of a queue: its short name as tickets and SMS have it, and its name by language."""

    slug: str
    short: str
    name: dict[str, str]


class BoardEstimate(Struct, frozen=True, rename={"from_": "from"}):
    """Between which moments the last of those who wait now is called, most likely."""

    from_: datetime
    to: datetime


class BoardQueue(Struct, frozen=True):
    """One queue: how many numbers wait; `estimate` is null while none does, or no counter serves them."""

    letter: str
    services: list[BoardService]
    count: int
    estimate: BoardEstimate | None


class BoardMessage(Struct, frozen=True):
    """A message of the office; without English words `en` repeats the Indonesian ones."""

    id: str
    en: str


class Board(Struct, frozen=True):
    """All a screen shows. `version` grows with every act of the day's hall; moments have the office's offset."""

    office: str
    name: str
    date: date
    now: datetime
    version: int
    calls: list[BoardCall]
    waiting: list[BoardQueue]
    messages: list[BoardMessage]


def shape(office: Office, hall: Hall, notices: Iterable[Notice], now: datetime) -> Board:
    """The board of the office's hall as it stands at `now`; the newest call comes first."""
    return Board(
        office=office.slug, name=office.name, date=office.today(now), now=office.local(now), version=hall.version,
        calls=[_call(office, hall, one) for one in islice(_latest(hall.calls), CALLS)],
        waiting=[_queue(office, letter, [one for one in hall.waiting if one.queue == letter])
                 for letter in office.letters],
        messages=[BoardMessage(one.words["id"], one.words.get("en", one.words["id"])) for one in notices],
    )


def _latest(calls: Iterable[LastCall]) -> Iterator[LastCall]:
    """The calls that hold: of who was called to one counter and then to another, the second alone."""
    found: set[int] = set()
    for one in calls:
        if one.visit_id not in found:
            found.add(one.visit_id)
            yield one


def _call(office: Office, hall: Hall, made: LastCall) -> BoardCall:
    counter = office.counters_by_slug.get(made.counter or "")
    name = counter.name if counter else ""
    state = next((one.state for one in hall.called if one.visit_id == made.visit_id), "over")
    return BoardCall(made.call, made.number, made.counter, name, "over" if made.over else state,
                     office.local(made.at), made.calls, speech.of_call(made.number, name))


def _queue(office: Office, letter: str, waiting: Sequence[InLine]) -> BoardQueue:
    services = [BoardService(one.slug, one.short, one.name) for one in office.letters[letter]]
    return BoardQueue(letter, services, len(waiting), _estimate(office, waiting))


def _estimate(office: Office, waiting: Sequence[InLine]) -> BoardEstimate | None:
    """None also while no counter serves any of them."""
    spans = [(one.from_, one.to) for one in waiting if one.from_ is not None and one.to is not None]
    if not spans:
        return None
    return BoardEstimate(*(office.local(max(moments)) for moments in zip(*spans, strict=True)))
