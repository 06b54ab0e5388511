"""The short way to let somebody in on PostgreSQL: a scanned ticket that is in time, in one all-or-nothing statement.

Arrival, kept answer, number, visit, journal entry and the day's count travel in one round trip instead of seven, and
the rows a whole hall queues for, the group's numbering and the day, are held only while the statement ends. It only
ever says "admitted": on anything else it answers None having changed nothing, and `checkin.scan` decides.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler.foundation.database import UtcDateTime
from scheduler.foundation.privacy import Vault
from scheduler.offices import Office
from scheduler.tables import bookings
from ticketing import nonces, numbers
from ticketing.checkin import masked_name
from ticketing.codes import Genuine, Mint, ScannedToken, read_scan
from ticketing.verdict import Verdict

# A nonce that was used breaks the unique rule, which undoes the whole statement. `answer` is what
# `nonces.keep` would keep: see there.
_ADMIT = sa.text(rf"""
WITH came AS (
    UPDATE bookings SET status = 'arrived', ended_at = :now
    WHERE token = :token AND office_id = :office AND status = 'booked' AND start BETWEEN :since AND :until
    RETURNING id, service_id, day_id, start, party, priority, sealed
), booking AS (
    SELECT came.*, s.letter, s.slug FROM came JOIN services s ON s.id = came.service_id
), kept AS (
    INSERT INTO scans (office_id, nonce, at, answer)
    SELECT :office, :nonce, :now, json_build_object('of', :fingerprint, 'verdict', json_build_object(
        'verdict', 'admitted', 'service', slug, 'party', party, 'priority', priority, 'booking_id', id,
        'start', to_char(start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24\:MI\:SS"Z"')))
    FROM booking WHERE :nonce IS NOT NULL
), number AS (
    INSERT INTO numberings (office_id, date, letter, last) SELECT :office, :today, letter, 1 FROM booking
    ON CONFLICT (office_id, date, letter) DO UPDATE SET last = {numbers.AFTER_LAST}
    RETURNING last
), visit AS (
    INSERT INTO visits (office_id, day_id, date, letter, number, service_id, booking_id, party, priority, due,
                        arrived_at, state, since, queue)
    SELECT :office, day_id, :today, letter, number.last, service_id, id, party, priority, start, :now, 'waiting', :now,
           letter
    FROM booking, number
    RETURNING id, number
), entry AS (
    INSERT INTO journal (at, kind, office_id, booking_id, day_id, visit_id, staff_id, unread)
    SELECT :now, 'admitted', :office, booking.id, booking.day_id, visit.id, :staff, false FROM booking, visit
), day AS (
    UPDATE days SET arrived = arrived + booking.party FROM booking WHERE days.id = booking.day_id
)
SELECT booking.id, slug, letter, visit.number, start, party, priority, sealed FROM booking, visit
""").bindparams(  # noqa: S608 - a text of ours
    *(bindparam(name, type_=UtcDateTime) for name in ("now", "since", "until")), bindparam("today", type_=sa.Date),
    *(bindparam(name, type_=sa.String) for name in ("token", "nonce", "fingerprint")),
    *(bindparam(name, type_=sa.Integer) for name in ("office", "staff")),
).columns(start=UtcDateTime, sealed=bookings.c.sealed.type)


def admit_at_once(connection: Connection, office: Office, *, text: str, nonce: str | None, now: datetime, vault: Vault,
                  mint: Mint, staff_id: int) -> Verdict | None:
    """Let in whose ticket was scanned in time, on an autocommitting connection; None with nothing changed otherwise.

    Arguments and answer are those of `checkin.scan`. Raises Refusal invalid_request for a nonce that cannot be kept,
    and IntegrityError, with nothing changed, for one that was used: `Database.run` then takes the long way.
    """
    scanned = read_scan(text)
    judged = mint.judge(scanned.token) if isinstance(scanned, ScannedToken) else None
    if not isinstance(judged, Genuine) or (judged.office_id, judged.day) != (office.id, office.today(now)):
        return None
    if nonce is not None:
        nonces.check(nonce)
    row = connection.execute(_ADMIT, {
        "token": judged.token, "office": office.id, "today": judged.day, "now": now, "staff": staff_id,
        "since": now - timedelta(minutes=office.rules.late_minutes),
        "until": now + timedelta(minutes=office.rules.early_minutes),
        "nonce": nonce, "fingerprint": nonces.fingerprint(text),
    }).one_or_none()
    if row is None:
        return None
    return Verdict("admitted", number=numbers.show(row.letter, row.number), service=row.slug, start=row.start,
                   name=masked_name(vault, row.sealed), party=row.party, priority=row.priority, booking_id=row.id)
