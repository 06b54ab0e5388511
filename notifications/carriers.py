"""The carriers of this process: in which order they are asked, which are left alone, what a message costs with each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy import Connection

from notifications.breaker import Breaker
from notifications.gateways.base import Ambiguous, Gateway, Mail, Mailer, Outcome, Sent, Temporary
from notifications.rounds import Tried
from scheduler.foundation.journal import TELLING, journal, record

SMS, EMAIL = "sms", "email"
SOON = timedelta(seconds=5)  # while a probe is out

_LAST_CHANGES = (
    sa.select(journal.c.kind, journal.c.data)
    .where(TELLING, journal.c.kind.in_(("carrier_down", "carrier_up")))
    .order_by(journal.c.at.desc(), journal.c.id.desc())
    .limit(200)
)

Price = tuple[Decimal, str]  # and the currency


@dataclass(slots=True)
class Ways:
    """How messages of one medium may go at one moment: `names` in the order in which they are asked, how many each may
    be given (`free`), and from when on one that is left alone may be asked (`again`). A claim counts down its own copy.
    """

    medium: str
    names: tuple[str, ...]
    free: dict[str, int]
    again: dict[str, datetime]
    prices: Mapping[str, Price] = field(default_factory=dict)

    def copy(self) -> Ways:
        """To count down."""
        return Ways(self.medium, self.names, dict(self.free), self.again, self.prices)

    @property
    def room(self) -> int:
        """How many messages may be given away in all."""
        return sum(self.free.values())

    def choose(self, tried: Tried) -> str | None:
        """The first carrier that did not refuse the message and may be given one."""
        return next((name for name in tried.left(self.names) if self.free[name]), None)

    def when(self, tried: Tried, now: datetime) -> datetime:
        """From when on one of those that did not refuse it may be asked."""
        soonest = min((self.again.get(name, now) for name in tried.left(self.names)), default=now)
        return max(soonest, now + SOON)


@dataclass(frozen=True, slots=True)
class Change:
    """A breaker opened (`carrier_down`) or closed (`carrier_up`)."""

    kind: str
    carrier: str
    at: datetime
    error: str | None = None

    def journal(self, connection: Connection) -> None:
        """Write it down."""
        told = {"carrier": self.carrier} | ({} if self.error is None else {"error": self.error})
        record(connection, self.kind, at=self.at, data=told)


class Carriers:
    """SMS carriers in the order in which they are tried, and the mailer if there is one. Not for several threads at
    once, except `send` and `mail`."""

    def __init__(self, gateways: Sequence[Gateway], mailer: Mailer | None = None) -> None:
        self._gateways = {gateway.name: gateway for gateway in gateways}
        self._mailer = mailer
        self._names = {SMS: tuple(self._gateways), EMAIL: (mailer.name,) if mailer else ()}
        self._breakers = {name: Breaker() for names in self._names.values() for name in names}
        self._prices: dict[str, Price] = {}

    def ways(self, medium: str, now: datetime) -> Ways:
        """How messages of the medium may go now."""
        names = self._names[medium]
        breakers = {name: self._breakers[name] for name in names}
        return Ways(
            medium, names, {name: breaker.free(now) for name, breaker in breakers.items()},
            {name: breaker.retry_at for name, breaker in breakers.items() if breaker.retry_at is not None},
            dict(self._prices),
        )

    def names(self, medium: str) -> tuple[str, ...]:
        """The medium's carriers in their order."""
        return self._names[medium]

    def resume(self, connection: Connection, now: datetime) -> None:
        """Begin where the process before this one ended: a carrier that was down gets one message first."""
        newest: dict[str, str] = {}
        for row in connection.execute(_LAST_CHANGES):
            newest.setdefault((row.data or {}).get("carrier", ""), row.kind)
        for name, breaker in self._breakers.items():
            if newest.get(name) == "carrier_down":
                breaker.stay_open(now)

    def send(self, carrier: str, phone: str, text: str) -> Outcome:
        """Hand over one SMS."""
        return self._gateways[carrier].send(phone, text)

    def mail(self, message: Mail) -> Outcome:
        """Hand over one e-mail."""
        if self._mailer is None:
            raise LookupError("no mailer")
        return self._mailer.mail(message)

    def given(self, carrier: str) -> int:
        """A message goes to the carrier; its number there."""
        return self._breakers[carrier].given()

    def landed(self, carrier: str, number: int, outcome: Outcome, now: datetime) -> Change | None:
        """What came back says how the carrier is; the change, if there was one.

        A refusal of one number shows that the carrier works. Temporary and Ambiguous are its own doing.
        """
        breaker = self._breakers[carrier]
        if isinstance(outcome, Sent) and outcome.cost is not None and outcome.currency is not None:
            self._prices[carrier] = (outcome.cost, outcome.currency)
        if isinstance(outcome, Temporary | Ambiguous):
            opened = breaker.failed(number, now)
            return Change("carrier_down", carrier, now, outcome.reason) if opened else None
        return Change("carrier_up", carrier, now) if breaker.worked(number) else None

    def spared(self, carrier: str, number: int) -> None:
        """The message never came to the carrier."""
        self._breakers[carrier].spared(number)

    def close(self) -> None:
        """Let go of their connections."""
        for gateway in self._gateways.values():
            gateway.close()
        if self._mailer is not None:
            self._mailer.close()
