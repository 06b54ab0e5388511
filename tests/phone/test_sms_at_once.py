"""One message many times at once, by threads and by processes of their own: one effect.

First the race is shown to be real: without the lock and what is noted under it, each copy is worked on.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from api.assembly import Antre
from api.installation import install
from api.phone import inbound
from api.phone.conversation import dialogues, turn
from api.phone.inbound import Sms
from api.phone.tables import dialogues as rows
from notifications.tables import outbox
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.config import Settings
from scheduler.foundation.journal import journal
from tests import people, processes
from tests.conftest import NOW
from tests.fakes import FakeGateway
from tests.phone.resident import OWN_NUMBER, Phone, line

PROCESSES, THREADS = 2, 4
COPIES = PROCESSES * THREADS


def sms(n: int, text: str, *, same_id: bool) -> Sms:
    """A copy of one message, under its own id or a new one; the carrier tells no date."""
    return Sms("africastalking", "one" if same_id else f"copy {n}", people.phone(0), OWN_NUMBER, text, None)


def unguarded(antre: Antre, one: Sms) -> None:
    """Guard off: look whether it was worked on, think, work on it, and only then note that it was."""
    phone_hash = antre.vault.hash_phone(people.phone(0))
    with antre.database.read() as connection:
        row = connection.execute(sa.select(rows.c.words).where(rows.c.phone_hash == phone_hash)).first()
    processes.meet()  # all have looked
    if row is not None:
        return

    def work(connection: Connection) -> None:
        dialogue = dialogues.lock(connection, phone_hash, NOW)
        talk = turn.begin(connection, antre, dialogue, people.phone(0), one.to, one.text, NOW)
        answer = turn.take(talk)
        assert answer is not None
        inbound._put(talk, answer, int(one.id.rpartition(" ")[2]))

    antre.database.write(work)


def guarded(antre: Antre, one: Sms) -> None:
    """As a hook does it."""
    processes.meet()
    antre.database.write(lambda connection: inbound.hear(connection, antre, one, NOW))


def _copies(settings: Settings, first: int, text: str, same_id: bool,
            work: Callable[[Antre, Sms], None]) -> None:
    with (closing(install(settings, clock=SettableClock(NOW), gateway=FakeGateway())) as antre,
          ThreadPoolExecutor(THREADS) as threads):
        list(threads.map(lambda n: work(antre, sms(first + n, text, same_id=same_id)), range(THREADS)))


def together(settings: Settings, text: str, work: Callable[[Antre, Sms], None], *,
             same_id: bool = False) -> None:
    """All copies at once, THREADS in each of PROCESSES."""
    processes.together(_copies, [(settings, n * THREADS, text, same_id, work) for n in range(PROCESSES)], THREADS)


def answers(antre: Any) -> int:
    with antre.database.read() as c:
        return int(c.scalar(sa.select(sa.func.count()).where(outbox.c.kind == "answer")))


@pytest.fixture
def few(settings: Settings) -> Settings:
    """Settings under which several processes fit the server."""
    return replace(settings, database_connections=4)


def test_without_the_guard_each_copy_is_answered(antre: Any, few: Settings) -> None:
    together(few, line(0), unguarded)
    assert answers(antre) > 1


@pytest.mark.parametrize("same_id", [True, False])
def test_copies_at_once_are_answered_once(antre: Any, few: Settings, same_id: bool) -> None:
    together(few, line(0), guarded, same_id=same_id)
    assert answers(antre) == 1


@pytest.mark.parametrize("same_id", [True, False])
def test_digits_at_once_take_one_place(antre: Any, client: Any, few: Settings, same_id: bool) -> None:
    phone = Phone(antre, client)
    phone.write(line(0))
    together(few, "1", guarded, same_id=same_id)
    assert len(phone.standing()) == 1
    assert answers(antre) == 1, "the offer, and no refusal of the other copies"
    with antre.database.read() as c:
        assert c.scalar(sa.select(sa.func.count()).where(journal.c.kind == "booked")) == 1
