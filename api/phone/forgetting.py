"""What people wrote and were answered is forgotten once it is of no use."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from api.phone import repeats
from api.phone.conversation import dialogues
from api.phone.tables import ussd_sessions
from notifications.tables import ANSWERS, outbox

HEARD = timedelta(days=2)      # longer than a vendor repeats a message
SESSIONS = timedelta(days=1)
DIALOGUES = timedelta(days=7)  # the language and the office that a phone means
ANSWERED = timedelta(days=7)

_SESSIONS = sa.delete(ussd_sessions).where(ussd_sessions.c.at < bindparam("before"))
# The row stays, as it was paid for; what it said and to whom goes.
_ANSWERS = sa.update(outbox).where(
    ANSWERS, outbox.c.created_at < bindparam("before"), outbox.c.state.not_in(("queued", "sending")),
).values(text="", address=None, phone_hash=None)


def forget(connection: Connection, now: datetime) -> None:
    """Forget what is past its time at `now`."""
    repeats.forget(connection, now - HEARD)
    dialogues.forget(connection, now, now - DIALOGUES)
    connection.execute(_SESSIONS, {"before": now - SESSIONS})
    connection.execute(_ANSWERS, {"before": now - ANSWERED})
