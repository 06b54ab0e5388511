"""Whether the word of an offer got out, by what became of its messages; and what the line makes of that."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from api.assembly import Antre
from notifications import letters, opt_outs, reached
from notifications.gateways.base import Ambiguous, Outcome, Permanent, Sent, Temporary
from notifications.tables import outbox
from scheduler import waiting
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.database import Database
from scheduler.foundation.privacy import Vault
from scheduler.keeping_tables import offers
from scheduler.offices import Office, Offices
from tests import people
from tests.conftest import NOW
from tests.fakes import FakeGateway
from tests.notifications.desk import Desk, claim, messages, queue
from tests.notifications.lining import join, offer


@pytest.fixture
def desk(database: Database, balikpapan: Office, vault: Vault, mint: Any) -> Desk:
    return Desk(database, balikpapan, vault, mint)


def told(desk: Desk, **more: Any) -> Any:
    """Somebody is offered a place, and the letter is written; the offer."""
    join(desk, 1, channel="sms", **more)
    (made,) = offer(desk)
    letters.write_all(desk.database, Offices(), desk.vault, NOW, mails=True)
    return made


def became(desk: Desk, state: str, error: str | None = None, medium: str = "sms") -> None:
    desk.database.write(lambda c: c.execute(sa.update(outbox).where(outbox.c.medium == medium).values(
        state=state, error=error)))


def untold(desk: Desk, made: Any) -> bool:
    with desk.database.read() as c:
        assert reached.untold(c, []) == set()
        return made.id in reached.untold(c, [made])


@pytest.mark.parametrize(("state", "error", "known"), [
    ("queued", None, False), ("sending", None, False), ("unknown", "timed out", False), ("failed", "down", False),
    ("dropped", "too late", False), ("sent", None, True), ("delivered", None, True), ("dropped", "opted out", True),
])
def test_only_what_a_carrier_took_got_out(desk: Desk, state: str, error: str | None, known: bool) -> None:
    made = told(desk)
    became(desk, state, error)
    assert untold(desk, made) is not known


def test_what_was_never_written_did_not(desk: Desk) -> None:
    join(desk, 1)
    (made,) = offer(desk)
    assert untold(desk, made)


def test_an_e_mail_that_got_out_is_word_enough(desk: Desk) -> None:
    made = told(desk, with_email=True)
    became(desk, "failed")
    assert untold(desk, made)
    became(desk, "sent", medium="email")
    assert not untold(desk, made)


def test_word_of_another_offer_is_none_of_this_one(desk: Desk) -> None:
    made = told(desk)
    became(desk, "sent")
    desk.database.write(lambda c: c.execute(sa.update(outbox).values(sequence=made.id + 1)))
    assert untold(desk, made)


# -- the whole of it -----------------------------------------------------------------------------------------


def run(antre: Antre, clock: SettableClock, **forward: float) -> None:
    """The jobs, until nothing happens any more."""
    clock.advance(timedelta(**forward))
    for _ in range(3):
        antre.timetable.run_due()


@pytest.mark.parametrize(("outcome", "ended", "stands"), [
    (Temporary("down"), "withdrawn", True), (Ambiguous("timed out"), "withdrawn", True),
    (Permanent("no such number"), "withdrawn", True), (Sent("taken"), "lapsed", False),
])
def test_an_outage_costs_nobody_the_turn(antre: Antre, clock: SettableClock, gateway: FakeGateway, outcome: Outcome,
                                         ended: str, stands: bool) -> None:
    desk = Desk(antre.database, next(iter(_offices(antre))), antre.vault, antre.mint)
    gateway.answer(*[outcome] * 100)
    entry = join(desk, 1, channel="sms")
    run(antre, clock)
    assert _state(antre, entry) == "offered"
    with antre.database.read() as c:
        (lapses_at,) = c.scalars(sa.select(offers.c.lapses_at))
    while clock.now() < lapses_at:
        run(antre, clock, minutes=10)
    with antre.database.read() as c:
        assert list(c.scalars(sa.select(offers.c.state))) == [ended]
    assert _state(antre, entry) == ("waiting" if stands else "lapsed")


def test_who_wants_no_messages_is_told_by_the_page_alone(antre: Antre, clock: SettableClock) -> None:
    desk = Desk(antre.database, next(iter(_offices(antre))), antre.vault, antre.mint)
    antre.database.write(lambda c: opt_outs.stop(c, antre.vault, people.phone(1), "sms", NOW))
    entry = join(desk, 1)
    run(antre, clock)
    assert [row.error for row in messages(antre.database) if row.kind == "offer"] == ["opted out"]
    run(antre, clock, hours=5)
    assert _state(antre, entry) == "lapsed"


def _offices(antre: Antre) -> list[Office]:
    with antre.database.read() as c:
        return antre.offices.all(c)


def _state(antre: Antre, entry: Any) -> str:
    with antre.database.read() as c:
        return waiting.by_id(c, entry.id).state


# -- the order on one phone ----------------------------------------------------------------------------------


def answer(desk: Desk, n: int, **more: Any) -> None:
    """An answer to the n-th person's phone."""
    queue(desk.database, desk.vault, 1, kind="answer", rank=0, phone_hash=desk.vault.hash_phone(people.phone(n)),
          key=f"answer:{n}", **more)


def claimed(desk: Desk, word: str) -> list[str]:
    """What a courier takes now."""
    return [one.kind for one in desk.database.write(lambda c: claim(c, desk.vault, word, 16))[0]]


def test_an_offer_does_not_overtake_the_answer_that_one_is_in_line(desk: Desk) -> None:
    answer(desk, 1)
    told(desk)
    assert claimed(desk, "a") == ["answer"]
    assert claimed(desk, "b") == [], "the answer is on the network"
    desk.database.write(lambda c: c.execute(sa.update(outbox).where(outbox.c.kind == "answer").values(state="sent")))
    assert claimed(desk, "c") == ["offer"]


def test_an_offer_waits_neither_for_other_phones_nor_for_what_is_tried_again_later(desk: Desk) -> None:
    answer(desk, 2)
    answer(desk, 1, due_at=NOW + timedelta(minutes=5))
    told(desk)
    assert claimed(desk, "a") == ["answer", "offer"]
