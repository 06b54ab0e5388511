"""The waiting list's facts: which of them is told to whom, once, and never when it is not so any more."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from notifications import letters, opt_outs
from notifications.outbox import ASKED, FACT, erase_waiting
from scheduler import offers, waiting
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.database import Database
from scheduler.foundation.journal import journal
from scheduler.foundation.privacy import Vault
from scheduler.keeping_tables import waiting as entries
from scheduler.offices import Office, Offices
from tests import people
from tests.conftest import NOW
from tests.fakes import FakeGateway
from tests.notifications.desk import Desk, Named, courier_of, failures, messages
from tests.notifications.lining import join, offer
from tests.threads import all_at_once


@pytest.fixture
def desk(database: Database, balikpapan: Office, vault: Vault, mint: Any) -> Desk:
    return Desk(database, balikpapan, vault, mint)


def write(desk: Desk, now: Any = NOW, **more: Any) -> list[Any]:
    """Everything unread becomes what it becomes; all messages there are."""
    letters.write_all(desk.database, Offices(), desk.vault, now, **more)
    return messages(desk.database)


def carry(desk: Desk, clock: SettableClock, gateway: FakeGateway | None = None) -> list[str]:
    """What a courier hands to the network now: the numbers."""
    gateway = gateway or FakeGateway()
    before = len(gateway.carried)
    courier = courier_of(desk.database, desk.vault, clock, gateway)
    courier.deliver()
    courier.close()
    return [one.phone for one in gateway.carried[before:]]


def lapse(desk: Desk, now: Any) -> None:
    desk.database.write(lambda c: offers.lapse(c, desk.office.id, now))


def test_who_joined_by_web_is_told_and_who_joined_by_phone_has_the_answer(desk: Desk) -> None:
    entry = join(desk, 1)
    join(desk, 2, channel="sms")
    join(desk, 3, channel="ussd")
    (message,) = write(desk)
    assert (message.kind, message.key, message.waiting_id, message.booking_id) == (
        "waiting", f"waiting:{entry.id}", entry.id, None)
    assert "masuk daftar tunggu sampai Sel 1/12" in message.text
    assert message.expires_at == datetime(2026, 12, 2, tzinfo=desk.office.zone), "the last day ends by its own clock"
    assert desk.vault.open_bytes(message.address) == people.phone(1).encode()
    for part in (people.nik(1), people.phone(1)[3:], people.name(1).split()[1]):
        assert part not in message.text


def test_an_offer_is_told_in_the_language_of_the_person_until_it_lapses(desk: Desk) -> None:
    join(desk, 1, channel="sms", language="en")
    (made,) = offer(desk)
    (message,) = write(desk)
    assert (message.kind, message.key, message.sequence) == ("offer", f"offer:{made.id}", made.id)
    assert (message.due_at, message.expires_at) == (NOW, made.lapses_at)
    assert "a place, Rekam KTP-el for Budi S." in message.text


@pytest.mark.parametrize(("channel", "rank"), [("sms", ASKED), ("ussd", ASKED), ("web", FACT)])
def test_an_offer_goes_first_to_who_asked_by_phone(desk: Desk, channel: str, rank: int) -> None:
    join(desk, 1, channel=channel)
    offer(desk)
    assert [row.rank for row in write(desk) if row.kind == "offer"] == [rank]


@pytest.mark.parametrize(("channel", "carried"), [("sms", True), ("web", False)])
def test_a_phone_that_wants_no_messages_gets_the_offer_it_asked_for(
    desk: Desk, clock: SettableClock, channel: str, carried: bool
) -> None:
    """Somebody may have typed another's number on the page."""
    desk.database.write(lambda c: opt_outs.stop(c, desk.vault, people.phone(1), "sms", NOW))
    join(desk, 1, channel=channel)
    offer(desk)
    write(desk)
    assert carry(desk, clock) == ([people.phone(1)] if carried else [])


def test_who_is_offered_at_once_is_told_that_alone(desk: Desk) -> None:
    join(desk, 1)
    offer(desk)
    assert [row.kind for row in write(desk)] == ["offer"]


def test_an_offer_that_is_over_when_it_is_read_is_not_written(desk: Desk) -> None:
    join(desk, 1, channel="sms")
    (made,) = offer(desk)
    assert write(desk, made.lapses_at) == []


@pytest.mark.parametrize("how", ["taken", "declined", "left", "withdrawn", "lapsed"])
def test_an_offer_that_is_over_when_its_turn_comes_is_dropped(desk: Desk, clock: SettableClock, how: str) -> None:
    entry = join(desk, 1, channel="sms")
    (made,) = offer(desk)
    write(desk)
    assert [row.state for row in messages(desk.database)] == ["queued"]
    end(desk, how, made, entry)
    clock.advance(made.lapses_at - NOW - timedelta(minutes=1))
    assert carry(desk, clock) == []
    assert [(row.state, row.error) for row in messages(desk.database)] == [("dropped", "the offer is over")]


def end(desk: Desk, how: str, made: Any, entry: Any) -> None:
    def work(c: sa.Connection) -> None:
        if how == "taken":
            offers.accept(c, desk.office, made, vault=desk.vault, mint=desk.mint, now=NOW)
        elif how == "declined":
            offers.decline(c, made, now=NOW)
        elif how == "left":
            waiting.leave(c, waiting.by_id(c, entry.id), now=NOW)
        elif how == "withdrawn":
            offers.withdraw(c, NOW, [made.slot_id])
        else:
            offers.lapse(c, desk.office.id, made.lapses_at)

    desk.database.write(work)


def test_also_when_it_ended_between_two_tries(desk: Desk, clock: SettableClock) -> None:
    from notifications.gateways.base import Temporary

    entry = join(desk, 1, channel="sms")
    (made,) = offer(desk)
    write(desk)
    assert carry(desk, clock, Named("fake", Temporary("busy"))) == [people.phone(1)], "asked once, in vain"
    assert [row.state for row in messages(desk.database)] == ["queued"]
    end(desk, "declined", made, entry)
    clock.advance(timedelta(minutes=5))
    assert carry(desk, clock) == []
    assert [row.state for row in messages(desk.database)] == ["dropped"]


def test_never_after_it_lapsed_although_nobody_marked_it(desk: Desk, clock: SettableClock) -> None:
    join(desk, 1, channel="sms")
    (made,) = offer(desk)
    write(desk)
    clock.advance(made.lapses_at - NOW)
    assert carry(desk, clock) == []
    assert [(row.state, row.error) for row in messages(desk.database)] == [("dropped", "too late")]


def test_a_second_offer_after_one_was_withdrawn_is_another_message(desk: Desk, clock: SettableClock) -> None:
    entry = join(desk, 1, channel="sms")
    (first,) = offer(desk)
    write(desk)
    end(desk, "withdrawn", first, entry)
    later = NOW + timedelta(minutes=1)
    (second,) = offer(desk, later)
    write(desk, later)
    clock.advance(timedelta(minutes=1))
    assert carry(desk, clock) == [people.phone(1)]
    assert {row.key: row.state for row in messages(desk.database)} == {
        f"offer:{first.id}": "dropped", f"offer:{second.id}": "sent"}


def test_an_offer_that_lapsed_is_told_with_a_way_back(desk: Desk, clock: SettableClock) -> None:
    join(desk, 1, channel="sms")
    (made,) = offer(desk)
    write(desk)
    lapse(desk, made.lapses_at)
    told = write(desk, made.lapses_at)[-1]
    assert (told.kind, told.key, told.rank) == ("offer_lapsed", f"offer_lapsed:{made.id}", FACT)
    assert told.expires_at == made.lapses_at + offers.LATELY
    assert "sudah lewat" in told.text


@pytest.mark.parametrize("how", ["taken", "declined", "left", "withdrawn"])
def test_what_else_ends_an_offer_needs_no_message_of_its_own(desk: Desk, how: str) -> None:
    entry = join(desk, 1, channel="sms")
    (made,) = offer(desk)
    end(desk, how, made, entry)
    assert [row.kind for row in write(desk)] == (["confirmation"] if how == "taken" else [])


def test_a_place_that_was_taken_is_confirmed_like_any_other(desk: Desk) -> None:
    entry = join(desk, 1, channel="sms")
    (made,) = offer(desk)
    write(desk)
    end(desk, "taken", made, entry)
    message = write(desk)[-1]
    assert (message.kind, message.waiting_id) == ("confirmation", None)
    assert message.booking_id is not None


def test_who_waited_in_vain_is_told(desk: Desk) -> None:
    join(desk, 1, days=0, channel="sms")
    tonight = NOW + timedelta(hours=10)
    desk.database.write(lambda c: offers.make(c, desk.office, tonight))
    (message,) = write(desk, tonight)
    assert message.kind == "waiting_passed"
    assert "sampai Sel 24/11 belum ada tempat untuk Rekam KTP-el a.n. Budi S." in message.text


def test_a_joining_that_is_over_when_its_turn_comes_is_dropped(desk: Desk, clock: SettableClock) -> None:
    entry = join(desk, 1)
    write(desk)
    desk.database.write(lambda c: waiting.leave(c, entry, now=NOW))
    assert carry(desk, clock) == []
    assert [row.error for row in messages(desk.database)] == ["no longer waiting"]


def test_with_mails_who_gave_an_address_gets_one_beside(desk: Desk) -> None:
    join(desk, 1, with_email=True)
    offer(desk)
    sms, mail = sorted(write(desk, mails=True), key=lambda row: row.medium, reverse=True)
    assert (sms.medium, mail.medium) == ("sms", "email")
    assert (mail.kind, mail.waiting_id, mail.sequence, mail.text) == ("offer", sms.waiting_id, sms.sequence, "")


def test_a_broken_seal_is_journalled_and_the_others_go_on(desk: Desk) -> None:
    made = [join(desk, n) for n in range(3)]
    desk.database.write(lambda c: c.execute(
        sa.update(entries).where(entries.c.id == made[1].id).values(sealed=b"not sealed by us")))
    assert [(row.waiting_id, bool(row.address)) for row in write(desk)] == [
        (made[0].id, True), (made[1].id, False), (made[2].id, True)]
    (entry,) = failures(desk.database)
    assert (entry.waiting_id, entry.data) == (made[1].id, {"kind": "waiting", "error": "SealBroken"})


def test_an_erased_entry_is_told_nothing_and_its_messages_are_forgotten(desk: Desk) -> None:
    first, second = join(desk, 1), join(desk, 2)
    assert len(write(desk)) == 2
    desk.database.write(lambda c: erase_waiting(c, [first.id]))
    assert {row.waiting_id: (row.address, row.text) == (None, "") for row in messages(desk.database)} == {
        first.id: True, second.id: False}
    third = join(desk, 3)
    desk.database.write(lambda c: c.execute(
        sa.update(entries).where(entries.c.id == third.id).values(sealed=None)))
    assert len(write(desk)) == 2


def test_a_worker_that_dies_while_writing_leaves_the_offer_to_the_next(desk: Desk) -> None:
    join(desk, 1, channel="sms")
    offer(desk)

    def dying(c: sa.Connection) -> None:
        assert letters.write(c, Offices(), desk.vault, NOW) == 2
        raise OSError

    with pytest.raises(OSError):
        desk.database.write(dying)
    assert messages(desk.database) == []
    assert [row.kind for row in write(desk)] == ["offer"]


def test_the_same_fact_read_twice_is_told_once(desk: Desk) -> None:
    join(desk, 1, channel="sms")
    offer(desk)
    write(desk)
    desk.database.write(lambda c: c.execute(sa.update(journal).values(unread=True)))
    assert len(write(desk)) == 1


def test_workers_side_by_side_write_each_offer_once(desk: Desk) -> None:
    for n in range(12):
        join(desk, n, channel="sms")
    made = offer(desk)
    assert len(made) == 12
    work = [lambda: letters.write_all(desk.database, Offices(), desk.vault, NOW) for _ in range(4)]
    assert sum(all_at_once(*work)) == 24
    assert sorted(row.sequence for row in messages(desk.database)) == sorted(one.id for one in made)
