"""A desk without a book: the menu alone, with whatever an office may call itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from api.phone.acts import Held
from api.phone.lines import InLine
from api.phone.menu import steps
from api.phone.menu.screens import Screen
from api.phone.menu.state import State
from api.phone.menu.talk import Inside, Talk
from scheduler.bookings import Booking
from scheduler.foundation.errors import Refusal
from scheduler.foundation.privacy import mask_name
from scheduler.offers import Offer
from scheduler.offices import Office, Service
from scheduler.rules import Rules
from scheduler.waiting import Waiting
from tests.conftest import NOW


def service(n: int = 1, short: str = "Rekam KTP-el", bring: Sequence[str] = ("KK",)) -> Service:
    return Service(n, f"s{n}", "A", {"id": short, "en": short}, short, "required", 15,
                   {"id": list(bring), "en": list(bring)}, None, ())


def office(n: int = 1, name: str = "Disdukcapil Kota Contoh", phone: str = "(0542) 000-100",
           services: Sequence[Service] = (service(),), *, timezone: str = "Asia/Makassar",
           address: str = "Jalan Contoh 1") -> Office:
    return Office(n, f"office-{n}", name, timezone, phone, None, address, Rules(60, 70), 1, tuple(services), (), {})


def held(n: int, one: Office, of: Service, name: str, start: datetime = NOW + timedelta(days=1)) -> Held:
    booking = Booking(n, one.id, of.id, 1, 1, f"{482177000 + n}", "T" * 36, 0, "booked", start, 1, 0, None, None,
                      "ussd", "id", NOW, None, None, b"")
    return Held(booking, one, of, mask_name(name))


def in_line(n: int, one: Office, of: Service, name: str, before: int = 3, *, offered: datetime | None = None) -> InLine:
    """An entry of the waiting list, with an offer of that start if one is given."""
    last = NOW.date() + timedelta(days=30)
    entry = Waiting(n, one.id, of.id, NOW.date(), last, 1, None, None, "ussd", "id", "T" * 26,
                    "waiting" if offered is None else "offered", NOW, None, None, b"")
    offer = None
    if offered is not None:
        offer = Offer(n, one.id, n, 1, 1, offered, 1, "open", NOW, offered - timedelta(hours=1), None)
    return InLine(entry, one, of, mask_name(name), before, offer)


@dataclass
class FakeDesk:
    """Keeps what was done; `refusals` come first, one for each act."""

    every: list[Office]
    phone: list[Held] = field(default_factory=list)
    hall: list[Inside] = field(default_factory=list)
    waits: list[InLine] = field(default_factory=list)
    refusals: list[Refusal | None] = field(default_factory=list)
    starts: int = 400
    did: list[str] = field(default_factory=list)
    now: datetime = NOW
    test_people: bool = True

    def offices(self) -> list[Office]:
        return self.every

    def offers(self, office: Office, service: Service, near: datetime, of: Held | None) -> list[datetime]:
        """Every quarter of an hour a start, `starts` of them; the last ones when there are none later, as the book."""
        every = [NOW + timedelta(minutes=15 * (n + 4)) for n in range(self.starts)]
        return [start for start in every if start >= near][:3] or every[-3:]

    def mine(self) -> list[Held]:
        return list(self.phone)

    def inside(self, office: Office, language: str) -> list[Inside]:
        return self.hall

    def take(self, office: Office, service: Service, start: datetime, nik: str, name: str, language: str) -> Booking:
        self._do("take")
        made = held(100 + len(self.phone), office, service, name, start)
        self.phone.append(made)
        return made.booking

    def move(self, of: Held, start: datetime) -> Booking:
        self._do("move")
        return replace(of.booking, start=start)

    def cancel(self, of: Held) -> Booking:
        self._do("cancel")
        self.phone.remove(of)
        return of.booking

    def confirm(self, of: Held) -> Booking:
        self._do("confirm")
        return of.booking

    def line(self) -> list[InLine]:
        return list(self.waits)

    def join(self, office: Office, service: Service, nik: str, name: str, language: str) -> InLine:
        self._do("join")
        self.waits.append(in_line(len(self.waits) + 1, office, service, name))
        return self.waits[-1]

    def accept(self, of: InLine) -> Booking:
        self._do("accept")
        self.waits.remove(of)
        return held(90, of.office, of.service, "Budi").booking

    def decline(self, of: InLine) -> None:
        self._do("decline")
        self.waits.remove(of)

    def leave(self, of: InLine) -> None:
        self.did.append("leave")  # never refused
        self.waits.remove(of)

    def _do(self, what: str) -> None:
        refusal = self.refusals.pop(0) if self.refusals else None
        if refusal is not None:
            raise refusal
        self.did.append(what)


def talk(desk: FakeDesk, state: State | None = None) -> tuple[Talk, Screen]:
    """A session at its first screen."""
    begun = Talk(state or State(), desk)
    return begun, steps.begin(begun)


def walk(desk: FakeDesk, *inputs: str, language: str = "id") -> tuple[Talk, Screen]:
    """A session after these inputs, or at its end."""
    begun, screen = talk(desk, State(language=language))
    text = ""
    for one in inputs:
        if screen.end:
            break
        text = f"{text}*{one}" if text else one
        screen = steps.work(begun, text, one)
    return begun, screen
