"""`antre rekey`: personal data sealed anew under the secret in use, so that older secrets can be given up."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from datetime import date
from functools import partial

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam
from sqlalchemy.exc import IntegrityError

from api.commands.examine import SEALED
from api.commands.ground import announce, opened
from api.commands.problems import Failure
from notifications.tables import opt_outs, outbox
from scheduler.foundation import config
from scheduler.foundation.clock import SystemClock
from scheduler.foundation.config import Settings
from scheduler.foundation.database import Database
from scheduler.foundation.journal import record
from scheduler.foundation.privacy import SealBroken, Vault
from scheduler.keeping_tables import waiting
from scheduler.offices import Offices
from scheduler.tables import bookings
from ticketing.codes import Forged, Mint
from ticketing.tables import visits

BATCH = 200  # rows a transaction: short enough that nobody at a door notices

Rewrite = Callable[[Connection, Vault, sa.Row[tuple[int, bytes]]], bool]


def configure(parser: argparse.ArgumentParser) -> None:
    """Name the options."""
    parser.epilog = ("First put the new secret into ANTRE_SECRET_KEY and the one before into ANTRE_SECRET_KEY_OLD,\n"
                     "and restart every process. Then run this, while they work; it may be stopped and started again.\n"
                     "It says from which day on the old secret is needed no more.\n\n"
                     "example:\n  antre rekey")
    parser.set_defaults(run=run)


def run(_options: argparse.Namespace) -> int:
    """Seal every row anew and say what remains."""
    settings = config.load()
    vault = Vault(settings.secrets)
    with opened(settings) as database:
        done = left = 0
        for table, column in SEALED:
            written, remaining = _walk(database, vault, table, column, _REWRITES[column])
            done, left = done + written, left + remaining
        if done:
            now = SystemClock().now()
            database.write(lambda connection: record(connection, "rekeyed", at=now, data={"rows": done}))
        announce(f"{done} rows sealed anew.")
        if left:
            raise Failure(f"{left} rows could not be: no secret opens them, or they clash; `antre doctor` says more.")
        announce(_advice(database, settings))
    return 0


def _walk(
    database: Database, vault: Vault, table: sa.Table, column: sa.Column[bytes], rewrite: Rewrite
) -> tuple[int, int]:
    """Rewrite a table's older rows, batch by batch in the order of their ids; how many were, how many could not be."""
    query = (sa.select(table.c.id, column.label("sealed"))
             .where(column.is_not(None), table.c.id > bindparam("after")).order_by(table.c.id).limit(BATCH))

    def batch(after: int, connection: Connection) -> tuple[int, int, int | None]:
        rows = connection.execute(query, {"after": after}).all()
        old = [row for row in rows if not vault.is_current(row.sealed)]
        written = sum(_attempt(connection, vault, rewrite, row) for row in old)
        return written, len(old) - written, rows[-1].id if rows else None

    done = left = 0
    last: int | None = 0
    while last is not None:
        written, remaining, last = database.write(partial(batch, last))
        done, left = done + written, left + remaining
    return done, left


def _attempt(connection: Connection, vault: Vault, rewrite: Rewrite, row: sa.Row[tuple[int, bytes]]) -> bool:
    try:
        with connection.begin_nested():
            return rewrite(connection, vault, row)
    except (IntegrityError, SealBroken):
        return False


# Each writes only over what it read: a row erased in between stays erased.
_BOOKING = sa.update(bookings).where(bookings.c.id == bindparam("of"), bookings.c.sealed == bindparam("was")).values(
    sealed=bindparam("to_sealed"), nik_hash=bindparam("to_nik"), phone_hash=bindparam("to_phone"))
_WAITING = sa.update(waiting).where(waiting.c.id == bindparam("of"), waiting.c.sealed == bindparam("was")).values(
    sealed=bindparam("to_sealed"), nik_hash=bindparam("to_nik"), phone_hash=bindparam("to_phone"))
_MESSAGE = sa.update(outbox).where(outbox.c.id == bindparam("of"), outbox.c.address == bindparam("was")).values(
    address=bindparam("to_address"),
    phone_hash=sa.case((outbox.c.phone_hash.is_not(None), bindparam("to_phone")), else_=None))
_OPT_OUT = sa.update(opt_outs).where(opt_outs.c.id == bindparam("of"), opt_outs.c.address == bindparam("was")).values(
    address=bindparam("to_address"), phone_hash=bindparam("to_phone"))

_NOTE = sa.update(visits).where(visits.c.id == bindparam("of"), visits.c.note == bindparam("was")).values(
    note=bindparam("to_note"))


def _booking(connection: Connection, vault: Vault, row: sa.Row[tuple[int, bytes]]) -> bool:
    connection.execute(_BOOKING, _person(vault, row))
    return True


def _waiting(connection: Connection, vault: Vault, row: sa.Row[tuple[int, bytes]]) -> bool:
    connection.execute(_WAITING, _person(vault, row))
    return True


def _person(vault: Vault, row: sa.Row[tuple[int, bytes]]) -> dict[str, object]:
    person = vault.open(row.sealed)
    return {"of": row.id, "was": row.sealed, "to_sealed": vault.seal(person),
            "to_nik": vault.hash_nik(person.nik), "to_phone": vault.hash_phone(person.phone)}


def _message(connection: Connection, vault: Vault, row: sa.Row[tuple[int, bytes]]) -> bool:
    connection.execute(_MESSAGE, _addressed(vault, row))
    return True


def _opt_out(connection: Connection, vault: Vault, row: sa.Row[tuple[int, bytes]]) -> bool:
    connection.execute(_OPT_OUT, _addressed(vault, row))
    return True


def _addressed(vault: Vault, row: sa.Row[tuple[int, bytes]]) -> dict[str, object]:
    address = vault.open_bytes(row.sealed)
    return {"of": row.id, "was": row.sealed, "to_address": vault.seal_bytes(address),
            "to_phone": vault.hash_phone(address.decode())}


def _note(connection: Connection, vault: Vault, row: sa.Row[tuple[int, bytes]]) -> bool:
    connection.execute(_NOTE, {"of": row.id, "was": row.sealed,
                               "to_note": vault.seal_bytes(vault.open_bytes(row.sealed))})
    return True


_REWRITES: dict[sa.Column[bytes], Rewrite] = {
    bookings.c.sealed: _booking, waiting.c.sealed: _waiting, outbox.c.address: _message, opt_outs.c.address: _opt_out,
    visits.c.note: _note,
}


def _advice(database: Database, settings: Settings) -> str:
    """From when on the old secrets are needed no more: until then tickets signed with them are at large."""
    if not settings.secret_key_old:
        return "ANTRE_SECRET_KEY_OLD is not set, so there is nothing to remove."
    last = _last_old_ticket(database, settings)
    if last is None:
        return "ANTRE_SECRET_KEY_OLD can be removed now."
    return f"Keep ANTRE_SECRET_KEY_OLD until {last}: tickets up to that day are signed with it. Then remove it."


def _last_old_ticket(database: Database, settings: Settings) -> date | None:
    mint = Mint(Vault([settings.secret_key]).derive("ticket"))
    offices = Offices()
    with database.read() as connection:
        coming = connection.execute(
            sa.select(bookings.c.office_id, bookings.c.token, bookings.c.start).where(bookings.c.status == "booked")
        ).all()
        return max((offices.by_id(connection, row.office_id).today(row.start)
                    for row in coming if isinstance(mint.judge(row.token), Forged)), default=None)
