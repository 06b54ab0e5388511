"""Long random histories of several counters: whatever they do, everybody is in one place, and undo restores exactly."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from scheduler.foundation.errors import Refusal
from scheduler.offices import Office
from tests.ticketing.door import at
from tests.ticketing.floor import Floor
from ticketing import numbers
from ticketing.hall_tables import halls, servings
from ticketing.tables import visits

COUNTERS = ("loket-1", "loket-2", "loket-3", "loket-4", "loket-6")
ACTS = ("call_next", "call_next", "call_next", "start", "recall", "finish", "absent", "absent", "hold", "undo", "undo")


class History:
    """Draws one act after the other; a refusal is one of the answers."""

    def __init__(self, floor: Floor, seed: int) -> None:
        self.floor, self.chance = floor, random.Random(seed)
        self.done: Counter[str] = Counter()
        self.unchanged = True  # by refusals

    def step(self) -> None:
        """Somebody comes, or a counter acts, or a clerk puts somebody back or takes them off."""
        kind = self.chance.choice(("come", "act", "act", "act", "act", "list", "transfer", "number"))
        before, act = self.floor.standing(), getattr(self, f"_{kind}")
        self.floor.now += timedelta(seconds=20)
        try:
            name, undoable = act()
        except Refusal as refused:
            self.done[refused.code] += 1
            self.unchanged = self.unchanged and self.floor.standing() == before
            return
        self.done[name] += 1
        if undoable and self.chance.random() < 0.3 and self.floor.standing() != before:
            self.floor.act("undo", undoable)
            assert self.floor.standing() == before, name
            self.done["undone"] += 1

    def _come(self) -> tuple[str, str | None]:
        self.floor.walk_in(self.floor.now, priority=self.chance.choice((None, None, "infant")),
                           service=self.chance.choice(("ktp-rekam", "ktp-ambil", "kk", "pengaduan")))
        return "come", None

    def _act(self) -> tuple[str, str | None]:
        name, counter = self.chance.choice(ACTS), self.chance.choice(COUNTERS)
        self.floor.act(name, counter)
        return name, None if name == "undo" else counter

    def _number(self) -> tuple[str, str | None]:
        counter = self.chance.choice(COUNTERS)
        self.floor.act("call_number", counter, self._someone())
        return "call_number", counter

    def _transfer(self) -> tuple[str, str | None]:
        counter = self.chance.choice(COUNTERS)
        more: dict[str, Any] = self.chance.choice((
            {"service": "kk"}, {"service": "pengaduan", "to": "loket-6"}, {"to": "loket-2"}))
        self.floor.act("transfer", counter, keep=self.chance.random() < 0.5, **more)
        return "transfer", counter

    def _list(self) -> tuple[str, str | None]:
        name, states = self.chance.choice((
            ("put_back", ("held", "absent", "gone")), ("take_off", ("waiting",)), ("take_off", ("waiting", "done"))))
        wanted = [numbers.show(row["letter"], row["number"]) for row in self.floor.rows(visits)
                  if row["state"] in states]
        self.floor.act(name, self.chance.choice(wanted) if wanted else self._someone())
        return name, None

    def _someone(self) -> str:
        letter = self.chance.choice("AABC")
        return f"{letter}-{self.chance.randint(1, 12):03}"


def check(floor: Floor) -> None:
    """What holds after every act."""
    every, stays = floor.rows(visits), floor.rows(servings)
    there = [row for row in every if row["counter_id"] is not None]
    assert len({row["counter_id"] for row in there}) == len(there), "a counter has one person"
    assert all((row["state"] in ("called", "serving")) == (row["counter_id"] is not None) for row in every)
    assert len({(row["letter"], row["number"]) for row in every}) == len(every)
    open_stays = {row["visit_id"]: row["counter_id"] for row in stays if row["ended_at"] is None}
    assert open_stays == {row["id"]: row["counter_id"] for row in there}, "who is at a counter has a stay there"
    assert len({row["call"] for row in stays}) == len(stays)
    assert all(row["call"] <= floor.rows(halls)[0]["calls"] for row in stays)
    seen = floor.look()
    assert sorted(one.visit_id for one in (*seen.waiting, *seen.held, *seen.called)) == sorted(
        row["id"] for row in every if row["state"] in ("waiting", "held", "called", "serving"))


@pytest.fixture
def floor(database: Any, balikpapan: Office, offices: Any, vault: Any, mint: Any) -> Floor:
    floor = Floor(database, balikpapan, offices, vault, mint)
    floor.now = at("08:00")
    floor.make_room()
    return floor


def drain(floor: Floor, call: Callable[[str], Any]) -> None:
    """Every counter works until nobody waits for it."""
    for counter in (*COUNTERS, "loket-5"):
        while call(counter) is not None:
            pass


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_counters_do_everybody_is_in_one_place(floor: Floor, seed: int) -> None:
    history = History(floor, seed)
    for _ in range(150):
        history.step()
        check(floor)
    assert history.unchanged
    assert history.done["undone"] > 5
    assert min(history.done[name] for name in ("call_next", "transfer", "absent", "hold", "put_back")) > 0
    drain(floor, floor.next)
    check(floor)
    assert {row["state"] for row in floor.rows(visits)} <= {"done", "held", "absent", "gone"}, "nobody is left waiting"
