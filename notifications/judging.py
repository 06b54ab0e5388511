"""What is to become of a message whose turn has come: it goes, waits, is dropped or has failed.

    dropped     no longer true, or not wanted: nobody needs to do anything
    failed      it should have gone and could not: someone should call
    waits       for a carrier, for the end of quiet hours, for tomorrow's money
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from notifications import opt_outs, spending
from notifications.carriers import SMS, Ways
from notifications.outbox import ASKED, FACT, QUESTION
from notifications.rounds import Tried
from notifications.spending import Purse
from notifications.windows import Habit
from scheduler.foundation.privacy import SealBroken, Vault
from scheduler.offices import Office, Offices

# A cancellation is about a cancelled booking, a turn in the hall and the survey about one whose visitor came, all else
# about one that stands.
STATUS_TOLD = {"cancellation": "cancelled", "soon": "arrived", "survey": "arrived"}
IN_LINE = ("waiting", "offered")  # states of an entry of the waiting list
AWAKE = timedelta(minutes=15)  # who booked a moment ago is not woken by the answer
NO_CARRIER = "no carrier"
OPTED_OUT = "opted out"


@dataclass(frozen=True, slots=True)
class Goes:
    """To this carrier; `tried` as the row is to have it."""

    carrier: str
    tried: Tried


@dataclass(frozen=True, slots=True)
class Ends:
    """In this state, and why."""

    state: str
    why: str


@dataclass(frozen=True, slots=True)
class Waits:
    """Until then. `held` says why, unless it waits for a carrier only."""

    until: datetime
    held: str | None = None


Verdict = Goes | Ends | Waits


def _overtaken(row: Any) -> str | None:
    """Why what the message says is not so any more; None while it is.

    An answer to what a phone asked has neither sequence nor entry: it says what was so when it was asked.
    """
    if row.kind == "offer" and row.offer_state != "open":
        return "the offer is over"
    if row.kind == "waiting_kept" and row.waiting_state != "waiting":  # another offer may be there by now
        return "no longer waiting"
    if row.kind == "waiting" and row.waiting_state not in IN_LINE:
        return "no longer waiting"
    if row.booking_id is None or row.sequence is None:
        return None
    told = STATUS_TOLD.get(row.kind, "booked")
    return "the booking changed" if (row.booking_status, row.booking_sequence) != (told, row.sequence) else None


class Judge:
    """Judges the messages of one claim, in their order, within its transaction. `outage`: no carrier of theirs takes
    any; `over_limit` are the offices whose money for today is spent, by id."""

    def __init__(self, connection: Connection, vault: Vault, offices: Offices, ways: Ways, now: datetime, *,
                 outage: bool = False) -> None:
        self._connection = connection
        self._vault = vault
        self._offices = offices
        self._ways = ways.copy()
        self._now = now
        self._outage = outage
        self.over_limit: dict[int, Office] = {}
        self._purse = Purse(connection, ways.prices, now)

    def judge(self, row: Any) -> Verdict:
        """What becomes of it. `row` as `claims` reads it."""
        return self._pointless(row) or self._held_back(row) or self._way(row)

    # -- whether it should go at all ---------------------------------------------------------------------------

    def _pointless(self, row: Any) -> Ends | None:
        if row.address is None:
            return Ends("dropped", "no number" if row.medium == SMS else "no address")
        if overtaken := _overtaken(row):
            return Ends("dropped", overtaken)
        if row.medium == SMS and row.rank != ASKED and self._wants_none(row):
            return Ends("dropped", OPTED_OUT)
        if row.expires_at is not None and row.expires_at <= self._now:
            return self._too_late(row)
        if not self._ways.names or row.medium != self._ways.medium:
            return Ends("failed", f"{NO_CARRIER} of {row.medium}")
        return None

    def _wants_none(self, row: Any) -> bool:
        if row.is_out:
            return True
        if not self._vault.rotates:
            return False
        try:  # until all is rekeyed, message and wish may be hashed under different keys
            return opt_outs.is_out(self._connection, self._vault, self._vault.open_bytes(row.address).decode())
        except SealBroken:
            return False

    def _too_late(self, row: Any) -> Ends:
        """One that nobody could send in time has failed; one that merely was not looked at is dropped."""
        if row.held == "spending":
            return Ends("failed", spending.REASON)
        if row.attempts or row.tried:
            return Ends("failed", row.error or NO_CARRIER)
        return Ends("failed", NO_CARRIER) if self._outage else Ends("dropped", "too late")

    # -- whether it may go now ---------------------------------------------------------------------------------

    def _held_back(self, row: Any) -> Waits | None:
        office = self._office(row.office_id)
        if office is None or row.medium != SMS or row.rank not in (FACT, QUESTION):
            return None
        if row.kind == "confirmation" and self._now - row.created_at < AWAKE:
            return None
        habit = Habit.of(office)
        if not habit.is_quiet(self._now):
            return None
        end = habit.quiet(self._now)[1]
        in_time = row.expires_at is None or end < row.expires_at
        return Waits(end, "quiet") if in_time else None

    def _way(self, row: Any) -> Verdict:
        names, tried = self._ways.names, Tried.read(row.tried)
        if not tried.left(names):  # the list of carriers was changed since
            tried = tried.next_round()
        if not tried.left(names):
            return Ends("failed", row.error or NO_CARRIER)
        carrier = self._ways.choose(tried)
        if carrier is None:
            return Waits(self._ways.when(tried, self._now))
        office = self._office(row.office_id) if row.medium == SMS else None
        if office is not None:
            if not self._purse.fits(office, carrier):
                return self._no_money(office, row)
            self._purse.spend(office, carrier)
        self._ways.free[carrier] -= 1
        return Goes(carrier, tried)

    def _no_money(self, office: Office, row: Any) -> Verdict:
        self.over_limit[office.id] = office
        until = spending.resumes(office, self._now)
        in_time = row.expires_at is None or until < row.expires_at
        return Waits(until, "spending") if in_time else Ends("failed", spending.REASON)

    def _office(self, office_id: int) -> Office | None:
        """None for one that is gone: its messages go by no rules."""
        try:
            return self._offices.by_id(self._connection, office_id)
        except KeyError:
            return None
