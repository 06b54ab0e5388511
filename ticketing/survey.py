"""The survey after a visit (SKM): who is asked, one answer each, and what was answered in sum.

An invitation belongs to a visit and says no more than whether it was used, and on which date. What was answered lies
apart, under a random id, with a service and a month: nothing leads from an answer to a visit. Both are written in one
transaction, the use by a guarded update, so that two answers at once count once.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam
from sqlalchemy.dialects import postgresql, sqlite

from scheduler.foundation.database import Database
from scheduler.offices import Office
from ticketing.ikm import Opinions, are_answers
from ticketing.survey_tables import invitations, opinions
from ticketing.tables import visits

OPEN_FOR = timedelta(days=14)  # an invitation can be answered so long
KEPT = timedelta(days=60)      # and so long after that a link is told from one that never was

TOKEN_LENGTH = 13              # 65 random bits
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # no i, l, o, u: people copy it by hand
_MENDED = str.maketrans("ilo", "110")

_new: dict[str, Any] = {name: bindparam(name) for name in ("token_hash", "office_id", "visit_id", "until")}
_INVITE = {
    "sqlite": sqlite.insert(invitations).values(_new).on_conflict_do_nothing(index_elements=["visit_id"])
    .returning(invitations.c.visit_id),
    "postgresql": postgresql.insert(invitations).values(_new).on_conflict_do_nothing(index_elements=["visit_id"])
    .returning(invitations.c.visit_id),
}
_LOOK = (
    sa.select(invitations.c.token_hash, invitations.c.office_id, visits.c.service_id, invitations.c.until,
              invitations.c.used)
    .join_from(invitations, visits, visits.c.id == invitations.c.visit_id)
)
_BY_TOKEN = _LOOK.where(invitations.c.token_hash == bindparam("hash"))
_BY_BOOKINGS = _LOOK.where(
    visits.c.booking_id.in_(bindparam("bookings", expanding=True)), invitations.c.used.is_(None),
    invitations.c.until > bindparam("now"),
).order_by(invitations.c.until.desc(), invitations.c.visit_id.desc()).limit(1)
_USE = sa.update(invitations).where(
    invitations.c.token_hash == bindparam("hash"), invitations.c.used.is_(None), invitations.c.until > bindparam("now"),
).values(used=bindparam("today"))
_FORGET = sa.delete(invitations).where(invitations.c.until < bindparam("before"))
_ANSWERS = sa.cast(opinions.c.answers, sa.Text)  # PostgreSQL compares no JSON
_SUMS = sa.select(opinions.c.month, opinions.c.service_id, _ANSWERS, sa.func.count()).where(
    opinions.c.office_id == bindparam("office"), opinions.c.month >= bindparam("first"),
    opinions.c.month <= bindparam("last"),
).group_by(opinions.c.month, opinions.c.service_id, _ANSWERS)


@dataclass(frozen=True, slots=True)
class Invitation:
    """Who may answer, once: somebody who came to the office for that service. `used` is the date of the answer."""

    token_hash: bytes
    office_id: int
    service_id: int
    until: datetime
    used: date | None

    def is_open(self, now: datetime) -> bool:
        """Whether it can be answered."""
        return self.used is None and now < self.until


def invite(connection: Connection, office: Office, visit_id: int, now: datetime) -> str | None:
    """The token of a new invitation; None where the office asks nobody, or the visit was invited before.

    The token is told once, here: only its hash is kept.
    """
    if not office.rules.survey:
        return None
    token = "".join(secrets.choice(_ALPHABET) for _ in range(TOKEN_LENGTH))
    made = connection.execute(_INVITE[connection.dialect.name], {
        "token_hash": _hash(token), "office_id": office.id, "visit_id": visit_id, "until": now + OPEN_FOR})
    return None if made.first() is None else token


def of_token(connection: Connection, token: str) -> Invitation | None:
    """The invitation of a link, in either case and with what people misread mended; None for one that never was."""
    plain = token.strip().lower().translate(_MENDED)
    if len(plain) != TOKEN_LENGTH:
        return None
    row = connection.execute(_BY_TOKEN, {"hash": _hash(plain)}).one_or_none()
    return None if row is None else Invitation(*row)


def of_bookings(connection: Connection, booking_ids: Sequence[int], now: datetime) -> Invitation | None:
    """The open invitation to the visit of one of these bookings, the newest of several."""
    row = connection.execute(_BY_BOOKINGS, {"bookings": list(booking_ids), "now": now}).one_or_none()
    return None if row is None else Invitation(*row)


def answer(connection: Connection, office: Office, invitation: Invitation, answers: Sequence[int], channel: str,
           now: datetime) -> bool:
    """Count the answers, nine of 1 to 4; False where the invitation was used or has lapsed meanwhile.

    They count in the office's month in which they are given, so that a month that is over changes no more. Raises
    ValueError for other answers.
    """
    if not are_answers(answers):
        raise ValueError("nine answers of 1 to 4")
    today = office.today(now)
    used = connection.execute(_USE, {"hash": invitation.token_hash, "now": now, "today": today})
    if not used.rowcount:
        return False
    connection.execute(opinions.insert().values(
        id=secrets.token_bytes(16), office_id=office.id, service_id=invitation.service_id, month=today.replace(day=1),
        channel=channel, answers=list(answers)))
    return True


def sums(connection: Connection, office: Office, first: date, last: date) -> Mapping[date, Mapping[int, Opinions]]:
    """What was answered in the months from that of `first` to that of `last`, by month and service id."""
    asked = {"office": office.id, "first": first.replace(day=1), "last": last}
    found: dict[date, dict[int, list[tuple[list[int], int]]]] = defaultdict(lambda: defaultdict(list))
    for month, service, text, people in connection.execute(_SUMS, asked):
        found[month][service].append((_numbers(text), people))
    return {month: {service: Opinions.of(given) for service, given in services.items()}
            for month, services in found.items()}


def forget_all(database: Database, now: datetime) -> None:
    """Delete invitations that lapsed long ago."""
    database.write(lambda connection: connection.execute(_FORGET, {"before": now - KEPT}))


def _numbers(text: str) -> list[int]:
    """Of a list as its JSON is written."""
    return [int(number) for number in text.strip("[]").split(",")]


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()[:16]
