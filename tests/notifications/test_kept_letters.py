"""A closure takes an offer back: who knew of it is told once that it is gone and that the place in line stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from notifications import letters
from notifications.outbox import FACT
from notifications.tables import outbox
from notifications.wording import gsm7
from scheduler import closures, offers, waiting
from scheduler.closures import Closing
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.database import Database
from scheduler.foundation.privacy import Vault
from scheduler.keeping_tables import waiting as entries
from scheduler.offices import Office, Offices
from tests.conftest import NOW
from tests.fakes import FakeGateway
from tests.notifications.desk import Desk, courier_of, messages
from tests.notifications.lining import TODAY, join, offer

CLOSING = Closing(TODAY, None, None, None, "Listrik padam")


@pytest.fixture
def desk(database: Database, balikpapan: Office, vault: Vault, mint: Any) -> Desk:
    return Desk(database, balikpapan, vault, mint)


def write(desk: Desk, now: Any = NOW, **more: Any) -> list[Any]:
    """Everything unread becomes what it becomes; what is there of the kind in question."""
    letters.write_all(desk.database, Offices(), desk.vault, now, **more)
    return [row for row in messages(desk.database) if row.kind == "waiting_kept"]


def offered(desk: Desk, state: str = "sent", **more: Any) -> Any:
    """Somebody has an offer of today, whose message came to that state; the entry."""
    entry = join(desk, 1, **more)
    offer(desk)
    write(desk)
    desk.database.write(lambda c: c.execute(sa.update(outbox).values(state=state)))
    return entry


def close(desk: Desk, closing: Closing = CLOSING) -> None:
    desk.database.write(lambda c: closures.close(c, desk.office, closing, 1, NOW))


def carry(desk: Desk, clock: SettableClock) -> list[str]:
    gateway = FakeGateway()
    courier = courier_of(desk.database, desk.vault, clock, gateway)
    courier.deliver()
    courier.close()
    return [one.text for one in gateway.carried]


@pytest.mark.parametrize(("language", "said"), [
    ("id", ("Maaf, Disdukcapil Balikpapan tutup 24/11: tawaran Rekam KTP-el a.n. Budi S. 09.15 batal.",
            "Giliran tunggu tetap, tidak perlu apa-apa.", "(0542) 000-100")),
    ("en", ("Sorry, Disdukcapil Balikpapan is closed 24/11: offer Rekam KTP-el for Budi S. 09:15 is gone.",
            "You keep your place in line, nothing to do.", "(0542) 000-100")),
])
def test_who_knew_of_the_offer_is_told(desk: Desk, clock: SettableClock, language: str, said: tuple[str, ...]) -> None:
    entry = offered(desk, channel="sms", language=language)
    close(desk)
    (message,) = write(desk)
    assert (message.waiting_id, message.rank, message.key) == (entry.id, FACT, f"waiting_kept:{message.sequence}")
    for part in said:
        assert part in message.text, (part, message.text)
    assert gsm7.fits(message.text)
    assert carry(desk, clock) == [message.text]
    assert write(desk) == messages(desk.database)[-1:], "once"


@pytest.mark.parametrize("state", ["queued", "failed", "dropped"])
def test_who_never_heard_of_it_is_told_nothing(desk: Desk, state: str) -> None:
    offered(desk, state)
    close(desk)
    assert write(desk) == []


@pytest.mark.parametrize("state", ["sending", "unknown", "delivered"])
def test_who_may_have_heard_of_it_is_told(desk: Desk, state: str) -> None:
    offered(desk, state)
    close(desk)
    assert len(write(desk)) == 1


def test_what_the_office_took_back_without_a_closure_needs_no_word(desk: Desk) -> None:
    offered(desk)
    desk.database.write(lambda c: offers.withdraw(c, NOW, [c.scalar(sa.text("SELECT slot_id FROM offers"))]))
    assert write(desk) == []


def test_who_has_another_offer_by_then_hears_of_that_alone(desk: Desk) -> None:
    offered(desk)
    close(desk)
    desk.office = _anew(desk)
    assert len(offer(desk, NOW + timedelta(minutes=1))) == 1
    assert write(desk) == []
    assert messages(desk.database)[-1].kind == "offer"


@pytest.mark.parametrize("leaves", [False, True])
def test_it_is_dropped_once_it_is_not_so_any_more(desk: Desk, clock: SettableClock, leaves: bool) -> None:
    entry = offered(desk)
    close(desk)
    write(desk)
    desk.office = _anew(desk)
    if leaves:
        desk.database.write(lambda c: waiting.leave(c, waiting.by_id(c, entry.id), now=NOW))
    else:
        offer(desk, NOW)
    assert carry(desk, clock) == []
    assert [(row.state, row.error) for row in write(desk)] == [("dropped", "no longer waiting")]


def test_a_counter_that_is_lost_is_named(desk: Desk) -> None:
    closing = replace(CLOSING, counter=desk.office.counters[0].slug)
    offered(desk)
    desk.database.write(lambda c: c.execute(sa.text("UPDATE slots SET taken = places")))
    close(desk, closing)
    (message,) = write(desk)
    assert "kurang loket 24/11" in message.text


def test_with_mails_it_goes_by_both(desk: Desk) -> None:
    offered(desk, with_email=True)
    close(desk)
    assert {row.medium for row in write(desk, mails=True)} == {"sms", "email"}


def test_an_erased_person_is_told_nothing(desk: Desk) -> None:
    offered(desk)
    close(desk)
    desk.database.write(lambda c: c.execute(sa.update(entries).values(sealed=None)))
    assert write(desk) == []


def _anew(desk: Desk) -> Office:
    with desk.database.read() as c:
        return Offices().get(c, desk.office.slug)
