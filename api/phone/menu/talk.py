"""What each step of the menu is handed, and what the menu asks of the book (pure)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from api.phone.acts import Held
from api.phone.lines import InLine
from api.phone.menu import screens
from api.phone.menu.screens import Screen
from api.phone.menu.state import DONE, State
from api.phone.menu.words import WORDS, Words
from notifications import wording
from notifications.wording import gsm7
from scheduler.bookings import Booking
from scheduler.offices import Office, Service

Made = TypeVar("Made")

WHO = 20  # septets of a masked name; what else a sentence holds is bounded in `notifications.wording`


class Halt(Exception):
    """Something would take effect that was not just asked: what came with it is not worked on."""


@dataclass(frozen=True, slots=True)
class Inside:
    """A booking whose person came today: the number, None where it is known no more, and how many are served before.

    `state` is that in the hall, or `served` or `missed` once the visit is over; `when` the hours between which the turn
    is expected, `counter` the name of the one that called; each as it is said, or empty.
    """

    held: Held
    number: str | None
    before: int
    state: str = "waiting"
    when: str = ""
    counter: str = ""


class Desk(Protocol):
    """The book, as one phone may use it at one moment. Acts raise the book's Refusal and leave nothing behind then."""

    @property
    def now(self) -> datetime: ...

    @property
    def test_people(self) -> bool: ...

    def offices(self) -> Sequence[Office]:
        """Every office, by slug."""

    def offers(self, office: Office, service: Service, near: datetime, of: Held | None) -> list[datetime]:
        """Up to three starts near the moment; `of` is the booking that is to move."""

    def mine(self) -> list[Held]:
        """The phone's bookings, the soonest first."""

    def inside(self, office: Office, language: str) -> list[Inside]:
        """The phone's people who have come to the office today."""

    def take(self, office: Office, service: Service, start: datetime, nik: str, name: str, language: str) -> Booking:
        """Book the place."""

    def move(self, of: Held, start: datetime) -> Booking:
        """Move the booking."""

    def cancel(self, of: Held) -> Booking:
        """Free its place."""

    def confirm(self, of: Held) -> Booking:
        """Note that the person will come."""

    def line(self) -> list[InLine]:
        """What the phone waits for; what it can take now comes first."""

    def join(self, office: Office, service: Service, nik: str, name: str, language: str) -> InLine:
        """Put the person at the end of the line."""

    def accept(self, of: InLine) -> Booking:
        """Take the place that is offered."""

    def decline(self, of: InLine) -> None:
        """Let it go to the next."""

    def leave(self, of: InLine) -> None:
        """Off the list."""


@dataclass
class Talk:
    """One callback's work: `state` changes under the steps; `may_act` is False where an effect must be asked first."""

    state: State
    desk: Desk
    may_act: bool = True
    halted: bool = False
    acts: list[tuple[str, Office]] = field(default_factory=list)

    @property
    def words(self) -> Words:
        """The sentences in the language of the session."""
        return WORDS[self.state.language]

    def say(self, section: str, key: str, **values: Any) -> str:
        """One sentence with its values."""
        return str(self.words[section][key]).format_map(values)

    def office(self) -> Office | None:
        """The session's office, unless it is not there any more."""
        return next((office for office in self.desk.offices() if office.id == self.state.office), None)

    def at(self) -> Office:
        """The session's office; steps behind the choice of one have it."""
        office = self.office()
        if office is None:
            raise Gone
        return office

    def service(self) -> Service:
        """The chosen service."""
        service = self.at().by_id.get(self.state.service or 0)
        if service is None or not service.active:
            raise Gone
        return service

    def held(self) -> Held:
        """The chosen booking, still this phone's."""
        for held in self.desk.mine():
            if held.booking.id == self.state.booking:
                return held
        raise Gone

    def act(self, kind: str, office: Office, work: Callable[[], Made]) -> Made:
        """Do what takes effect. Raises Halt when it was not just asked, and the book's Refusal."""
        if not self.may_act:
            raise Halt
        made = work()
        self.acts.append((kind, office))
        return made

    def end(self, *lines: str) -> Screen:
        """The last screen: as many of the lines as fit, the first always."""
        self.state.at = DONE
        text = lines[0]
        for line in lines[1:]:
            if line and screens.size(gsm7.mend(f"{text} {line}")) <= screens.ROOM:
                text = f"{text} {line}"
        return screens.screen(text, end=True)

    def said(self, sentence: str) -> Screen:
        """A sentence, and the way to the main menu."""
        self.state.at = "said"
        return screens.screen(sentence, [("0", self.words["menu"])])

    def back(self) -> tuple[str, str]:
        """The way back as a choice."""
        return "0", self.words["back"]


class Gone(Exception):
    """What the session had chosen is not there any more: an office, a service, a booking."""


def moment(office: Office, start: datetime, language: str) -> dict[str, str]:
    """`day`, `time` and `zone` of a start, as messages say them."""
    local = office.local(start)
    return {"day": wording.day(local, language), "time": local.strftime(wording.LANGUAGES[language].TIME),
            "zone": wording.zone(local)}


def values_of(held: Held, language: str) -> dict[str, str]:
    """What sentences say about a booking."""
    return {"who": screens.short(held.who, WHO) or "-", "service": label(held.service),
            "code": dashed(held.booking.code or ""), "office": wording.short_office(held.office.name),
            **moment(held.office, held.booking.start, language)}


def label(service: Service) -> str:
    """The service's short name, as messages say it."""
    return screens.short(service.short, wording.SERVICE)


def number_of(office: Office) -> str:
    """The office's telephone number."""
    return screens.short(office.phone, wording.PHONE)


def dashed(code: str) -> str:
    """`482177305` -> `482-177-305`."""
    return "-".join((code[:3], code[3:6], code[6:]))


def things(bring: Sequence[str], sentence: Callable[[str], str], room: int, more: str) -> str:
    """The sentence with all things to bring, or as many of the first as have room and `more`; else nothing.

    What follows a comma explains a thing and goes before a whole thing does.
    """
    whole = [gsm7.mend(thing).rstrip(".") for thing in bring]
    brief = [thing.partition(",")[0] for thing in whole]
    choices = [whole, *([*kind[:count], more.rstrip(".")] for count in range(len(whole), 0, -1)
                        for kind in (whole, brief))]
    texts = (sentence(", ".join(choice)) for choice in choices) if whole else iter(())
    return next((text for text in texts if screens.size(gsm7.mend(text)) <= room), "")
