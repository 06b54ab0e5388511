"""The numbers of an office, as its file sets them and its row keeps them (pure)."""

from __future__ import annotations

from decimal import Decimal

import msgspec


class KeepStep(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """From `at` on, keep `keep` places back for walk-ins. `at`: `-1d 16:00` (the day before) or `10:00`."""

    at: str
    keep: int


class Spending(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An amount of money, in units of the currency (ISO 4217)."""

    amount: Decimal
    currency: str

    def __str__(self) -> str:
        return f"{self.currency} {self.amount}"


class Rules(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The numbers of an office. Minutes and days are whole; `low`..`high` is the band of visitors a day."""

    low: int
    high: int
    horizon_days: int = 30
    notice_minutes: int = 60
    per_phone: int = 5
    max_moves: int = 3
    max_party: int = 5
    early_minutes: int = 30       # admitted at most so long before the start
    late_minutes: int = 30        # still on time so long after; later ones are served after those on time
    erase_after_days: int = 30
    risk_percent: int = 5         # the chance of more than `high` visitors that may be run when places are opened
    pace_percent: int = 100       # of the counters' time that is given to bookings; the rest lets them catch up
    portions: int = 1             # in so many parts, at moments nobody can foresee, a new day is opened
    walk_in_keep: int = 0         # kept back for walk-ins until a step says otherwise
    walk_in_steps: tuple[KeepStep, ...] = ()
    evening_reminder: str = "16:00"   # local, on the day before
    late_reminder_minutes: int = 120  # before the start
    quiet_from: str = "20:00"         # local; nothing that nobody waits for is sent inside quiet hours
    quiet_to: str = "06:30"
    answers_an_hour: int = 300        # by SMS, of all phones together; beyond that nothing is explained any more
    daily_spending: Spending | None = None  # on SMS, a day of the office's own; none is without limit
    priority_in_a_row: int = 2        # calls of people with priority while others of the queue wait
    absent_after: int = 3             # others of the queue called before an absent visitor is called again
    absent_calls: int = 2             # not answered, and the visitor is gone
    silent_minutes: int = 3           # a counter whose page was silent so long frees the person at it
    soon_minutes: int = 0             # an SMS so long before one's turn; 0 sends none
    survey: bool = False              # an SMS after the visit asks what the visitor thinks (SKM)
