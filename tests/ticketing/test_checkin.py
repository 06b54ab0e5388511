"""At the door: each verdict, what it writes, and that the same scan again gives the same answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from scheduler.foundation.database import Database
from scheduler.foundation.errors import Refusal
from scheduler.foundation.journal import journal
from scheduler.foundation.privacy import Vault
from scheduler.offices import Office, Offices
from scheduler.tables import bookings, days
from scheduler.tables import offices as office_rows
from tests import people
from tests.conftest import NOW
from tests.ticketing import samples
from tests.ticketing.door import CLERK, Door, at
from ticketing import checkin, nonces
from ticketing.codes import Mint, check_digit, show_code
from ticketing.tables import numberings, scans, visits
from ticketing.verdict import VARIANTS, VERDICTS, Verdict, say


@pytest.fixture
def door(database: Database, balikpapan: Office, offices: Offices, vault: Vault, mint: Mint) -> Door:
    return Door(database, balikpapan, offices, vault, mint)


def row(door: Door, table: sa.Table, *where: Any) -> Any:
    with door.database.read() as connection:
        return connection.execute(sa.select(table).where(*where)).one()


def count(door: Door, table: sa.Table) -> int:
    with door.database.read() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def today(door: Door) -> Any:
    return row(door, days, days.c.office_id == door.office.id, days.c.date == NOW.date())


# -- who is let in ---------------------------------------------------------------------------------------


def test_in_time_gets_a_number_and_everything_is_written(door: Door) -> None:
    booked = door.book(1, at("10:00"), party=2, priority="infant")
    verdict = door.scan(f"HTTPS://ANTRE.TEST/T/{booked.token}", at("09:50"))
    assert verdict == Verdict("admitted", number="A-001", service="ktp-rekam", start=booked.start, party=2,
                              priority="infant", booking_id=booked.id, name=verdict.name)
    given, family = people.name(1).split()
    assert verdict.name == f"{given} {family[0]}."
    visit = row(door, visits)
    assert (visit.letter, visit.number, visit.date, visit.due, visit.arrived_at, visit.party, visit.priority,
            visit.state, visit.booking_id) == ("A", 1, NOW.date(), booked.start, at("09:50"), 2, "infant", "waiting",
                                               booked.id)
    assert row(door, bookings, bookings.c.id == booked.id).status == "arrived"
    assert (today(door).arrived, today(door).booked) == (2, 2)
    entry = row(door, journal, journal.c.kind == "admitted")
    assert (entry.booking_id, entry.visit_id, entry.day_id, entry.staff_id, entry.office_id, entry.unread) == (
        booked.id, visit.id, booked.day_id, CLERK, door.office.id, False)


@pytest.mark.parametrize("shape", ["{0}", "{1}", "{2}\r\n", "/t/{3}"])
def test_a_code_or_a_ticket_in_any_form_will_do(door: Door, shape: str) -> None:
    booked = door.book(1, at("10:00"))
    assert booked.code is not None
    text = shape.format(booked.code, show_code(booked.code), booked.token, booked.token.lower())
    assert door.scan(text, at("10:00")).number == "A-001"


def test_scanning_again_says_the_same_number_and_since_when(door: Door) -> None:
    booked = door.book(1, at("10:00"))
    door.scan(booked.token, at("09:50"))
    again = door.scan(booked.token, at("09:55"))
    assert (again.verdict, again.number, again.since) == ("already_admitted", "A-001", at("09:50"))
    assert count(door, visits) == 1
    assert today(door).arrived == 1


def test_numbers_follow_each_other_within_a_group(door: Door) -> None:
    other = next(letter for letter in door.office.letters if letter != "A")
    numbers = [door.scan(door.book(n, at("10:00", 0) + timedelta(minutes=15 * n)).token, at("10:10")).number
               for n in (0, 1)]
    numbers.append(door.walk_in(at("10:11"), service=door.office.letters[other][0].slug).number)
    numbers.append(door.walk_in(at("10:12")).number)
    assert numbers == ["A-001", "A-002", f"{other}-001", "A-003"]


def test_numbers_begin_anew_each_morning_by_the_offices_date(door: Door) -> None:
    first, second = door.book(1, at("15:00")), door.book(2, at("08:00", 1))
    assert door.scan(first.token, at("15:00")).number == "A-001"
    assert door.scan(second.token, at("07:45", 1)).number == "A-001"  # still the 24th in UTC
    assert [r.date.isoformat() for r in _all(door, numberings)] == ["2026-11-24", "2026-11-25"]


def _all(door: Door, table: sa.Table) -> list[Any]:
    with door.database.read() as connection:
        return list(connection.execute(sa.select(table).order_by(*table.primary_key)))


def test_an_hour_too_early_is_told_when_to_come(door: Door) -> None:
    booked = door.book(1, at("10:00"))
    verdict = door.scan(booked.token, at("09:29"))
    assert (verdict.verdict, verdict.number, verdict.opens) == ("early", None, at("09:30"))
    assert (count(door, visits), today(door).arrived) == (0, 0)
    assert door.scan(booked.token, at("09:30")).verdict == "admitted"


def test_late_is_let_in_until_the_office_closes(door: Door) -> None:
    grace, late, gone = (door.book(n, at("10:00") + timedelta(minutes=15 * n)) for n in (0, 1, 2))
    assert door.scan(grace.token, at("10:30")).verdict == "admitted"
    verdict = door.scan(late.token, at("14:00"))
    assert (verdict.verdict, verdict.variant, verdict.number) == ("late", None, "A-002")
    verdict = door.scan(gone.token, at("20:00"))
    assert (verdict.verdict, verdict.variant, verdict.number) == ("late", "late_closed", None)
    assert count(door, visits) == 2


def test_found_absent_and_yet_come_is_let_in_as_late(door: Door) -> None:
    booked = door.book(1, at("10:00"), party=2)
    door.database.write(lambda c: (
        c.execute(sa.update(bookings).where(bookings.c.id == booked.id).values(status="absent")),
        c.execute(sa.update(days).where(days.c.id == booked.day_id).values(absent=2))))
    verdict = door.scan(booked.token, at("11:30"))
    assert (verdict.verdict, verdict.number) == ("late", "A-001")
    assert (today(door).arrived, today(door).absent) == (2, 0)


# -- who is not ------------------------------------------------------------------------------------------


def test_another_day_is_told_which(door: Door) -> None:
    booked = door.book(1, at("10:00", 1))
    verdict = door.scan(booked.token, at("10:00"))
    assert (verdict.verdict, verdict.variant, verdict.start) == ("wrong_day", None, booked.start)
    assert door.scan(booked.token, at("10:00", 2)).variant == "wrong_day_past"


def test_yesterdays_visitor_does_not_come_in_again(door: Door) -> None:
    booked = door.book(1, at("10:00"))
    door.scan(booked.token, at("10:00"))
    verdict = door.scan(booked.token, at("10:00", 1))
    assert (verdict.verdict, verdict.variant, verdict.number) == ("wrong_day", "wrong_day_past", None)


def test_cancelled(door: Door) -> None:
    booked = door.book(1, at("10:00"))
    door.cancel(booked)
    assert door.scan(booked.token, at("10:00")).verdict == "cancelled"


def test_moved_to_another_day_shows_where(door: Door) -> None:
    booked = door.book(1, at("10:00"))
    moved = door.move(booked, at("10:00", 1))
    verdict = door.scan(booked.token, at("10:00"))
    assert (verdict.verdict, verdict.variant, verdict.start) == ("moved", None, moved.start)
    assert door.scan(booked.token, at("10:00", 1)).variant == "moved_today"
    assert door.scan(moved.token, at("10:00", 1)).verdict == "admitted"


def test_moved_and_then_cancelled_is_cancelled(door: Door) -> None:
    booked = door.book(1, at("10:00"))
    door.cancel(door.move(booked, at("10:00", 1)))
    assert door.scan(booked.token, at("10:00")).verdict == "cancelled"


def test_moved_within_the_day_keeps_its_ticket(door: Door) -> None:
    booked = door.book(1, at("10:00"))
    door.move(booked, at("14:00"))
    assert door.scan(booked.token, at("10:00")).verdict == "early"
    assert door.scan(booked.token, at("14:00")).verdict == "admitted"


def test_another_offices_ticket_is_told_by_ticket_and_by_code(door: Door) -> None:
    with door.database.engine.begin() as connection:
        mine = connection.execute(sa.select(office_rows)).one()
        connection.execute(office_rows.insert(), {**mine._asdict(), "id": 2, "slug": "samarinda", "name": "Samarinda"})
    booked = door.book(1, at("10:00"))
    door.offices.forget()
    elsewhere = replace(door.office, id=2, slug="samarinda", name="Samarinda")
    for text in (booked.token, booked.code):
        verdict = door.scan(str(text), at("10:00"), office=elsewhere)
        assert verdict == Verdict("wrong_office", office=door.office.name)
    assert count(door, visits) == 0


def test_unknown_and_forged_are_told_apart(door: Door) -> None:
    unknown = door.mint.token(door.office.id, NOW.date())  # made here, but in no book
    assert door.scan(unknown, at("10:00")) == Verdict("unknown")
    assert door.scan(unknown[:-1] + ("0" if unknown[-1] != "0" else "1"), at("10:00")) == Verdict("forged")
    assert door.scan(Mint([b"another secret"]).token(door.office.id, NOW.date()), at("10:00")) == Verdict("forged")
    assert door.scan("halo", at("10:00")) == Verdict("unknown")
    assert door.scan(f"10000000{check_digit('10000000')}", at("10:00")) == Verdict("unknown")
    assert door.scan(f"10000000{(check_digit('10000000') + 1) % 10}", at("10:00")) == Verdict(
        "unknown", variant="mistyped")
    for miscounted in ("10000000", "1000-0000-00"):
        assert door.scan(miscounted, at("10:00")) == Verdict("unknown", variant="mistyped")
    assert door.scan(door.mint.token(99, NOW.date()), at("10:00")) == Verdict("unknown")  # an office long gone


def test_a_forgery_is_told_without_the_database(door: Door) -> None:
    forged = Mint([b"another secret"]).token(door.office.id, NOW.date())
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    with door.database.engine.connect() as connection:
        sa.event.listen(connection, "before_cursor_execute", note)
        verdict = checkin.scan(connection, door.office, text=forged, nonce=None, now=at("10:00"), vault=door.vault,
                               mint=door.mint, offices=door.offices, staff_id=CLERK)
    assert verdict.verdict == "forged"
    assert asked == []


def test_an_erased_booking_has_no_name_and_a_lost_key_keeps_nobody_out(door: Door) -> None:
    erased, sealed = door.book(1, at("10:00")), door.book(2, at("10:15"))
    door.database.write(lambda c: c.execute(
        sa.update(bookings).where(bookings.c.id == erased.id).values(sealed=None)))
    assert door.scan(erased.token, at("10:00")).name is None
    door.vault = Vault(["a secret the row was not sealed with, long enough"])
    assert door.scan(sealed.token, at("10:00")) == Verdict(
        "admitted", number="A-002", service="ktp-rekam", start=sealed.start, booking_id=sealed.id)


# -- the rule alone --------------------------------------------------------------------------------------

START = samples.BOOKING.start
rule_times = st.datetimes(datetime(2026, 11, 28), datetime(2026, 12, 2)).map(  # noqa: DTZ001
    lambda naive: naive.replace(tzinfo=START.tzinfo))


@given(rule_times, st.sampled_from(["booked", "absent", "arrived", "cancelled"]), st.booleans())
def test_only_who_is_in_time_or_late_today_gets_in(now: datetime, status: str, old: bool) -> None:
    word, variant = checkin.judge(samples.OFFICE, samples.booking(status=status), now, old=old)
    is_today = samples.OFFICE.today(now) == samples.OFFICE.today(START)
    minutes = (now - START) / timedelta(minutes=1)
    assert word in VERDICTS
    assert variant is None or variant in VARIANTS
    if word == "admitted":
        assert status == "booked" and is_today and not old and -30 <= minutes <= 30  # noqa: PT018
    if (word, variant) == ("late", None):
        assert status in ("booked", "absent")
        assert is_today
        assert not old
        assert minutes > 30 or status == "absent"
        assert samples.OFFICE.local(now).hour < 16
    if word == "early":
        assert minutes < -30


def test_a_day_the_office_gave_up_admits_nobody_late(door: Door) -> None:
    office = replace(samples.OFFICE, hours={})
    assert checkin.judge(office, samples.BOOKING, START + timedelta(hours=2), old=False) == ("late", "late_closed")
    assert checkin.judge(office, samples.BOOKING, START, old=False) == ("admitted", None)


# -- the same scan again ---------------------------------------------------------------------------------


def test_the_same_nonce_gives_the_same_answer_whatever_happened_since(door: Door) -> None:
    booked = door.book(1, at("10:00"))
    early = door.scan(booked.token, at("09:00"), nonce="n1")
    first = door.scan(booked.token, at("09:50"), nonce="n2")
    second = door.scan(booked.token, at("09:51"), nonce="n3")
    assert [early.verdict, first.verdict, second.verdict] == ["early", "admitted", "already_admitted"]
    later = at("10:00", 1)
    assert door.scan(booked.token, later, nonce="n1") == early
    assert door.scan(f"https://antre.test/t/{booked.token.lower()}", later, nonce="n2") == first
    assert door.scan(booked.token, later, nonce="n3") == second
    assert count(door, visits) == 1


def test_answers_without_a_booking_are_kept_as_well(door: Door) -> None:
    for nonce, text in (("a", "halo"), ("b", "U" * 36), ("c", door.mint.token(door.office.id, NOW.date()))):
        assert door.scan(text, at("10:00"), nonce=nonce) == door.scan(text, at("11:00"), nonce=nonce)


def test_what_is_no_ticket_leaves_nothing_to_be_guessed(door: Door) -> None:
    """A clerk may type a NIK: a plain hash of it could be found again by trying them all."""
    for n in (1, 2):
        door.scan(people.nik(n), at("10:00"), nonce=f"n{n}")
    with door.database.read() as connection:
        kept = connection.scalars(sa.select(scans.c.answer)).all()
    assert [answer["of"] for answer in kept] == ["?", "?"]


def test_a_nonce_belongs_to_one_ticket(door: Door) -> None:
    one, other = door.book(1, at("10:00")), door.book(2, at("10:15"))
    door.scan(one.token, at("10:00"), nonce="n")
    with pytest.raises(Refusal) as refused:
        door.scan(other.token, at("10:00"), nonce="n")
    assert (refused.value.code, refused.value.details) == ("idempotency_key_reused", {"field": "nonce"})
    assert row(door, bookings, bookings.c.id == other.id).status == "booked"


@pytest.mark.parametrize("nonce", ["", "x" * 65, "a\nb", "a\x00b"])
def test_a_nonce_that_cannot_be_kept_is_refused_and_nobody_let_in(door: Door, nonce: str) -> None:
    booked = door.book(1, at("10:00"))
    with pytest.raises(Refusal) as refused:
        door.scan(booked.token, at("10:00"), nonce=nonce)
    assert (refused.value.code, refused.value.details["field"]) == ("invalid_request", "nonce")
    assert count(door, visits) == 0


def test_what_is_kept_names_nobody_and_is_forgotten(door: Door) -> None:
    booked = door.book(1, at("10:00"))
    door.scan(booked.token, at("10:00"), nonce="n")
    kept = str(row(door, scans).answer)
    assert people.name(1).split()[0] not in kept
    assert booked.token not in kept
    assert door.database.write(lambda c: nonces.forget(c, at("09:59", 2))) == 0
    assert door.database.write(lambda c: nonces.forget(c, at("10:01", 2))) == 1
    assert count(door, scans) == 0


def test_forgetting_goes_on_until_nothing_old_is_left(door: Door) -> None:
    old = [{"office_id": 1, "nonce": f"n{n}", "at": at("10:00", -3), "answer": {}} for n in range(nonces.BATCH + 1)]
    door.database.write(lambda c: c.execute(scans.insert(), [*old, {**old[0], "nonce": "new", "at": at("10:00")}]))
    nonces.forget_all(door.database, at("10:00"))
    assert [row.nonce for row in _all(door, scans)] == ["new"]


# -- walk-ins --------------------------------------------------------------------------------------------


def test_a_walk_in_gets_a_number_while_the_day_has_room(door: Door) -> None:
    visit = door.walk_in(at("10:00"), party=2, priority="elderly")
    assert (visit.number, visit.service, visit.party, visit.priority, visit.state) == (
        "A-001", "ktp-rekam", 2, "elderly", "waiting")
    stored = row(door, visits)
    assert (stored.booking_id, stored.due, stored.arrived_at, stored.id) == (None, at("10:00"), at("10:00"), visit.id)
    assert today(door).walk_ins == 2
    entry = row(door, journal, journal.c.kind == "walk_in")
    assert (entry.visit_id, entry.day_id, entry.staff_id, entry.booking_id) == (visit.id, stored.day_id, CLERK, None)


def test_a_full_day_offers_places_that_can_be_booked(door: Door) -> None:
    for _ in range(today(door).walk_in_room):
        door.walk_in(at("09:00"))
    before = count(door, visits), count(door, journal), _all(door, numberings)
    with pytest.raises(Refusal) as refused:
        door.walk_in(at("09:00"))
    assert refused.value.code == "day_full"
    offered = refused.value.details["alternatives"]
    assert len(offered) == 3
    assert door.book(1, offered[0], now=at("09:00")).start == offered[0]
    assert (count(door, visits), count(door, journal) - 1, _all(door, numberings)) == before
    with pytest.raises(Refusal, match="day_full"):
        door.walk_in(at("09:00"), party=5)


def test_nobody_walks_into_a_closed_office(door: Door) -> None:
    for when in (at("18:00"), at("10:00", 5), at("10:00", 400)):  # after hours, a Sunday, beyond the horizon
        with pytest.raises(Refusal) as refused:
            door.walk_in(when)
        assert refused.value.code == "office_closed"
    assert refused.value.details["alternatives"] == []
    door.database.write(lambda c: c.execute(sa.update(days).where(days.c.date == NOW.date()).values(closed=True)))
    with pytest.raises(Refusal, match="office_closed"):
        door.walk_in(at("10:00"))
    assert count(door, visits) == 0


# -- words -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize("word", [*VERDICTS, *VARIANTS])
def test_every_verdict_has_words_without_gaps(language: str, word: str) -> None:
    verdict = Verdict(word if word in VERDICTS else "late", variant=None if word in VERDICTS else word,
                      number="A-012", start=START, opens=START, since=START, office="Samarinda")
    spoken = say(verdict, samples.OFFICE, language)
    assert spoken.title
    assert spoken.say.endswith(".")
    assert not {"None", "{", "!"} & set((spoken.title + spoken.say).split())
    assert "None" not in spoken.title + spoken.say


def test_words_tell_hours_on_the_offices_clock() -> None:
    verdict = Verdict("moved", start=START)
    assert say(verdict, samples.OFFICE, "id").say == (
        "Janji Anda dipindah ke Senin, 30 November 2026 pukul 09.30 WITA. Pakailah tiket yang baru.")
    early = Verdict("early", start=START, opens=START - timedelta(minutes=30))
    assert "09:00 WITA" in say(early, samples.OFFICE, "en").say
    assert say(Verdict("admitted", number="A-012"), samples.OFFICE, "id").title == "Silakan, A-012"
