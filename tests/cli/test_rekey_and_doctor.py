"""A secret given up without losing anybody, and a doctor that finds what is wrong."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from api.commands import rekey
from notifications.tables import outbox
from scheduler import bookings, waiting
from scheduler.foundation.database import Database
from scheduler.foundation.journal import journal, record
from scheduler.foundation.privacy import Vault
from scheduler.offices import Office
from scheduler.tables import bookings as rows
from scheduler.tables import days, slots
from tests import people
from tests.booked import TOMORROW, Book
from tests.cli.conftest import Environment
from tests.cli.terminal import refused, run
from tests.conftest import NOW
from tests.in_the_hall import arrive
from tests.line import Line
from ticketing import notes
from ticketing.codes import Mint
from ticketing.tables import visits

SECRET = "the secret before it was changed for tests only"
NEW = "another secret of the tests as long as it must be"
SQLITE = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def vault() -> Vault:
    """Seals with the secret that is going to be changed."""
    return Vault([SECRET])


@pytest.fixture
def installed(installed: Environment) -> Environment:
    """The installation, with that secret."""
    return installed | {"SECRET_KEY": SECRET}


@pytest.fixture
def book(database: Database, balikpapan: Office, vault: Vault, mint: Mint) -> Book:
    """Three people booked for tomorrow, and a message on its way to one of them."""
    book = Book(database, balikpapan, vault, mint)
    starts = book.starts(TOMORROW, NOW)
    for n in range(3):
        book.book(n, starts[n], NOW)
    with database.engine.begin() as connection:
        connection.execute(outbox.insert().values(
            key="test:1", office_id=balikpapan.id, kind="booked", text="Halo", state="queued", created_at=NOW,
            due_at=NOW, address=vault.seal_bytes(people.phone(1).encode())))
    return book


def _rotated(installed: Environment) -> Environment:
    return installed | {"SECRET_KEY": NEW, "SECRET_KEY_OLD": SECRET}


def test_a_secret_is_given_up_and_everybody_still_found(installed: Environment, book: Book) -> None:
    before = run("rekey", settings=installed)
    assert before.stdout.startswith("0 rows sealed anew.")

    done = run("rekey", settings=_rotated(installed))

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("4 rows sealed anew.")
    assert f"Keep ANTRE_SECRET_KEY_OLD until {TOMORROW}" in done.stdout
    fresh = Vault([NEW])
    with book.database.read() as connection:
        found = connection.execute(sa.select(rows).order_by(rows.c.id)).all()
        message = connection.scalar(sa.select(outbox.c.address))
        written = connection.scalar(sa.select(journal.c.data).where(journal.c.kind == "rekeyed"))
    assert [fresh.open(row.sealed) for row in found] == [people.person(n) for n in range(3)]
    assert [bytes(row.nik_hash) for row in found] == [fresh.hash_nik(people.nik(n)) for n in range(3)]
    assert [bytes(row.phone_hash) for row in found] == [fresh.hash_phone(people.phone(n)) for n in range(3)]
    assert message is not None
    assert fresh.open_bytes(message).decode() == people.phone(1)
    assert written == {"rows": 4}
    assert run("rekey", settings=_rotated(installed)).stdout.startswith("0 rows sealed anew.")


def test_who_waits_is_sealed_anew_and_still_found(installed: Environment, book: Book) -> None:
    Line(book).join(7)
    assert run("rekey", settings=_rotated(installed)).stdout.startswith("5 rows sealed anew.")
    with book.database.read() as connection:
        (entry,) = waiting.of_phone(connection, Vault([NEW]), people.phone(7))
    assert entry.sealed is not None
    assert Vault([NEW]).open(entry.sealed) == people.person(7)


def test_a_clerks_note_is_sealed_anew_and_the_doctor_knows_of_it(
        healthy: Environment, book: Book, vault: Vault) -> None:
    arrive(book.database, book.office, NOW, "ktp-rekam", "kk")
    book.database.write(lambda c: c.execute(sa.update(visits).where(visits.c.letter == "A").values(
        note=vault.seal_bytes(b"KK asli menyusul"))))
    assert "5 rows wait for `antre rekey`" in run("doctor", settings=_rotated(healthy)).stdout
    assert run("rekey", settings=_rotated(healthy)).stdout.startswith("5 rows sealed anew.")
    with book.database.read() as connection:
        kept = connection.scalars(sa.select(visits.c.note).order_by(visits.c.letter)).all()
    assert [notes.read(note, Vault([NEW])) for note in kept] == ["KK asli menyusul", ""]


@pytest.mark.parametrize(("table", "column", "rewrite"), [
    (rows, rows.c.sealed, rekey._booking), (outbox, outbox.c.address, rekey._message)], ids=["booking", "message"])
def test_what_is_erased_while_it_is_sealed_anew_stays_erased(
    book: Book, table: sa.Table, column: sa.Column[bytes], rewrite: rekey.Rewrite
) -> None:
    with book.database.read() as connection:
        read = connection.execute(sa.select(table.c.id, column.label("sealed")).limit(1)).one()
    book.database.write(lambda c: c.execute(sa.update(table).where(table.c.id == read.id).values({column: None})))
    book.database.write(lambda c: rewrite(c, Vault([NEW, SECRET]), read))
    with book.database.read() as connection:
        assert connection.execute(sa.select(column).where(table.c.id == read.id)).scalar_one() is None


def test_an_e_mail_is_sealed_anew_and_gets_no_hash_of_a_number(
    installed: Environment, book: Book, vault: Vault
) -> None:
    to = vault.seal_bytes(people.email(1).encode())
    book.database.write(lambda c: c.execute(outbox.insert().values(
        key="test:1:email", office_id=book.office.id, kind="booked", text="", state="queued", created_at=NOW,
        due_at=NOW, medium="email", address=to)))
    assert run("rekey", settings=_rotated(installed)).stdout.startswith("5 rows sealed anew.")
    with book.database.read() as connection:
        row = connection.execute(sa.select(outbox).where(outbox.c.medium == "email")).one()
    assert Vault([NEW]).open_bytes(row.address).decode() == people.email(1)
    assert row.phone_hash is None


def test_the_old_secret_goes_once_its_last_ticket_is_past(installed: Environment, book: Book) -> None:
    with book.database.read() as connection:
        standing = [bookings.by_id(connection, n) for n in connection.scalars(sa.select(rows.c.id))]
    for booking in standing:
        book.database.write(lambda c, booking=booking: bookings.cancel(c, booking, now=NOW))
    assert "can be removed now" in run("rekey", settings=_rotated(installed)).stdout


def test_what_no_secret_opens_is_left_and_told(installed: Environment, book: Book) -> None:
    done = run("rekey", settings=installed | {"SECRET_KEY": NEW})
    assert done.returncode == 1
    assert "4 rows could not be" in done.stderr


def _doctor(settings: Environment) -> tuple[int, list[str]]:
    done = run("doctor", settings=settings)
    assert done.stderr == ""
    return done.returncode, [line for line in done.stdout.splitlines() if line.startswith("bad")]


@pytest.fixture
def healthy(installed: Environment, book: Book) -> Environment:
    """An installation the doctor finds nothing wrong with."""
    settings = {name: value for name, value in installed.items() if name != "TEST_PEOPLE"}
    _break(book, sa.update(journal).values(unread=False))
    bad = _doctor(settings)[1]
    assert [line for line in bad if "clock is behind" not in line] == []
    return settings


def _break(book: Book, statement: sa.Update) -> None:
    with book.database.engine.begin() as connection:
        connection.execute(statement)


def test_the_doctor_finds_sums_that_do_not_agree(healthy: Environment, book: Book) -> None:
    _break(book, sa.update(days).where(days.c.date == TOMORROW).values(booked=7))
    _break(book, sa.update(slots).where(slots.c.id == sa.select(sa.func.min(rows.c.slot_id)).scalar_subquery())
           .values(taken=0))
    code, bad = _doctor(healthy)
    assert code == 1
    assert "On 1 days the sum of booked is not that of the rows." in " ".join(bad)
    assert "In 1 slots the places taken are not those of the bookings and open offers." in " ".join(bad)


def test_the_doctor_finds_places_held_for_nobody(healthy: Environment, book: Book) -> None:
    _break(book, sa.update(days).where(days.c.date == TOMORROW).values(held=2))
    code, bad = _doctor(healthy)
    assert code == 1
    assert "On 1 days the sum of places held is not that of the rows." in " ".join(bad)


def test_the_doctor_finds_what_no_secret_opens(healthy: Environment, book: Book) -> None:
    code, bad = _doctor(healthy | {"SECRET_KEY": NEW})
    assert code == 1
    assert any("4 rows are sealed with a secret that is not in the settings" in line for line in bad)
    rotated = run("doctor", settings=healthy | {"SECRET_KEY": NEW, "SECRET_KEY_OLD": SECRET})
    assert "4 rows wait for `antre rekey`" in rotated.stdout


def test_nothing_starts_with_a_secret_that_opens_nothing(healthy: Environment) -> None:
    line = refused("serve", settings=healthy | {"SECRET_KEY": NEW})
    assert "sealed with a secret that is not in the settings" in line


def test_the_doctor_finds_a_clock_that_went_back(healthy: Environment, book: Book) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    book.database.write(lambda connection: record(connection, "signed_in", at=later))
    assert any("clock is behind" in line for line in _doctor(healthy)[1])


def test_the_doctor_finds_that_nobody_runs_the_jobs(healthy: Environment, book: Book) -> None:
    def happened(minutes_ago: int) -> None:
        at = datetime.now(UTC) - timedelta(minutes=minutes_ago)
        book.database.write(lambda connection: record(connection, "cancelled", at=at))

    happened(1)
    assert not any("nobody runs the jobs" in line for line in _doctor(healthy)[1])
    happened(10)
    assert any("2 bookings and changes since" in line and "nobody runs the jobs" in line
               for line in _doctor(healthy)[1])


@contextmanager
def _vendor(status: int) -> Iterator[tuple[str, list[str]]]:
    """A server that answers everything with one status; its address, and the requests it saw."""
    seen: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.requestline)
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", seen
    server.shutdown()
    server.server_close()


@SQLITE
@pytest.mark.parametrize(("status", "sound"), [(200, True), (404, True), (401, False), (503, False)])
def test_the_doctor_asks_the_gateway_and_sends_nothing(healthy: Environment, status: int, sound: bool) -> None:
    account = {"SMS_GATEWAY": "africastalking", "AFRICASTALKING_USERNAME": "x", "AFRICASTALKING_API_KEY": "y"}
    with _vendor(status) as (url, seen):
        _, bad = _doctor(healthy | account | {"AFRICASTALKING_URL": url})
    assert seen == ["GET /user?username=x HTTP/1.1"]
    assert any("SMS gateway" in line for line in bad) != sound


@SQLITE
def test_the_doctor_finds_what_an_installation_must_not_be(healthy: Environment) -> None:
    gone = healthy | {"SMS_GATEWAY": "africastalking", "AFRICASTALKING_USERNAME": "x", "AFRICASTALKING_API_KEY": "y",
                      "AFRICASTALKING_URL": "http://127.0.0.1:1"}
    assert any("does not answer" in line for line in _doctor(gone)[1])
    assert any("ANTRE_TEST_PEOPLE" in line for line in _doctor(healthy | {"TEST_PEOPLE": "yes"})[1])
    assert any("in the open" in line for line in _doctor(healthy | {"PUBLIC_URL": "http://antre.test"})[1])
    assert any("antre migrate" in line for line in _doctor(healthy | {"DATABASE_URL": "sqlite:////no/where"})[1])
    assert any("SECRET_KEY" in line for line in _doctor({})[1])
    assert refused("doctor", "--all", settings=healthy)
