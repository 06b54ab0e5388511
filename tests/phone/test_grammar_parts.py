"""Numbers, days, services and names of an SMS where the corpus is too coarse, and messages in two parts."""

from __future__ import annotations

from datetime import date

import pytest

from api.phone import grammar as g
from api.phone.grammar.clean import LONGEST, clean, without_signature
from api.phone.grammar.dates import find_day
from api.phone.grammar.numbers import find_code
from tests.office_texts import SMALL, edited
from tests.phone.messages import TODAY, intent_of, lexicon, office, office_of, shown
from tests.phone.messages import corpus as every_message

NIK = "6471990201600002"


def read(text: str, words: g.Lexicon | None = None, *, test_people: bool = True) -> g.Register:
    intent = g.read(text, words or lexicon(), TODAY, test_people=test_people).intent
    assert isinstance(intent, g.Register), shown(intent)
    return intent


# -- NIK and code ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", [
    NIK, "6471 9902 0160 0002", "647199-020160-0002", "64.71.99.02.01.60.00.02", "6471/9902/0160/0002",
    "647199 02/01/60 0002",
    "6 4 7 1 9 9 0 2 0 1 6 0 0 0 0 2", "(6471) 990201600002", "647l99O2Ol6OOOO2", "647I99Q20i60ooo2",
    "6471|9902|0160|0002",
    "６４７１９９０２０１６００００２",
])
def test_a_nik_is_read_however_it_is_grouped(written: str) -> None:
    assert read(f"daftar ktp {written} Budi Santoso") == g.Register("ktp-rekam", NIK, "Budi Santoso", None, None)


@pytest.mark.parametrize("written", ["647S990201600002", "64719902016O000B", "6471990Z01600002", "647!990201600002"])
def test_other_letters_are_not_mended(written: str) -> None:
    assert read(f"daftar ktp {written} Budi Santoso").nik is None


@pytest.mark.parametrize(("written", "why", "value"), [
    ("647199020160000", "length", "15"), ("64719902016000022", "length", "17"), ("6471990201600000", "serial", "16"),
    ("6471994501600005 6471990201600002", "several", None), ("6471990201600002 6471990201600002", None, None),
    ("0000990201600002", "region", "16"), ("6471993201600002", "date", "16"), ("6471990201", "length", "10"),
    ("no kk 6471990105100033", "missing", None), ("0812 3456 7890", "missing", None), ("12-3", "missing", None),
])
def test_a_wrong_nik_says_why_and_never_the_number(written: str, why: str | None, value: str | None) -> None:
    trouble = read(f"daftar ktp {written}, Budi Santoso").trouble
    assert trouble == (None if why is None else g.Trouble("nik", why, value))


def test_the_invented_region_needs_leave() -> None:
    assert read(f"daftar ktp {NIK} Budi", test_people=False).trouble == g.Trouble("nik", "test_region", "16")


@pytest.mark.parametrize(("text", "code", "why"), [
    ("482177302", "482177302", None), ("4821 7730 2", "482177302", None), ("48 21-77.302", "482177302", None),
    ("26-11 482177302", "482177302", None), ("482177302 715309263", None, "several"), ("482177302 482177302",
    "482177302", None),
    ("482177302 482177305", "482177302", None), ("482177305", None, "digit"), ("48217730", None, "length"), ("x",
    None, None),
])
def test_a_code_is_found(text: str, code: str | None, why: str | None) -> None:
    found, trouble, _ = find_code(text)
    assert (found, trouble.why if trouble else None) == (code, why)


# -- days ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "day"), [
    ("hari ini", "2026-11-24"), ("today", "2026-11-24"), ("sekarang", "2026-11-24"), ("besok", "2026-11-25"),
    ("besuk", "2026-11-25"), ("tomorrow", "2026-11-25"), ("lusa", "2026-11-26"), ("besok lusa", "2026-11-26"),
    ("day after tomorrow", "2026-11-26"), ("selasa", "2026-11-24"), ("tuesday", "2026-11-24"), ("rabu", "2026-11-25"),
    ("minggu", "2026-11-29"), ("ahad", "2026-11-29"), ("senin", "2026-11-30"), ("besok senin", "2026-11-30"),
    ("selasa depan", "2026-12-01"), ("senin minggu depan", "2026-11-30"), ("next tuesday", "2026-12-01"),
    ("minggu depan", "2026-11-30"), ("next week", "2026-11-30"), ("24/11", "2026-11-24"), ("23/11", "2027-11-23"),
    ("1-1", "2027-01-01"), ("24.11.2026", "2026-11-24"), ("24/11/26", "2026-11-24"), ("2026-11-30", "2026-11-30"),
    ("29/2", "2028-02-29"), ("25 nov", "2026-11-25"), ("25 Nopember 2026", "2026-11-25"), ("nov 25", "2026-11-25"),
    ("november 25th, 2026", "2026-11-25"), ("25-nov-2026", "2026-11-25"), ("tgl 24", "2026-11-24"), ("tgl 23",
    "2026-12-23"),
    ("tanggal 31", "2026-12-31"), ("tgl. 25 des", "2026-12-25"), ("25 agt", "2027-08-25"), ("rabu 25/11", "2026-11-25"),
    ("jam 09.30 rabu", "2026-11-25"), ("pukul 8 tgl 30", "2026-11-30"),
])
def test_a_day_as_people_write_it(text: str, day: str) -> None:
    found = find_day(text, TODAY)
    assert (found.day, found.why) == (date.fromisoformat(day), None)


@pytest.mark.parametrize(("text", "why"), [
    ("31/2", "unknown"), ("30 februari", "unknown"), ("32/1", "unknown"), ("5/13", "unknown"), ("tgl 32", "unknown"),
    ("31-2-2027", "unknown"), ("23/11/2026", "past"), ("1 januari 2020", "past"), ("2026-11-23", "past"),
    ("25/11 26/11", "several"), ("senin atau rabu", "several"), ("besok 27/11", "several"), ("senin 25/11", "several"),
])
def test_a_day_that_is_none_says_why(text: str, why: str) -> None:
    found = find_day(text, TODAY)
    assert (found.day, found.why) == (None, why)


@pytest.mark.parametrize("text", ["", "25", "08.30", "jam 8", "12:30", "Kamis Suyanto", "Mei Lestari", "Juni",
                                  "marsudi 5",
                                  "1 rt 5", "besoknya", "lahir 2/1/1960", "ttl Samarinda, 2 januari 1960"])
def test_what_is_no_day_is_left_alone(text: str) -> None:
    found = find_day(text, TODAY)
    assert (found.day, found.why) == (None, None)


def test_the_last_day_of_time_has_no_next_year() -> None:
    assert find_day("1/1", date(9999, 12, 31)).why == "unknown"


# -- services --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("service", list(office().by_slug.values()), ids=lambda service: service.slug)
def test_every_word_of_the_office_file_means_its_service(service: object) -> None:
    assert hasattr(service, "words")
    for word in (*service.words, service.short):  # type: ignore[attr-defined]
        for written in (word, word.replace("-", " "), word.replace("-", "").upper()):
            found = read(f"DAFTAR#{written}#{NIK}#Budi Santoso")
            assert (found.service, found.name) == (service.slug, "Budi Santoso"), written  # type: ignore[attr-defined]


def test_a_word_that_two_services_share_is_asked_about() -> None:
    two = edited('[[counters]]', '''[[services]]
slug = "ktp-cetak"
letter = "A"
name = { id = "Cetak KTP", en = "ID card printing" }
short = "Cetak"
visit = "required"
minutes = 30
bring = { id = [], en = [] }
[[counters]]''', SMALL)
    words = g.Lexicon.of(office_of(edited('serves = ["ktp"]', 'serves = ["ktp", "ktp-cetak"]', two)))
    assert read(f"DAFTAR KTP {NIK} Budi", words).service == "ktp"
    assert read(f"DAFTAR CETAK KTP {NIK} Budi", words).service == "ktp-cetak"
    trouble = read(f"DAFTAR CARD {NIK} Budi", words).trouble
    assert trouble == g.Trouble("service", "several", None, ("ktp", "ktp-cetak"))


@pytest.mark.parametrize(("text", "slug"), [
    (f"BALIKPAPAN DAFTAR KTP {NIK} Budi", "balikpapan"), (f"DAFTAR KTP {NIK} Budi kecil", "kecil"),
    (f"DAFTAR KTP {NIK} Kecil Budi", None), ("kecil: info ktp", "kecil"), ("BATAL 482177302 kecil.", "kecil"),
])
def test_an_office_is_named_by_the_first_or_last_word(text: str, slug: str | None) -> None:
    words = g.Lexicon.of(office(), ["balikpapan", "kecil"])
    reading = g.read(text, words, TODAY, test_people=True)
    assert reading.office == slug
    assert getattr(reading.intent, "name", None) in (None, "Budi", "Kecil Budi")
    assert g.read(text, lexicon(), TODAY, test_people=True).office is None


def test_one_office_needs_no_name() -> None:
    assert g.Lexicon.of(office(), ["balikpapan"]).offices == frozenset()


# -- the text around -------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["\n-- Joko", "\nSent from my phone", "\nTerkirim dari ponsel", " Wassalam, Joko",
                                 ". Salam, Joko",
                                 " terima kasih, Joko", "\nRegards\nJoko", " -- Joko", " hormat saya Joko",
                                 " trims. Joko"])
def test_a_signature_is_not_the_name(end: str) -> None:
    assert read(f"DAFTAR KTP {NIK} Budi Santoso{end}").name == "Budi Santoso"


def test_salam_in_a_name_is_no_signature() -> None:
    assert without_signature("Abdul Salam") == "Abdul Salam"


def test_a_long_text_is_cut() -> None:
    assert len(clean("ﷺ" * 5_000)) <= LONGEST
    assert clean("a" * 5_000) == "a" * LONGEST


@pytest.mark.parametrize("name", ["H. Budi", "Hj. Siti Nur'aini, S.Pd", "dr. Rina, Sp.A", "Drs. Budi, M.Si", "Budi, SE",
                                  "Budi Santoso, S.H., M.H.", "A. Rudi", "I Wayan Budi", "Siti binti Ali",
                                  "MUHAMMAD MA'RUF"])
def test_a_name_is_kept_as_typed(name: str) -> None:
    assert read(f"DAFTAR KTP {NIK} {name}").name == name
    assert read(f"{name}#{NIK}#KTP").name == name


# -- two parts -------------------------------------------------------------------------------------------

WHOLE = f"DAFTAR KTP {NIK} Budi Santoso 30/11/2026"


@pytest.mark.parametrize("at", range(2, WHOLE.index("Santoso") - 5))
def test_a_message_cut_anywhere_before_it_is_whole_is_put_together(at: int) -> None:
    joined = g.join(WHOLE[:at], WHOLE[at:], lexicon(), TODAY, test_people=True)
    assert joined is not None
    assert joined.intent == g.Register("ktp-rekam", NIK, "Budi Santoso", date(2026, 11, 30), None)


def test_what_the_first_part_made_alone_is_not_made_again() -> None:
    assert g.join(WHOLE, "besok", lexicon(), TODAY, test_people=True) is None


def test_a_part_cut_by_the_phone_goes_on_without_a_space() -> None:
    talk = "selamat pagi bapak ibu yang terhormat mohon bantuannya " * 3
    first, second = talk + "nama: budi san", f"toso nik: {NIK} layanan: ktp"
    joined = g.join(first, second, lexicon(), TODAY, test_people=True)
    assert joined is not None
    assert getattr(joined.intent, "name", None) == "budi santoso"


def test_each_message_of_the_corpus_is_itself_after_nothing() -> None:
    """An empty first part changes nothing that was whole."""
    for message in every_message():
        if "<+>" not in message.text and isinstance(intent := intent_of(message),
        g.Register) and intent.trouble is None:
            joined = g.join("", message.text, lexicon(), TODAY, test_people=True)
            assert joined is None or joined.intent == intent
