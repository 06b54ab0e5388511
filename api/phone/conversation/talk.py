"""What one turn of a conversation works with, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from api.assembly import Antre
from api.phone.conversation import pending as kept
from api.phone.conversation.dialogues import Dialogue
from api.phone.conversation.pending import Pending
from api.phone.grammar.intents import Reading
from notifications import wording
from scheduler.bookings import Booking
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office


@dataclass(frozen=True, slots=True)
class Answer:
    """A sentence of `words/sms.*.toml` with its values, before it is fitted into one part.

    `wrong`: the message was not right, and three in a row are one too many. `helps`: it moves nothing forward
    (refusals, explanations), so that it can be left out when far too much is being answered. `about` is the booking
    it speaks of, with which it is erased.
    """

    key: str
    values: dict[str, str] = field(default_factory=dict)
    wrong: bool = False
    helps: bool = False
    about: Booking | None = None


# The book's reasons for which another place is the answer.
PLACE_GONE = frozenset({"slot_full", "day_full", "too_soon", "too_far", "office_closed", "outside_hours"})


def refused(refusal: Refusal, about: Booking | None = None) -> Answer:
    """The book's own reason, in words: `no_` and its code."""
    key = "given_up" if refusal.details.get("why") == "given_up" else f"no_{refusal.code}"
    return Answer(key, {"limit": str(refusal.details.get("limit", ""))}, helps=True, about=about,
                  wrong=refusal.code == "unknown_booking")


@dataclass(slots=True)
class Talk:
    """One message being worked on. `office` is None while it is not known which is meant; `desk` answers then.

    `open` is what was asked or offered and still holds, `lapsed` whether something did until lately.
    """

    connection: Connection
    antre: Antre
    phone: str
    text: str
    now: datetime
    dialogue: Dialogue
    offices: list[Office]
    office: Office | None
    language: str
    reading: Reading
    by_number: bool
    open: Pending | None
    last: Pending | None
    lapsed: bool
    asked: bool = False
    booked: str | None = None
    changed: set[int] = field(default_factory=set)

    @property
    def desk(self) -> Office:
        """The office in whose name, and at whose cost, is answered."""
        return self.office or self.offices[0]

    def ask(self, question: Pending) -> None:
        """What is asked or offered by the answer of this turn."""
        self.open, self.asked = question, True
        self.dialogue.pending = kept.seal(self.antre.vault, question)
        self.dialogue.lapses_at = self.now + kept.LAPSES

    def close(self) -> None:
        """Nothing is open any more."""
        self.open, self.asked = None, False
        self.dialogue.pending = self.dialogue.lapses_at = None

    def brief(self, moment: datetime, office: Office) -> str:
        """`Rab 25/11 07.30`."""
        return wording.brief(office.local(moment), self.language)

    def clock(self, moment: datetime, office: Office) -> str:
        """`07.30`."""
        return wording.hour(office.local(moment), self.language)
