"""Every sentence in both languages: one GSM-7 part with the longest values, and what people need in it."""

from __future__ import annotations

import re
import zoneinfo
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications import wording
from notifications.letters import LETTERS
from notifications.reminders import EVE, LATE
from notifications.wording import KINDS, LANGUAGES, Visit, gsm7, notices, opinion, render
from scheduler.offices import Office, Service
from scheduler.rules import Rules

BOTH = [(kind, language) for kind in KINDS for language in LANGUAGES]
TUESDAY = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)  # already Wednesday in Balikpapan


def office(name: str = "Disdukcapil Kota Balikpapan", phone: str = "(0542) 000-100",
           timezone: str = "Asia/Makassar", sms_number: str | None = None) -> Office:
    return Office(1, "x", name, timezone, phone, sms_number, "Jalan Contoh 1", Rules(60, 70), 1, (), (), {})


def service(short: str = "Rekam KTP-el", bring: tuple[str, ...] = ("KK", "Formulir F-1.02")) -> Service:
    both = {"id": list(bring), "en": list(bring)}
    return Service(1, "x", "A", {"id": short, "en": short}, short, "required", 15, both, None, ())


def longest_start(timezone: str) -> datetime:
    """A start whose date is among the longest in both languages."""
    return max((datetime(2026, 9, 30, 15, 59, tzinfo=zoneinfo.ZoneInfo(timezone)) + timedelta(days=n)
                for n in range(7)), key=lambda day: len(day.strftime("%A %d")))


@pytest.mark.parametrize(("kind", "language"), BOTH)
def test_the_longest_values_fill_one_part(kind: str, language: str) -> None:
    """Values at the limit of each column, in septets; the sentence must not lean on their being shorter."""
    visit = Visit(office("M" * 40, "9" * 20, "Pacific/Chatham"), service("W" * 24, ("X" * 10,)),
                  longest_start("Pacific/Chatham"), "482177305")
    text = render(kind, language, visit)
    assert gsm7.fits(text), (gsm7.septets(text), text)
    assert "482-177-305" in text
    assert "9" * 20 in text


@pytest.mark.parametrize(("kind", "language"), BOTH)
def test_an_office_that_reads_sms_says_where_to_with_the_longest_values(kind: str, language: str) -> None:
    visit = Visit(office("M" * 40, "9" * 20, "Pacific/Chatham", "8" * 20), service("W" * 24, ("X" * 10,)),
                  longest_start("Pacific/Chatham"), "482177305", "W" * 30)
    text = render(kind, language, visit)
    assert gsm7.fits(text), (gsm7.septets(text), text)
    assert "482-177-305" in text
    assert ("9" if kind == "cancellation" else "8") * 20 in text
    if kind.startswith("reminder"):
        assert {"id": "YA/BATAL", "en": "YES/CANCEL"}[language] in text


@given(st.sampled_from(BOTH), st.text(max_size=120), st.text(max_size=24), st.text(max_size=20),
       st.lists(st.text(max_size=80), max_size=6), st.integers(1_700_000_000, 2_500_000_000),
       st.sampled_from(sorted(zoneinfo.available_timezones())), st.text(max_size=80),
       st.one_of(st.none(), st.text(max_size=20)))
def test_whatever_an_office_calls_itself_goes_as_one_part(
    which: tuple[str, str], name: str, short: str, phone: str, bring: list[str], start: int, zone: str, who: str,
    sms: str | None
) -> None:
    moment = datetime.fromtimestamp(start, UTC)
    visit = Visit(office(name, phone, zone, sms), service(short, tuple(bring)), moment, "482177305", who)
    text = render(*which, visit)
    assert gsm7.fits(text), (gsm7.septets(text), text)
    assert "482-177-305" in text


@pytest.mark.parametrize("zone", sorted(zoneinfo.available_timezones()))
def test_every_zone_s_name_has_room(zone: str) -> None:
    for month in (1, 7):
        name = datetime(2026, month, 1, tzinfo=zoneinfo.ZoneInfo(zone)).tzname()
        assert name is not None
        assert len(name) <= wording.ZONE


@pytest.mark.parametrize(("kind", "language"), BOTH)
def test_a_message_says_when_where_which_number_and_whom_to_call(kind: str, language: str) -> None:
    text = render(kind, language, Visit(office(), service(), TUESDAY, "482177305"))
    clock, weekday = {"id": ("07.30 WITA", "Rabu 25 Nov"), "en": ("07:30 WITA", "Wed 25 Nov")}[language]
    for part in (clock, weekday, "Disdukcapil Balikpapan", "Rekam KTP-el", "482-177-305", "(0542) 000-100"):
        assert part in text


@pytest.mark.parametrize(("kind", "language"), BOTH)
def test_for_whom_comes_before_what_to_bring(kind: str, language: str) -> None:
    text = render(kind, language, Visit(office(), service(), TUESDAY, "482177305", "Siti A."))
    assert {"id": "Rekam KTP-el a.n. Siti A.", "en": "Rekam KTP-el for Siti A."}[language] in text


@pytest.mark.parametrize("kind", ["reminder_eve", "reminder_late"])
def test_a_reminder_asks_where_an_answer_is_read(kind: str) -> None:
    asking = render(kind, "id", Visit(office(sms_number="+6281200009999"), service(), TUESDAY, "482177305", "Siti A."))
    assert re.search("YA.*BATAL.* ke 0812-0000-9999$", asking)
    assert "YA" not in render(kind, "id", Visit(office(), service(), TUESDAY, "482177305"))


@pytest.mark.parametrize(("number", "shown"), [
    ("+6281200009999", "0812-0000-9999"), ("+628120000999", "0812-0000-999"), ("1708", "1708"),
    ("+6591234567", "+6591234567"),
])
def test_a_number_to_write_to_is_shown_as_people_write_it(number: str, shown: str) -> None:
    assert wording.readable_number(number) == shown


@pytest.mark.parametrize("sms", [None, "+6281200009999"])
@pytest.mark.parametrize(("kind", "language"), BOTH)
def test_nothing_that_operators_filter(kind: str, language: str, sms: str | None) -> None:
    text = render(kind, language, Visit(office(sms_number=sms), service(), TUESDAY, "482177305", "Siti A.")).lower()
    assert not re.search(r"\botp\b|token|verifi|password|sandi|http|www\.|\.id/|\.com", text)
    assert not re.search(r"\d{7,}", text), "a long number looks like a code to pass on"
    assert "!" not in text


@pytest.mark.parametrize(("kind", "words"), [
    ("confirmation", "Kode"), ("move", "pindah ke"), ("cancellation", "dibatalkan"),
    ("reminder_eve", "Besok"), ("reminder_late", "Sebentar lagi"),
])
def test_each_kind_says_what_happened(kind: str, words: str) -> None:
    assert words in render(kind, "id", Visit(office(), service(), TUESDAY, "482177305"))


@pytest.mark.parametrize(("kind", "language"), BOTH)
def test_the_code_is_called_a_code_as_on_the_ticket_and_at_the_door(kind: str, language: str) -> None:
    """A number of one's own is the one that is called in the hall, A-012."""
    text = render(kind, language, Visit(office(), service(), TUESDAY, "482177305")).lower()
    assert re.search(r"(kode|code)( anda| tetap)? 482-177-305", text)
    assert "nomor" not in text
    assert "number" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_to_bring_is_whole_or_says_that_there_is_more(language: str) -> None:
    def brought(*things: str) -> str:
        return render("confirmation", language, Visit(office(), service(bring=things), TUESDAY, "482177305"))

    more = {"id": "dll.", "en": "etc."}[language]
    assert "KK, Formulir F-1.02." in brought("KK", "Formulir F-1.02")
    assert f"KK, {more} " in brought("KK", "Surat keterangan " * 3)
    assert more not in brought("Surat keterangan " * 3)
    assert f"KTP lama, {more} " in brought("KTP lama, atau surat kehilangan dari kepolisian")
    assert f"KK lama, Bukti perubahan data, {more} " in brought(
        "Kartu Keluarga (KK) lama", "Bukti perubahan data, misalnya akta, buku nikah, atau ijazah")
    assert brought("KK.") == brought("KK")


@pytest.mark.parametrize(("thing", "told"), [
    ("Fotokopi Kartu Keluarga (KK)", "Fotokopi KK."), ("The family card (KK)", "The family card (KK)."),
    ("Kartu Keluarga (KK) lama", "KK lama."), ("(KK)", "(KK)."), ("KTP-el dan Kartu Keluarga (KK)", "KTP-el dan KK."),
])
def test_an_abbreviation_in_brackets_stands_for_its_words(thing: str, told: str) -> None:
    assert f" Bawa: {told} " in render("confirmation", "id", Visit(office(), service("KK", (thing,)), TUESDAY, "1" * 9))


@pytest.mark.parametrize(("name", "short"), [
    ("Disdukcapil Kota Balikpapan", "Disdukcapil Balikpapan"),
    ("Disdukcapil Bandung", "Disdukcapil Bandung"),
    ("Dinas Kependudukan dan Pencatatan Sipil Kota Balikpapan", "Dinas Balikpapan"),
    ("Disdukcapil “Kota” Palangka Raya", 'Disdukcapil "Kota" Raya'),
    ("A" * 50, "A" * 24),
    ("€" * 50, "€" * 12),
    ("", ""),
])
def test_a_long_office_name_keeps_its_beginning_and_its_place(name: str, short: str) -> None:
    assert wording.short_office(name) == short


def test_every_kind_that_is_written_has_words() -> None:
    written = {kind for letter in LETTERS.values() for kind in letter.kinds}
    assert written | {EVE, LATE} == {*KINDS, *notices.KINDS, opinion.KIND}
    for words in LANGUAGES.values():
        assert set(words.SENTENCES) == set(KINDS)
        assert set(words.NOTICES) == set(words.NOTICES_BY_SMS) == set(words.NOTICES_BY_PHONE) == set(notices.KINDS)
