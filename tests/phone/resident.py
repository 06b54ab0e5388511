"""A resident with a phone: writes through the real hook, reads what the outbox holds for the number."""

from __future__ import annotations

import itertools
from typing import Any

import sqlalchemy as sa

from notifications import letters
from notifications.tables import outbox
from scheduler.bookings import Booking
from scheduler.tables import bookings
from tests import people
from tests.conftest import NOW

PATH = "/hooks/africastalking/hook-secret-of-tests/sms"
OWN_NUMBER = "+6281200009999"

_ids = itertools.count(1)


class Phone:
    """The phone of the n-th invented person."""

    def __init__(self, antre: Any, client: Any, n: int = 0) -> None:
        self.antre, self.client, self.n = antre, client, n
        self.number = people.phone(n)

    def post(self, written: str, **more: str) -> Any:
        """Post as the vendor does, and answer its answer."""
        form = {"id": f"sms-{next(_ids)}", "from": self.number, "to": OWN_NUMBER, "text": written,
                "date": f"{self.antre.clock.now():%F %T}.{next(_ids)}"}
        return self.client.post(PATH, data=form | more)

    def write(self, text: str, **more: str) -> str | None:
        """What is answered by the door: one text, or None."""
        before = self.last_id()
        answer = self.post(text, **more)
        assert (answer.status_code, answer.text) == (200, ""), answer.text
        told = self.answers(before)
        assert len(told) <= 1, told
        return told[0] if told else None

    def told(self, text: str) -> str:
        """As `write`, where an answer must come."""
        answer = self.write(text)
        assert answer is not None, text
        return answer

    def last_id(self) -> int:
        with self.antre.database.read() as c:
            return int(c.scalar(sa.select(sa.func.coalesce(sa.func.max(outbox.c.id), 0))))

    def answers(self, after: int = 0) -> list[str]:
        """What the door answered to this phone since."""
        asked = sa.select(outbox.c.text).where(
            outbox.c.id > after, outbox.c.kind == "answer",
            outbox.c.phone_hash == self.antre.vault.hash_phone(self.number)).order_by(outbox.c.id)
        with self.antre.database.read() as c:
            return list(c.scalars(asked))

    def letters(self) -> list[str]:
        """The kinds of letters written to this phone, in order."""
        letters.write_all(self.antre.database, self.antre.offices, self.antre.vault, self.antre.clock.now())
        asked = sa.select(outbox.c.kind).where(
            outbox.c.kind != "answer",
            outbox.c.phone_hash == self.antre.vault.hash_phone(self.number)).order_by(outbox.c.id)
        with self.antre.database.read() as c:
            return list(c.scalars(asked))

    def bookings(self) -> list[Booking]:
        """What is booked for this phone, in any state, the oldest first."""
        asked = sa.select(*(bookings.c[name] for name in Booking.__slots__)).where(
            bookings.c.phone_hash == self.antre.vault.hash_phone(self.number)).order_by(bookings.c.id)
        with self.antre.database.read() as c:
            return [Booking(*row) for row in c.execute(asked)]

    def standing(self) -> list[Booking]:
        """Those that still stand."""
        return [booking for booking in self.bookings() if booking.status == "booked"]

    def book(self, n: int, word: str = "KTP") -> Booking:
        """Book for the n-th person by two messages."""
        assert self.write(line(n, word)) is not None
        assert self.write("1") is None
        return self.standing()[-1]


def line(n: int, word: str = "KTP", more: str = "") -> str:
    """The message that asks for a place for the n-th person."""
    return f"DAFTAR {word} {people.nik(n)} {people.name(n)} {more}".strip()


__all__ = ["NOW", "OWN_NUMBER", "PATH", "Phone", "line"]
