"""What carries a message, seen from our side: one call, one of four outcomes.

    Sent        the carrier took it; its id and price, as far as it told them
    Temporary   it was surely not taken, and may be later (network down, no credit, wrong key)
    Permanent   it was surely not taken and never will be (no such number, opted out)
    Ambiguous   nobody can tell: the request left and no clear answer came; never sent again blindly

Retry policy lives in `notifications.delivery` alone; a gateway makes one attempt. `reason` is a short phrase for
logs and the manager; it never holds a phone number, an address or the text.

    Gateway     SMS
    Mailer      e-mail
    Collector   what a carrier that does not call us keeps for us to fetch
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Literal, Protocol

LONGEST_NAME = 24  # of a carrier, as it stands in rows
LONGEST_ID = 80  # of a carrier's id, as it stands in rows

Means = Literal["sent", "delivered", "failed"]


@dataclass(frozen=True, slots=True)
class Sent:
    """Taken. `cost` in units of `currency` (ISO 4217)."""

    vendor_id: str | None = None
    cost: Decimal | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Temporary:
    """Surely not taken; worth another try later."""

    reason: str


@dataclass(frozen=True, slots=True)
class Permanent:
    """Surely not taken; another try would end the same. `elsewhere`: another carrier may manage (no route, a sender
    this carrier refuses); without it the number, or its owner, is why."""

    reason: str
    elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """May have been taken."""

    reason: str


Outcome = Sent | Temporary | Permanent | Ambiguous


class Gateway(Protocol):
    """A carrier of SMS. `name` stands in the rows it sent, at most 24 characters."""

    @property
    def name(self) -> str: ...

    def send(self, phone: str, text: str) -> Outcome:
        """Hand over one message. `phone` in E.164. Called from several threads at once; must not raise for
        anything a network or a carrier does."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a mail. `media_type` with its parameters: `text/calendar; method=REQUEST`."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """One e-mail to one address. `message_id` like `<token@host>`: the same again marks a repeat."""

    to: str
    subject: str
    text: str
    attachments: tuple[Attachment, ...]
    message_id: str


class Mailer(Protocol):
    """A carrier of e-mail; `name` as a gateway's."""

    @property
    def name(self) -> str: ...

    def mail(self, message: Mail) -> Outcome:
        """Hand over one mail, as `Gateway.send`."""
        ...

    def close(self) -> None:
        """Let go of connections."""
        ...


@dataclass(frozen=True, slots=True)
class Heard:
    """A message somebody sent to us. `sender` in E.164, or as it came where it is no such number; `id` is empty where
    the carrier gives none; `at` is aware, None where the carrier does not tell a moment."""

    id: str
    sender: str
    to: str
    text: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Reported:
    """What became of a message we sent: the carrier's word for it, and what that word means, if anything known.

    `phone` as the carrier writes it, empty where it does not."""

    vendor_id: str
    status: str
    phone: str
    means: Means | None = None

    @property
    def id(self) -> str:
        """What `Collector.settled` takes: this word about this message."""
        return f"{self.vendor_id} {self.status}"


class Collector(Protocol):
    """A carrier that must be asked. It answers the same again until told that what it said is kept: call `done` and
    `settled` after our own commit, never before. All raise what the carrier's database raises."""

    def heard(self, limit: int) -> list[Heard]:
        """Up to `limit` messages to us, the oldest first."""
        ...

    def done(self, ids: Sequence[str]) -> None:
        """The messages with these ids are kept on our side."""
        ...

    def reports(self, limit: int) -> list[Reported]:
        """Up to `limit` changes of what became of our messages, the oldest first."""
        ...

    def settled(self, ids: Sequence[str]) -> None:
        """The reports with these ids are kept on our side."""
        ...
