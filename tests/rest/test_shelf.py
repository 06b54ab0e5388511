"""Ready answers: one read for many who ask, never too old, vouched for by the journal."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from api import watch
from api.shelf import MAX_AGE_S, RUSH, WEIGHT, Fresh, Shelf
from api.watch import GOOD_FOR_S, Watch
from scheduler.foundation.journal import record
from tests.conftest import NOW

QUESTION = ("balikpapan", b"service=ktp-rekam")
LATER = NOW + timedelta(days=1)


class Reads:
    """Counts the reads; each answers its number, as slowly as told."""

    def __init__(self, seconds: float = 0.0, office_id: int = 1, until: datetime = LATER) -> None:
        self.count, self.seconds, self.office_id, self.until = 0, seconds, office_id, until

    async def __call__(self) -> Fresh:
        self.count += 1
        mine = self.count
        await asyncio.sleep(self.seconds)
        return Fresh(self.office_id, str(mine).encode(), self.until)


class Silent(Watch):
    """Vouches for nothing, as when the journal cannot be read."""

    def __init__(self) -> None:
        super().__init__(None)  # type: ignore[arg-type]

    async def look(self, now: datetime) -> None:
        """See nothing."""

    def is_due(self) -> bool:
        """Never."""
        return False


async def ask(shelf: Shelf, reads: Reads, question: Any = QUESTION, now: datetime = NOW) -> bytes:
    ready = shelf.find(question, now) or await shelf.read(question, now, reads)
    return ready.body


def test_many_who_ask_together_share_one_read() -> None:
    async def all_ask() -> None:
        shelf, reads = Shelf(Silent()), Reads(0.05)
        assert set(await asyncio.gather(*[ask(shelf, reads) for _ in range(50)])) == {b"1"}
        assert reads.count == 1

    asyncio.run(all_ask())


def test_an_answer_that_took_long_to_read_is_not_kept_longer() -> None:
    """Its age counts from before the read: what changed meanwhile may not be in it."""

    async def slowly() -> None:
        shelf, reads = Shelf(Silent()), Reads(MAX_AGE_S + 0.05)
        assert await ask(shelf, reads) == b"1"
        assert shelf.find(QUESTION, NOW) is None

    asyncio.run(slowly())


def test_a_change_while_it_is_read_makes_it_old() -> None:
    async def change_meanwhile() -> None:
        shelf, reads = Shelf(Silent()), Reads(0.05)
        first = asyncio.create_task(ask(shelf, reads))
        await asyncio.sleep(0.01)
        shelf.changed(1)
        later = asyncio.create_task(ask(shelf, reads))
        assert (await first, await later) == (b"1", b"2")

    asyncio.run(change_meanwhile())


def test_in_a_rush_only_the_age_counts() -> None:
    async def rush() -> None:
        shelf, reads = Shelf(Silent()), Reads()
        for _ in range(RUSH + 50):
            shelf.changed(1)
            await ask(shelf, reads)
        assert RUSH <= reads.count <= RUSH + 2
        shelf.changed(2)
        assert await ask(shelf, Reads(office_id=2), ("samarinda", b"")) == b"1"

    asyncio.run(rush())


def test_a_read_that_fails_fails_for_its_asker_and_is_tried_again_for_the_next() -> None:
    async def fail_once() -> None:
        shelf = Shelf(Silent())

        async def broken() -> Fresh:
            await asyncio.sleep(0.01)
            raise OSError("gone")

        failed = await asyncio.gather(*[shelf.read(QUESTION, NOW, broken) for _ in range(3)], return_exceptions=True)
        assert all(isinstance(one, OSError) for one in failed)
        assert await ask(shelf, Reads()) == b"1"

    asyncio.run(fail_once())


def test_however_many_ways_one_asks_the_memory_is_bounded() -> None:
    async def many_ways() -> None:
        shelf, reads = Shelf(Silent(), most_bytes=10 * (WEIGHT + 100)), Reads()
        questions = [("balikpapan", b"service=ktp-rekam&days=%03d" % n) for n in range(50)]
        for question in questions * 2:
            await ask(shelf, reads, question)
        assert reads.count == 100, "each was pushed out by those that came after"
        for question in questions[-9:] * 3:
            await ask(shelf, reads, question)
        assert reads.count == 100, "the last ones are kept, and asking again takes no more room"

    asyncio.run(many_ways())


def test_time_alone_makes_an_answer_wrong() -> None:
    async def wait() -> None:
        soon = NOW + timedelta(milliseconds=500)
        shelf, reads = Shelf(Silent()), Reads(until=soon)
        assert await ask(shelf, reads) == b"1"
        assert await ask(shelf, reads, now=soon - timedelta(microseconds=1)) == b"1"
        assert await ask(shelf, reads, now=soon) == b"2"
        assert await ask(shelf, reads, now=NOW) == b"3", "nor does one from the future serve the past"

    asyncio.run(wait())


# -- the journal vouches ---------------------------------------------------------------------------------


def tell(database: Any, office_id: int | None) -> None:
    """Something happened at the office."""
    database.write(lambda connection: record(connection, "booked", at=NOW, office_id=office_id))


def test_what_did_not_change_is_not_read_again(database: Any) -> None:
    async def half_a_minute() -> None:
        shelf, mine, other = Shelf(Watch(database)), Reads(office_id=1), Reads(office_id=2)
        await shelf.read(QUESTION, NOW, mine)
        await shelf.read(("samarinda", b""), NOW, other)
        await asyncio.sleep(GOOD_FOR_S + 0.05)  # the first look knows nothing of what came before it
        await ask(shelf, mine)
        await ask(shelf, other, ("samarinda", b""))
        before = mine.count, other.count
        tell(database, 2)
        for _ in range(3):
            await asyncio.sleep(GOOD_FOR_S + 0.05)
            await ask(shelf, mine)
            await ask(shelf, other, ("samarinda", b""))
        assert mine.count == before[0], "nothing happened there"
        assert other.count == before[1] + 1, "the change is seen, and seen once"

    asyncio.run(half_a_minute())


async def vouched(look: Watch, office_id: int) -> bool:
    """Whether, for something read just before, a look now vouches."""
    moment = asyncio.get_running_loop().time()
    await asyncio.sleep(0.001)
    await look.look(NOW)
    return look.unchanged_since(office_id, moment, NOW)


def test_a_look_sees_what_was_committed_before_it(database: Any) -> None:
    async def looks() -> None:
        look = Watch(database)
        assert not await vouched(look, 1), "nothing is known of before the first look"
        assert await vouched(look, 1)
        moment = asyncio.get_running_loop().time()
        tell(database, 1)
        tell(database, None)
        await look.look(NOW)
        assert not look.unchanged_since(1, moment, NOW)
        assert look.unchanged_since(2, moment, NOW)
        assert not look.unchanged_since(2, moment, NOW + timedelta(hours=1)), "the clock was put forward"
        await asyncio.sleep(GOOD_FOR_S)
        assert not look.unchanged_since(2, moment, NOW), "a look is good for a while only"

    asyncio.run(looks())


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
@pytest.mark.parametrize("first_look", ["before", "meanwhile"])
def test_an_entry_that_shows_after_a_later_one_is_not_missed(database: Any, first_look: str) -> None:
    """PostgreSQL draws ids before the commit: the lower one may be committed last."""

    async def overtaken() -> None:
        look = Watch(database)
        if first_look == "before":
            await look.look(NOW)
        with database.engine.connect() as slow, slow.begin():
            record(slow, "booked", at=NOW, office_id=1)
            tell(database, 2)
            await look.look(NOW)
            await asyncio.sleep(0.01)
            moment = asyncio.get_running_loop().time()
            await asyncio.sleep(0.01)
            await look.look(NOW)
            assert look.unchanged_since(1, moment, NOW), "not committed yet"
        await look.look(NOW)
        assert not look.unchanged_since(1, moment, NOW), "and now it is"
        assert look.unchanged_since(2, moment, NOW)

    asyncio.run(overtaken())


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_ids_that_were_rolled_back_are_given_up(database: Any) -> None:
    async def skipped() -> None:
        look = Watch(database)
        await look.look(NOW)
        with database.engine.connect() as connection, connection.begin() as given_up:
            record(connection, "booked", at=NOW, office_id=1)
            given_up.rollback()
        tell(database, 2)
        await look.look(NOW)
        assert len(look._skipped) == 1
        for number in look._skipped:
            look._skipped[number] -= watch.GIVEN_UP_S
        await look.look(NOW)
        assert not look._skipped

    asyncio.run(skipped())


def test_a_look_that_fails_vouches_for_nothing(database: Any) -> None:
    async def fails() -> None:
        look = Watch(database)
        assert not await vouched(look, 1)
        database.write(lambda connection: connection.execute(sa.text("ALTER TABLE journal RENAME TO gone")))
        with pytest.raises(sa.exc.DBAPIError):
            await look.look(NOW)
        await asyncio.sleep(GOOD_FOR_S)
        assert not look.unchanged_since(1, asyncio.get_running_loop().time(), NOW)

    asyncio.run(fails())


