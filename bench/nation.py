"""Every regency and city of Indonesia as an office with full books: what the capacity job must cope with."""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import msgspec
import sqlalchemy as sa
from sqlalchemy import Connection

from bench.stage import Stage
from scheduler import shows
from scheduler.foundation.database import Database
from scheduler.keeping_tables import learnt
from scheduler.offices import Office, Offices
from scheduler.shown import SILENT, YES, DayShown, Tally
from scheduler.tables import days

REGENCIES = Path(__file__).parent / "regencies" / "regencies.csv"
BOOKED = 76      # people on each day
TAUGHT = 40      # days each office has learnt from
_WITA = ("51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76")
_WIT = ("81", "82", "91", "92", "93", "94", "95", "96")


def texts(count: int) -> list[str]:
    """The first `count` regencies and cities as office files: Balikpapan's own, open every day of the week."""
    example = files("scheduler").joinpath("examples/balikpapan.toml").read_text(encoding="utf-8")
    with REGENCIES.open(encoding="utf-8") as rows:
        named = list(csv.DictReader(rows))[:count]
    return [_text(example, row["code"], row["name"]) for row in named]


def _text(example: str, code: str, name: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-")
    own = {'slug = "balikpapan"': f'slug = "{slug}"', "Disdukcapil Kota Balikpapan": f"Disdukcapil {name}",
           "Asia/Makassar": _zone(code), "[hours]\n": f"[hours]\n{_weekend()}"}
    for old, new in own.items():
        example = example.replace(old, new, 1)
    return re.sub(r'\[holidays\]\ncountry = "ID"\ncategories = .*\n', "", example)


def _zone(code: str) -> str:
    province = code[:2]
    return "Asia/Jayapura" if province in _WIT else "Asia/Makassar" if province in _WITA else "Asia/Jakarta"


def _weekend() -> str:
    return "".join(f'{day} = ["07:30-12:00", "13:00-16:00"]\n' for day in ("saturday", "sunday"))


# -- full books -------------------------------------------------------------------------------------------------

# Whole starts from the morning on until the day has its people; each place goes to another of the group's services.
_CHOSEN = """
WITH counted AS (
    SELECT id, day_id, office_id, letter, start, places,
           sum(places) OVER (PARTITION BY day_id ORDER BY start, letter) AS so_far
    FROM slots WHERE office_id IN (SELECT office_id FROM learnt)
), chosen AS (SELECT * FROM counted WHERE so_far <= :booked),
ranked AS (
    SELECT id, office_id, letter, row_number() OVER (PARTITION BY office_id, letter ORDER BY position) - 1 AS place,
           count(*) OVER (PARTITION BY office_id, letter) AS of_all FROM services
), places AS (SELECT 1 AS n UNION SELECT 2 UNION SELECT 3 UNION SELECT 4)
"""
_BOOK = _CHOSEN + """
INSERT INTO bookings (office_id, service_id, day_id, slot_id, token, sequence, status, start, party, moves, channel,
                      language, created_at, nik_hash, phone_hash, phone_seat)
SELECT c.office_id, r.id, c.day_id, c.id, 'bench-' || c.id || '-' || p.n, 0, 'booked', c.start, 1, 0,
       CASE (c.id + p.n) % 4 WHEN 0 THEN 'sms' WHEN 1 THEN 'ussd' ELSE 'web' END, 'id', {created}, {hash}, {hash}, 1
FROM chosen c JOIN places p ON p.n <= c.places
JOIN ranked r ON r.office_id = c.office_id AND r.letter = c.letter AND r.place = (c.id + p.n) % r.of_all
"""
_HOW = {
    "sqlite": {"created": "datetime(c.start, '-' || ((c.id + p.n) % 20) || ' days')", "hash": "randomblob(16)"},
    "postgresql": {"created": "c.start - ((c.id + p.n) % 20) * interval '1 day'",
                   "hash": "decode(md5(c.id || '-' || p.n), 'hex')"},
}
_TAKE = ("UPDATE slots SET taken = (SELECT count(*) FROM bookings WHERE slot_id = slots.id) "
         "WHERE office_id IN (SELECT office_id FROM learnt)")
_COUNT = ("UPDATE days SET booked = (SELECT count(*) FROM bookings WHERE day_id = days.id), released = 200 "
          "WHERE office_id IN (SELECT office_id FROM learnt)")


def fill(on: Stage, slugs: set[str]) -> int:
    """Teach these offices and book their days full, from today to the horizon. Answers the bookings made."""
    database = on.database()
    try:
        with database.read() as connection:
            offices = [office for office in Offices().all(connection) if office.slug in slugs]
        database.write(lambda connection: _teach(connection, offices))
        database.write(lambda connection: _book(connection, on.kind))
        _settle(database, on.kind)
        with database.read() as connection:
            return int(connection.scalar(sa.text("SELECT count(*) FROM bookings")) or 0)
    finally:
        database.close()


def _teach(connection: Connection, offices: list[Office]) -> None:
    now = datetime.now(UTC)
    connection.execute(learnt.insert(), [
        {"office_id": office.id, "at": now, "rates": _taught(office, now.date())}
        for office in offices])


def _taught(office: Office, today: date) -> object:
    return msgspec.to_builtins(shows.learn(list(_shown(office, today))), str_keys=True)


def _shown(office: Office, today: date) -> Iterator[DayShown]:
    """Days that are over at an office where four of five come, those who said so more often."""
    chance = random.Random(office.id)
    services = [service.id for service in office.services]
    for n in range(TAUGHT, 0, -1):
        tallies = []
        for service in services:
            for answer, people, come in ((YES, 3, 0.95), (SILENT, 6, 0.73)):
                came = sum(chance.random() < come for _ in range(people))
                tallies.append(Tally(service, n % 5, ("web", "sms", "ussd")[n % 3], answer, people, came))
        came = sum(tally.came for tally in tallies)
        late = (came // 8, came // 4, came // 2, *[1] * 5, 0, 0, 0)
        walk_ins = tuple(3 if 8 <= hour < 12 else 0 for hour in range(24))
        yield DayShown(today - timedelta(days=n), tuple(tallies), late, walk_ins)


def _book(connection: Connection, kind: str) -> None:
    connection.execute(sa.text(_BOOK.format(**_HOW[kind])), {"booked": BOOKED})
    connection.execute(sa.text(_TAKE))
    connection.execute(sa.text(_COUNT))


def unsettle(on: Stage) -> None:
    """Let every day of these offices stand otherwise than it should, so that a run has all of them to write."""
    database = on.database()
    try:
        database.write(lambda connection: connection.execute(sa.text(_COUNT)))
    finally:
        database.close()


def _settle(database: Database, kind: str) -> None:
    """What a database does by itself after a while: statistics of what was written at once."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM ANALYZE" if kind == "postgresql" else "ANALYZE"))


def open_days(on: Stage) -> int:
    """How many days of all offices have places."""
    database = on.database()
    try:
        with database.read() as connection:
            return int(connection.scalar(sa.select(sa.func.count()).select_from(days).where(~days.c.closed)) or 0)
    finally:
        database.close()
