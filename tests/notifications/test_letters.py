"""From the journal to the outbox: which fact becomes which message, once, and what cannot be told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from notifications import letters
from notifications.letters import LETTERS
from notifications.of_bookings import WORTH_KNOWING
from notifications.outbox import erase_addresses
from notifications.wording import gsm7
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.database import Database
from scheduler.foundation.journal import KINDS, journal
from scheduler.foundation.privacy import Vault
from scheduler.office_file import import_office, parse
from scheduler.offices import Office, Offices
from scheduler.tables import bookings
from tests import people
from tests.conftest import NOW
from tests.fakes import FakeGateway
from tests.notifications.desk import Desk, courier_of, failures, messages
from tests.threads import all_at_once


@pytest.fixture
def desk(database: Database, balikpapan: Office, vault: Vault, mint: Any) -> Desk:
    return Desk(database, balikpapan, vault, mint)


def write(desk: Desk, offices: Offices, now: Any = NOW, limit: int = 200) -> int:
    return desk.database.write(lambda c: letters.write(c, offices, desk.vault, now, limit))


def unread(database: Database) -> int:
    with database.read() as c:
        return c.execute(sa.select(sa.func.count()).select_from(journal).where(journal.c.unread)).scalar_one()


def kinds(database: Database) -> list[str]:
    return [row.kind for row in messages(database)]


def test_a_booking_is_confirmed_in_the_language_it_was_made_in(desk: Desk, offices: Offices) -> None:
    start = desk.free()[0]
    booking = desk.book(1, start)
    desk.book(2, start, language="en")
    assert write(desk, offices) == 2
    first, second = messages(desk.database)
    code = booking.code or ""
    assert first.key == f"confirmation:{booking.id}:0"
    assert f"Kode {code[:3]}-{code[3:6]}-{code[6:]}" in first.text
    assert "Code " in second.text
    assert (first.state, first.due_at, first.expires_at, first.sequence) == ("queued", NOW, start, 0)
    assert desk.vault.open_bytes(first.address) == people.phone(1).encode()


def test_a_message_holds_no_nik_or_phone_and_the_name_masked(desk: Desk, offices: Offices) -> None:
    desk.book(1, desk.free()[0])
    write(desk, offices)
    (message,) = messages(desk.database)
    for part in (people.nik(1), people.phone(1)[3:], people.name(1).split()[1]):
        assert part not in message.text
        assert part.encode() not in message.address
    assert "a.n. Budi S." in message.text
    assert gsm7.fits(message.text)


def test_a_move_and_a_cancel_are_told_as_they_stand(desk: Desk, offices: Offices) -> None:
    free = desk.free()
    booking = desk.book(1, free[0])
    write(desk, offices)
    moved = desk.move(booking, free[-1])
    write(desk, offices)
    desk.cancel(moved)
    write(desk, offices)
    assert kinds(desk.database) == ["confirmation", "move", "cancellation"]
    assert f" {desk.office.local(free[-1]).day} " in messages(desk.database)[1].text
    assert "dibatalkan" in messages(desk.database)[2].text


def test_only_the_last_of_quick_changes_is_told(desk: Desk, offices: Offices) -> None:
    free = desk.free()
    booking = desk.move(desk.move(desk.book(1, free[0]), free[1]), free[2])
    desk.cancel(desk.book(2, free[0]))
    assert write(desk, offices) == 5
    assert [(row.kind, row.key) for row in messages(desk.database)] == [
        ("cancellation", f"cancellation:{booking.id + 1}:1"), ("move", f"move:{booking.id}:2")]
    assert unread(desk.database) == 0


def test_the_same_fact_read_twice_is_told_once(desk: Desk, offices: Offices) -> None:
    desk.book(1, desk.free()[0])
    write(desk, offices)
    desk.database.write(lambda c: c.execute(sa.update(journal).where(journal.c.kind == "booked").values(unread=True)))
    assert write(desk, offices) == 1
    assert len(messages(desk.database)) == 1


def test_a_rolled_back_reading_leaves_the_entry_unread(desk: Desk, offices: Offices) -> None:
    desk.book(1, desk.free()[0])

    def dying(c: sa.Connection) -> None:
        assert letters.write(c, offices, desk.vault, NOW) == 1
        raise OSError

    with pytest.raises(OSError):
        desk.database.write(dying)
    assert (unread(desk.database), messages(desk.database)) == (1, [])
    assert write(desk, offices) == 1


def test_an_entry_that_commits_late_with_a_low_id_is_not_passed_over(desk: Desk, offices: Offices) -> None:
    free = desk.free()
    early = desk.book(1, free[0])
    desk.book(2, free[1])
    mark = sa.update(journal).where(journal.c.booking_id == early.id)
    desk.database.write(lambda c: c.execute(mark.values(unread=False)))  # as if not committed yet
    write(desk, offices)
    assert len(messages(desk.database)) == 1
    desk.database.write(lambda c: c.execute(mark.values(unread=True)))
    write(desk, offices)
    assert len(messages(desk.database)) == 2


def test_a_broken_seal_is_journalled_and_the_others_go_on(desk: Desk, offices: Offices) -> None:
    free = desk.free()
    made = [desk.book(n, free[n]) for n in range(3)]
    desk.database.write(lambda c: c.execute(
        sa.update(bookings).where(bookings.c.id == made[1].id).values(sealed=b"not sealed by us")))
    assert write(desk, offices) == 3
    assert unread(desk.database) == 0
    assert [(row.booking_id, bool(row.address)) for row in messages(desk.database)] == [
        (made[0].id, True), (made[1].id, False), (made[2].id, True)]
    (entry,) = failures(desk.database)
    assert (entry.booking_id, entry.data) == (made[1].id, {"kind": "confirmation", "error": "SealBroken"})


def test_an_erased_booking_is_told_nothing(desk: Desk, offices: Offices) -> None:
    booking = desk.book(1, desk.free()[0])
    desk.database.write(lambda c: c.execute(
        sa.update(bookings).where(bookings.c.id == booking.id).values(sealed=None, code=None)))
    assert write(desk, offices) == 1
    assert messages(desk.database) == []


def test_all_are_written_some_at_a_time(desk: Desk, offices: Offices) -> None:
    for n, start in enumerate(desk.free()[:12]):
        desk.book(n, start)
    assert write(desk, offices, limit=5) == 5
    assert letters.write_all(desk.database, offices, desk.vault, NOW) == 7
    assert letters.write_all(desk.database, offices, desk.vault, NOW) == 0
    assert len({row.booking_id for row in messages(desk.database)}) == 12


def test_a_booking_at_an_office_imported_this_second_is_told(desk: Desk, vault: Vault, offices: Offices) -> None:
    """The registry has looked a moment ago and does not know the office yet; it must look again, not give up."""
    start = desk.free()[0]
    with desk.database.read() as c:
        offices.all(c)
    seen = Offices()
    text = _example().replace('slug = "balikpapan"', 'slug = "baru"').replace("Balikpapan", "Baru")
    imported = desk.database.write(lambda c: import_office(c, parse(text, "baru.toml"), NOW))
    with desk.database.read() as c:
        new = seen.get(c, "baru")
    booking = desk.book(1, start)
    desk.database.write(lambda c: c.execute(sa.update(bookings).where(bookings.c.id == booking.id).values(
        office_id=imported.office_id, service_id=new.service("ktp-rekam").id)))
    write(desk, offices)
    assert "Disdukcapil Kota Baru" in messages(desk.database)[0].text
    assert failures(desk.database) == []


def _example() -> str:
    from importlib.resources import files

    return files("scheduler").joinpath("examples/balikpapan.toml").read_text(encoding="utf-8")


def test_every_kind_that_somebody_is_told_has_a_letter() -> None:
    assert {kind for kind, meaning in KINDS.items() if meaning.told} == set(LETTERS)


def test_workers_side_by_side_write_each_letter_once(desk: Desk, vault: Vault) -> None:
    for n, start in enumerate(desk.free()[:20]):
        desk.book(n, start)
    work = [lambda: letters.write_all(desk.database, Offices(), vault, NOW) for _ in range(4)]
    assert sum(all_at_once(*work)) == 20
    assert len(messages(desk.database)) == len({row.booking_id for row in messages(desk.database)}) == 20


def deliver(desk: Desk, clock: SettableClock) -> FakeGateway:
    gateway = FakeGateway()
    courier = courier_of(desk.database, desk.vault, clock, gateway)
    courier.deliver()
    courier.close()
    return gateway


def test_a_confirmation_overtaken_by_a_cancel_or_a_move_is_dropped(
    desk: Desk, offices: Offices, clock: SettableClock
) -> None:
    free = desk.free()
    cancelled, moved, _stands = (desk.book(n, free[n]) for n in range(3))
    write(desk, offices)
    desk.cancel(cancelled)
    desk.move(moved, free[5])
    gateway = deliver(desk, clock)
    assert [one.phone for one in gateway.carried] == [people.phone(2)]
    assert [(row.state, row.error) for row in messages(desk.database)] == [
        ("dropped", "the booking changed"), ("dropped", "the booking changed"), ("sent", None)]
    write(desk, offices)
    again = deliver(desk, clock)
    assert sorted(one.phone for one in again.carried) == [people.phone(0), people.phone(1)]


def test_a_cancellation_is_told_for_a_while_even_after_the_start(desk: Desk, offices: Offices) -> None:
    start = desk.free()[0]
    desk.cancel(desk.book(1, start))
    late = start + timedelta(minutes=5)
    write(desk, offices, now=late)
    (message,) = messages(desk.database)
    assert (message.kind, message.expires_at) == ("cancellation", late + WORTH_KNOWING)


def test_erasing_a_booking_forgets_its_messages_numbers_and_words(desk: Desk, offices: Offices) -> None:
    free = desk.free()
    first, second = desk.book(1, free[0]), desk.book(2, free[1])
    write(desk, offices)
    desk.database.write(lambda c: erase_addresses(c, [first.id]))
    assert {row.booking_id: row.address is None for row in messages(desk.database)} == {
        first.id: True, second.id: False}
    assert {row.booking_id: row.text == "" for row in messages(desk.database)} == {first.id: True, second.id: False}
