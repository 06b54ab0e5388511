"""Whatever is written, in any order: nothing is booked but by a number that was offered, nothing private is told."""

from __future__ import annotations

import re
import unicodedata
from contextlib import closing
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.phone import inbound
from api.phone.inbound import Sms
from notifications.tables import outbox
from notifications.wording import gsm7
from scheduler.tables import bookings, days
from tests import people
from tests.conftest import NOW
from tests.phone.resident import OWN_NUMBER, line

PEOPLE = range(3)
_numbers = count(1)

TEXTS = st.one_of(
    st.sampled_from(["1", "2", "3", "4", "9", "satu", "ya", "tidak", "CEK", "UBAH", "BATAL", "INFO", "INFO KTP", "STOP",
                     "MULAI", "BANTUAN", "terima kasih", "DAFTAR", "DAFTAR KTP", "besok", "KTP", "Siti Aminah", "",
                     "TUNGGU", "BATAL TUNGGU", "TUNGGU KTP"]),
    st.builds(lambda n, day: line(n, more=day).replace("DAFTAR", "TUNGGU"), st.sampled_from(PEOPLE),
              st.sampled_from(["", "hari ini", "31/2"])),
    st.builds(line, st.sampled_from(PEOPLE), st.sampled_from(["KTP", "KK", "KTP KK", "PASPOR", ""]),
              st.sampled_from(["", "besok", "1/1/2020", "31/2"])),
    st.sampled_from([people.nik(n) for n in PEOPLE] + [people.nik(0)[:-1]]),
    st.builds("{} {}".format, st.sampled_from(["CEK", "UBAH", "BATAL"]), st.sampled_from(["code 0", "code 1", "123"])),
    st.text(max_size=40),
)
STEPS = st.lists(st.tuples(st.sampled_from([0, 1]), TEXTS, st.sampled_from([0, 5, 40, 700, 2000])), max_size=14)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_any_conversation(antre: Any) -> None:
    """On one database, as each example rolls back; the statements are the same ones the other tests run on both."""
    office_rows = sa.select(sa.func.sum(days.c.booked))

    @given(STEPS)
    @settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
    def walk(steps: list[tuple[int, str, int]]) -> None:
        engine = antre.database.engine
        with engine.connect() as connection, closing(_Rollback(connection)):
            now = NOW
            for phone, text, seconds in steps:
                now += timedelta(seconds=seconds)
                _step(connection, antre, phone, text, now)
            booked = connection.scalar(office_rows)
            standing = connection.scalar(sa.select(sa.func.count()).where(bookings.c.status == "booked"))
            assert booked == standing

    walk()


class _Rollback:
    def __init__(self, connection: Any) -> None:
        self._transaction = connection.begin()

    def close(self) -> None:
        self._transaction.rollback()


def _step(connection: Any, antre: Any, phone: int, text: str, now: Any) -> None:
    codes = list(connection.scalars(sa.select(bookings.c.code).order_by(bookings.c.id)))
    for n in (0, 1):
        text = text.replace(f"code {n}", codes[n] if n < len(codes) else "482177305")
    before, last = len(codes), connection.scalar(sa.select(sa.func.coalesce(sa.func.max(outbox.c.id), 0)))
    offered = _last_offer(connection, antre, phone)
    sms = Sms("fake", f"walk {next(_numbers)}", people.phone(phone), OWN_NUMBER, text, None)
    inbound.hear(connection, antre, sms, now)
    if connection.scalar(sa.select(sa.func.count()).select_from(bookings)) > before:
        chosen = unicodedata.normalize("NFKC", text).strip()  # a raised 1 is a 1
        assert re.fullmatch(r"[1-3]|satu", chosen), text
        assert offered is not None
        assert f"{chosen.replace('satu', '1')}) " in offered
    for told in connection.scalars(sa.select(outbox.c.text).where(outbox.c.id > last, outbox.c.kind == "answer")):
        assert gsm7.fits(told), told
        assert not re.search(r"\d{10,}", told), told
        own = re.sub(r"(misalnya|for example): Siti Aminah", "", told)  # our example, whoever is called so
        for n in PEOPLE:
            assert people.name(n) not in own
            assert people.nik(n) not in told


def _last_offer(connection: Any, antre: Any, phone: int) -> str | None:
    told: str | None = connection.scalar(
        sa.select(outbox.c.text).where(
            outbox.c.kind == "answer", outbox.c.text.contains("1) "),
            outbox.c.phone_hash == antre.vault.hash_phone(people.phone(phone)),
        ).order_by(outbox.c.id.desc()).limit(1))
    return told


