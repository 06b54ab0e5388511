"""What becomes of a visit that is over: the question what the visitor thinks of it, where the office asks that.

Asked are those with a booking, as nobody else left a number; once for each visit, a while after it, so that nobody is
asked under the eyes of the clerk; never in quiet hours, and never who wants no messages. Who is asked gets an
invitation of their own: whoever puts the rooms together hands in what makes one (`Invite`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from notifications import outbox
from notifications.compose import compose
from notifications.outbox import Message
from notifications.wording import opinion
from scheduler.foundation.privacy import Vault
from scheduler.offices import Office, Offices

AFTER = timedelta(minutes=10)     # the visit was finished
WORTH_ASKING = timedelta(days=2)  # later nobody remembers

# Makes an invitation for a visit and answers its address; None where nobody is to be asked, or was before.
Invite = Callable[[Connection, Office, int, datetime], str | None]


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes about the visit of an entry (`COLUMNS`, `visit_id`); without `invite` nobody is asked."""

    connection: Connection
    offices: Offices
    vault: Vault
    now: datetime
    invite: Invite | None

    def served(self, entry: Any) -> Message | None:
        """A visit was finished at a counter."""
        if self.invite is None or entry.visit_id is None:
            return None
        office = self.offices.by_id(self.connection, entry.office_id)
        address = self.invite(self.connection, office, entry.visit_id, self.now)
        if address is None:
            return None
        return compose(self.connection, self.offices, self.vault, entry, opinion.KIND, due_at=self.now + AFTER,
                       expires_at=self.now + WORTH_ASKING, rank=outbox.QUESTION,
                       text=lambda office, _service, _who: opinion.ask(entry.language, office, address))
