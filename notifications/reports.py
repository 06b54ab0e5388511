"""What the vendor says later: delivered, or not.

A report is kept once (its vendor, id and status are unique) and moves a message only forward. It may come before our
own mark is committed; then it waits unlinked, and delivery links it with its next commit: by the vendor's id, or when
we never learnt that, because the answer or the worker was lost, by the message that was on the network to its number.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam
from sqlalchemy.dialects import postgresql, sqlite

from notifications.claims import report_failure
from notifications.tables import UNSETTLED, delivery_reports, outbox
from scheduler.foundation.privacy import Vault

# Africa's Talking's words for what became of a message; others are kept and change nothing. Other carriers say
# themselves what their words mean.
BECOMES = {
    "Sent": "sent", "Submitted": "sent", "Buffered": "sent",
    "Success": "delivered",
    "Failed": "failed", "Rejected": "failed", "AbsentSubscriber": "failed", "Expired": "failed",
}
_NUMBER = re.compile(r"\+?\d[\d .-]{6,}\d")  # a phone or a NIK in a carrier's words; a network or an error is shorter
_MEANS = "means"  # where a carrier's own meaning is kept, among the report's fields

# Which states a report may change. Delivered is final; a phone that answers at last is delivered after a failure.
_FROM = {
    "sent": ("sending", "unknown"),
    "failed": ("sending", "unknown", "sent"),
    "delivered": ("sending", "unknown", "sent", "failed"),
}

LINKED_WITHIN = timedelta(minutes=15)  # a report that finds no message for so long is about none of ours
SETTLED_WITHIN = timedelta(hours=24)  # the vendor gives up on a message sooner

_KEPT = ("gateway", "vendor_id", "status")
_VALUES: dict[str, Any] = {name: bindparam(name) for name in ("at", *_KEPT, "fields")}
_KEEP = {
    "sqlite": sqlite.insert(delivery_reports).values(_VALUES).on_conflict_do_nothing(index_elements=_KEPT)
    .returning(delivery_reports.c.id),
    "postgresql": postgresql.insert(delivery_reports).values(_VALUES).on_conflict_do_nothing(index_elements=_KEPT)
    .returning(delivery_reports.c.id),
}

_MESSAGE = [outbox.c[name] for name in ("id", "vendor_id", "state", "kind", "office_id", "booking_id", "waiting_id")]
_BY_VENDOR_ID = sa.select(*_MESSAGE).where(
    outbox.c.vendor_id == bindparam("their_id"), outbox.c.gateway == bindparam("carrier")
)
_WITHOUT_ID = (
    sa.select(*_MESSAGE)
    .where(
        UNSETTLED, outbox.c.phone_hash.in_(bindparam("phones", expanding=True)),
        outbox.c.gateway == bindparam("carrier"), outbox.c.sent_at > bindparam("since"),
    )
    .limit(2)
)
_RECOGNISE = sa.update(outbox).where(outbox.c.id == bindparam("message"), outbox.c.vendor_id.is_(None)).values(
    vendor_id=bindparam("their_id")
)
_SUSPECT = sa.update(delivery_reports).where(delivery_reports.c.id == bindparam("report")).values(
    suspect_id=bindparam("message")
)
_LINK = sa.update(delivery_reports).where(delivery_reports.c.id == bindparam("report")).values(
    outbox_id=bindparam("message")
)
_SETTLE = {
    state: sa.update(outbox)
    .where(outbox.c.id == bindparam("message"), outbox.c.state.in_(earlier))
    .values(state=state, settled_at=bindparam("now"), error=bindparam("why"), claimed_until=None)
    for state, earlier in _FROM.items()
}
_BY_THEIR_ID = sa.and_(outbox.c.vendor_id == delivery_reports.c.vendor_id,
                       outbox.c.gateway == delivery_reports.c.gateway)
_AS_SUSPECTED = sa.and_(outbox.c.id == delivery_reports.c.suspect_id, outbox.c.state == "unknown",
                        outbox.c.vendor_id.is_(None))
_UNLINKED = (
    sa.select(delivery_reports.c.id.label("report_id"), delivery_reports.c.vendor_id.label("their_id"),
              delivery_reports.c.status, delivery_reports.c.fields, *_MESSAGE)
    .join_from(delivery_reports, outbox, _BY_THEIR_ID | _AS_SUSPECTED)
    .where(delivery_reports.c.outbox_id.is_(None), delivery_reports.c.at > bindparam("since"))
    .order_by(delivery_reports.c.id)
)
_ANY_UNLINKED = _UNLINKED.order_by(None).limit(1)


def take(
    connection: Connection,
    vault: Vault,
    *,
    gateway: str,
    vendor_id: str,
    status: str,
    phone: str,
    fields: dict[str, str],
    now: datetime,
    becomes: str | None = None,
) -> bool:
    """Keep one report and do what it says; False when it came before.

    `phone` as the vendor writes it, or empty; it is looked at and not kept. `fields` are the vendor's others,
    kept without the numbers in their words: they are journalled, and never erased.
    `becomes` is the state that the carrier says it means: sent, delivered or failed; without it `BECOMES` says.
    """
    fields = {name: _NUMBER.sub("...", text) for name, text in fields.items()}
    if becomes is not None:
        fields = {**fields, _MEANS: becomes}
    values = {"at": now, "gateway": gateway, "vendor_id": vendor_id, "status": status, "fields": fields}
    report_id = connection.execute(_KEEP[connection.dialect.name], values).scalar_one_or_none()
    if report_id is None:
        return False
    message = connection.execute(_BY_VENDOR_ID, {"their_id": vendor_id, "carrier": gateway}).first()
    if message is None:
        message = _recognise(connection, vault, gateway, phone, now)
        if message is not None and message.state == "sending":
            connection.execute(_SUSPECT, {"report": report_id, "message": message.id})
            return True
    if message is not None:
        _apply(connection, report_id, message, vendor_id, status, fields, now)
    return True


def any_unlinked(connection: Connection, now: datetime) -> bool:
    """Whether a report came before the message it is about was marked."""
    return connection.execute(_ANY_UNLINKED, {"since": now - LINKED_WITHIN}).first() is not None


def link(connection: Connection, now: datetime) -> None:
    """Apply the reports that came early."""
    for row in connection.execute(_UNLINKED, {"since": now - LINKED_WITHIN}).all():
        _apply(connection, row.report_id, row, row.their_id, row.status, row.fields, now)


def _recognise(connection: Connection, vault: Vault, gateway: str, phone: str, now: datetime) -> Any | None:
    """The message that this report must be about, if only one can be: the number's only message without the vendor's
    id. One that is on the network just now is only suspected: its answer may still tell us another id."""
    if not phone:
        return None
    suspects = connection.execute(_WITHOUT_ID, {
        "carrier": gateway, "since": now - SETTLED_WITHIN, "phones": vault.hashes_of_phone(phone)}).all()
    return suspects[0] if len(suspects) == 1 else None


def _apply(
    connection: Connection, report_id: int, message: Any, vendor_id: str, status: str, fields: dict[str, str],
    now: datetime,
) -> None:
    known = message.vendor_id is not None
    if not known and not connection.execute(_RECOGNISE, {"message": message.id, "their_id": vendor_id}).rowcount:
        return  # another report came first; if it was of the same id, this one is linked by that next time
    connection.execute(_LINK, {"report": report_id, "message": message.id})
    state = fields.get(_MEANS) or BECOMES.get(status)
    if state is None:
        return
    why = fields.get("failureReason", status) if state == "failed" else None
    moved = connection.execute(_SETTLE[state], {"message": message.id, "now": now, "why": why}).rowcount
    if moved and state == "failed":
        report_failure(connection, message, why, now)
