"""Phones that type at random at the real book, some at once: nothing but screens comes out, and the sums agree."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from api.assembly import Antre
from api.phone.menu import sessions
from api.phone.menu.sessions import Answered, Step
from tests import people
from tests.conftest import NOW
from tests.phone.dialler import check
from tests.phone.sums import booked, sums_agree

PHONES, WALKS, STEPS = 12, 12, 30
SOMETHING = ("0", "00", "x", "7", "besok", "2711", "", "1*1", "3112")


class Walker:
    """One phone whose owner presses what the screen asks for, mostly."""

    def __init__(self, antre: Antre, n: int) -> None:
        self.antre, self.n, self.chance = antre, n, random.Random(n)
        self.phone = people.phone(n)
        self.did: Counter[str] = Counter()

    def walk(self) -> Counter[str]:
        """Some sessions, one after the other; answers what took effect."""
        for walk in range(WALKS):
            self._session(f"ATUid_{self.n}_{walk}", NOW + timedelta(minutes=5 * walk))
        return self.did

    def _session(self, session: str, now: datetime) -> None:
        text, typed, screen = "", "", ""
        for _ in range(STEPS):
            answered = self._post(Step(session, self.phone, text), now)
            self._look(answered, screen, typed)
            screen = answered.text
            if screen.startswith("END"):
                return
            typed = self._type(screen)
            text = f"{text}*{typed}" if text else typed

    def _post(self, step: Step, now: datetime) -> Answered:
        def once() -> Answered:
            return self.antre.database.write(lambda c: sessions.answer(c, self.antre, step, now))

        if self.chance.random() > 0.15:
            return once()
        first, again = once(), once()
        assert (again.text, again.acts) == (first.text, ())
        return first

    def _look(self, answered: Answered, before: str, typed: str) -> None:
        check(answered.text)
        assert self.phone not in answered.text
        assert not any(people.nik(n) in answered.text or people.name(n) in answered.text for n in self._family())
        for kind, _ in answered.acts:
            self.did[kind] += 1
            if kind == "booked" and typed != "1*1":  # two inputs
                assert "NIK .." in before, "only from the summary"

    def _type(self, screen: str) -> str:
        if self.chance.random() < 0.12:
            return self.chance.choice(SOMETHING)
        if "Ketik NIK" in screen or "Type the NIK" in screen:
            return people.nik(self.chance.choice(self._family()))
        if "Ketik nama" in screen or "Type that" in screen:
            return people.name(self.chance.choice(self._family()))
        return self.chance.choice([line[0] for line in screen.splitlines() if line[:1].isdigit()] or ["1"])

    def _family(self) -> list[int]:
        return [self.n * 10 + k for k in range(4)] + [7]  # everybody wants to book for number 7


def test_phones_that_type_at_random(antre: Antre) -> None:
    with ThreadPoolExecutor(PHONES) as threads:
        did = sum(threads.map(lambda n: Walker(antre, n).walk(), range(PHONES)), Counter())
    assert set(did) == {"booked", "moved", "cancelled", "confirmed"}, did
    rows = booked(antre)
    assert len(rows) == did["booked"]
    assert sum(row.status == "cancelled" for row in rows) == did["cancelled"]
    assert sum(row.moves for row in rows) == did["moved"]
    assert len({row.nik_hash for row in rows if row.status == "booked"}) == sum(
        row.status == "booked" for row in rows), "one visit a NIK"
    sums_agree(antre)
