"""The office file: what it means, how mistakes are told, and that importing touches only what differs."""

from __future__ import annotations

import re
import threading
from datetime import UTC, date, datetime
from importlib.resources import files
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from scheduler import tables as t
from scheduler.calendar import starts
from scheduler.foundation.database import Database
from scheduler.foundation.journal import journal
from scheduler.office_file import Imported, OfficeFileError, import_office, parse
from scheduler.offices import KeepStep, Office, Offices, Rules
from scheduler.public_holidays import HolidayRule, holidays_of

EXAMPLE = files("scheduler").joinpath("examples/balikpapan.toml").read_text(encoding="utf-8")
NOW = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)


def problems(text: str) -> list[str]:
    with pytest.raises(OfficeFileError) as error:
        parse(text, "contoh.toml")
    return error.value.problems


def edited(old: str, new: str, text: str = EXAMPLE) -> str:
    assert old in text, f"the example no longer holds {old!r}"
    return text.replace(old, new, 1)


# -- the example -----------------------------------------------------------------------------------------


def test_the_example_says_what_the_domain_says() -> None:
    file = parse(EXAMPLE, "balikpapan.toml")
    assert (file.slug, file.timezone) == ("balikpapan", "Asia/Makassar")
    assert (file.rules.low, file.rules.high, file.rules.walk_in_keep) == (60, 70, 8)
    assert file.rules.walk_in_steps[0] == KeepStep("-1d 16:00", 6)
    short, friday = (("07:30", "12:00"), ("13:00", "16:00")), (("07:30", "11:30"), ("13:00", "16:30"))
    assert file.hours == {0: short, 1: short, 2: short, 3: short, 4: friday}
    assert file.holidays == HolidayRule("ID", ("public", "government"))
    assert {service.slug: (service.visit, service.minutes) for service in file.services} == {
        "ktp-rekam": ("required", 15), "ktp-ambil": ("required", 5), "ikd": ("required", 10),
        "pengaduan": ("required", 15), "akta": ("fallback", 15), "kk": ("fallback", 15), "kia": ("fallback", 10),
        "pindah": ("fallback", 15)}
    assert file.sms_number == "+6281200009999"


def test_the_example_understands_words_people_type() -> None:
    meaning = {word: service.slug for service in parse(EXAMPLE, "x").services for word in service.words}
    for word, slug in {"ktp": "ktp-rekam", "ektp": "ktp-rekam", "rekam": "ktp-rekam", "cetak": "ktp-ambil",
                       "hilang": "ktp-ambil", "kk": "kk", "akte": "akta", "lahir": "akta", "kia": "kia",
                       "pindah": "pindah", "ikd": "ikd", "lapor": "pengaduan"}.items():
        assert meaning[word] == slug


def test_a_day_of_the_example_has_room_for_the_band_even_for_ktp_alone(database: Database) -> None:
    office = imported(database, EXAMPLE)
    for day in (date(2026, 11, 24), date(2026, 11, 27)):  # a Tuesday, a Friday
        places = sum(start.places for start in starts(office, day) if start.letter == "A")
        assert places >= office.rules.high


def test_only_what_is_needed_need_be_written() -> None:
    file = parse(SMALL, "small.toml")
    assert file.rules == Rules(1, 9)
    assert (file.sms_number, file.holidays, file.days) == (None, None, ())


SMALL = """\
[office]
slug = "kecil"
name = "Kantor Kecil"
timezone = "Europe/Berlin"
phone = "0000"
address = "Jalan Contoh"
[band]
low = 1
high = 9
[hours]
monday = ["08:00-12:00"]
[[services]]
slug = "ktp"
letter = "A"
name = { id = "KTP", en = "ID card" }
short = "KTP"
visit = "required"
minutes = 30
bring = { id = [], en = [] }
[[counters]]
slug = "loket-1"
name = "Loket 1"
serves = ["ktp"]
"""


# -- mistakes --------------------------------------------------------------------------------------------

EDITS = [
    ('slug = "balikpapan"', 'slug = "Balik Papan"', "small letters"),
    ('name = "Disdukcapil Kota Balikpapan"', 'name = ""', "text in quotes"),
    ('name = "Disdukcapil Kota Balikpapan"', 'name = "' + "x" * 121 + '"', "at most 120"),
    ('name = "Disdukcapil Kota Balikpapan"', 'name = """a\nb"""', "on one line"),
    ('timezone = "Asia/Makassar"', 'timezone = "Asia/Makasar"', "Did you mean Asia/Makassar?"),
    ('phone = "(0542) 000-100"', "phone = 542000100", "text in quotes"),
    ('sms_number = "+62 812 0000 9999"', 'sms_number = "021 555"', "short code"),
    ('address = "Jalan', 'adress = "Jalan', "Did you mean address?"),
    ("low = 60", "low = 71", "must not be above high"),
    ("high = 70", 'high = "70"', "without quotes"),
    ("high = 70", "high = 70.5", "whole number"),
    ("high = 70", "high = true", "whole number"),
    ("horizon_days = 30", "horizon_days = 0", "from 1 to 365"),
    ("max_party = 5", "max_party = 21", "from 1 to 20"),
    ("early_minutes = 30", "early_minutes = -1", "from 0 to 480"),
    ("keep = 8", "keep = 71", "above the day's high"),
    ('    { at = "10:00", keep = 4 },', '    { at = "10:00", keep = 99 },', "above the day's high"),
    ('    { at = "10:00", keep = 4 },', '    { at = "-2d 10:00", keep = 4 },', "in order of time"),
    ('    { at = "13:00", keep = 2 },', '    { at = "10:00", keep = 2 },', "in order of time"),
    ('    { at = "13:00", keep = 2 },', '    { at = "1pm", keep = 2 },', "so many days before"),
    ('    { at = "13:00", keep = 2 },', '    { at = "13:00" },', "keep is missing"),
    ('    { at = "13:00", keep = 2 },', '    { at = "13:00", keep = 2, why = "" },', "why is not known"),
    ('evening = "16:00"', 'evening = "21:00"', "quiet hours"),
    ('evening = "16:00"', 'evening = "24:00"', "time of day"),
    ("late_minutes = 120", "late_minutes = 1", "from 15 to 720"),
    ("erase_after_days = 30", "erase_after_days = 0", "from 1 to 365"),
    ("[privacy]", "[privasi]", "Did you mean privacy?"),
    ('monday = ["07:30-12:00", "13:00-16:00"]', 'monday = ["07:30-12:00", "11:59-16:00"]', "before"),
    ('monday = ["07:30-12:00", "13:00-16:00"]', 'monday = ["13:00-16:00", "07:30-12:00"]', "in order of time"),
    ('monday = ["07:30-12:00", "13:00-16:00"]', 'monday = ["12:00-12:00"]', "ends before it begins"),
    ('monday = ["07:30-12:00", "13:00-16:00"]', 'monday = ["7:30-12:00"]', "two digits each"),
    ('monday = ["07:30-12:00", "13:00-16:00"]', 'monday = "07:30-12:00"', "must be a list"),
    ("monday = ", "senin = ", "senin is not known in [hours]"),
    ('country = "ID"', 'country = "Indonesia"', "two capital letters"),
    ('country = "ID"', 'country = "XX"', "no holidays are known"),
    ('categories = ["public", "government"]', 'categories = ["publik"]', "it has government, public"),
    ('slug = "ktp-ambil"', 'slug = "ktp-rekam"', "stands above already"),
    ('letter = "C"', 'letter = "c"', "one capital letter"),
    ('letter = "C"', "letter = 3", "text in quotes"),
    ('short = "Rekam KTP-el"', 'short = "Perekaman – KTP"', "plain letters"),
    ('short = "Rekam KTP-el"', 'short = "Perekaman KTP elektronik!"', "plain letters"),
    ('short = "Rekam KTP-el"', 'short = "Perekaman KTP elektroniks"', "at most 24"),
    ('visit = "fallback"', 'visit = "falback"', "Did you mean fallback?"),
    ("minutes = 5", "minutes = 0", "from 1 to 240"),
    ('words = ["keluarga", "kartu-keluarga"]', 'words = ["keluarga", "e-ktp"]', "already means ktp-rekam"),
    ('words = ["keluarga", "kartu-keluarga"]', 'words = ["keluarga", "KK"]', "small letters"),
    ('words = ["keluarga", "kartu-keluarga"]', 'words = ["12"]', "small letters"),
    ('words = ["keluarga", "kartu-keluarga"]', 'words = ["keluarga", "keluarga"]', "twice"),
    ('words = ["keluarga", "kartu-keluarga"]', 'online_url = "disdukcapil.go.id"', "https://"),
    ('slug = "loket-2"', 'slug = "loket-1"', "stands above already"),
    ('serves = ["pengaduan", "akta"', 'serves = ["pengaduann", "akta"', "Did you mean pengaduan?"),
    ('serves = ["akta", "kk", "kia", "pindah"]', 'serves = ["akta", "kk", "kia"]', "must also serve pindah"),
    ('serves = ["akta", "kk", "kia", "pindah"]', "serves = []", "serves nothing"),
]


@pytest.mark.parametrize(("old", "new", "reason"), EDITS, ids=range(len(EDITS)))
def test_a_mistake_is_told_with_its_line_and_reason(old: str, new: str, reason: str) -> None:
    line = EXAMPLE[:EXAMPLE.index(old)].count("\n") + 1
    told = problems(edited(old, new))
    assert [said for said in told if said.startswith(f"line {line}: ") and reason in said], told


ELSEWHERE = [  # the last is what stands on the line to look at
    ('name = "Loket 1"\n', "", "name is missing", '[[counters]]\nslug = "loket-1"'),
    ('phone = "(0542)', 'fon = "(0542)', "phone is missing", "[office]"),
    ('name.en = "Family card (KK)"\n', "", "name.en is missing", 'name.id = "Kartu Keluarga (KK)"'),
    ('country = "ID"\n', 'country = "ID"\nsubdivision = "KI"\n', "leave the line out", "subdivision"),
    ('country = "ID"\n', 'country = "DE"\nsubdivision = "XX"\n', "BW", "subdivision"),
    ('bring.id = ["Fotokopi', 'bring.id = ["KK", "Fotokopi', "same things in both", "bring.en ="),
    ('name.id = "Kartu Keluarga', 'name.de = "x"\nname.id = "Kartu Keluarga', "Known are: id, en", "name.de"),
    ('serves = ["pengaduan", "akta"', 'serves = ["akta", "pengaduan"', "would have no places", 'letter = "C"'),
    ('monday = ["07:30-12:00", "13:00-16:00"]', 'monday = ["07:30-10:00", \n\n "09:00-16:00"]',
     "before", ' "09:00-16:00"]'),
]


@pytest.mark.parametrize(("old", "new", "reason", "where"), ELSEWHERE)
def test_a_mistake_seen_elsewhere_is_told_there(old: str, new: str, reason: str, where: str) -> None:
    text = edited(old, new)
    line = text[:text.index(where)].count("\n") + 1
    told = problems(text)
    assert [said for said in told if said.startswith(f"line {line}: ") and reason in said], told

EXCEPTIONS = [
    ("date = 2026-12-31", "write either closed"),
    ("date = 2026-12-31\nclosed = true\nhours = [\"08:00-12:00\"]", "write either closed"),
    ("date = 2026-12-31\nclosed = false", "write either closed"),
    ('date = "2026-12-31"\nclosed = true', "without quotes"),
    ("date = 2026-12-31T00:00:00\nclosed = true", "must be a date"),
    ("closed = true", "no date"),
    ("date = 2026-12-31\nto = 2026-12-31\nclosed = true", "for one day, or from and to"),
    ("from = 2026-12-31\nclosed = true", "to is missing"),
    ("from = 2026-12-31\nto = 2026-12-30\nclosed = true", "must come after"),
    ("from = 2026-01-01\nto = 2027-12-30\nclosed = true", "within a year"),
    ("date = 2026-12-31\nclosed = 1", "must be true or false"),
    ("date = 2026-12-31\nhours = []", "write either closed"),
]


@pytest.mark.parametrize(("keys", "reason"), EXCEPTIONS)
def test_an_exception_has_dates_and_either_hours_or_closed(keys: str, reason: str) -> None:
    told = problems(f'{SMALL}[[exceptions]]\nreason = "Libur"\n{keys}\n')
    assert len(told) == 1
    assert reason in told[0]


def test_exceptions_cover_their_dates_once() -> None:
    week = '[[exceptions]]\nfrom = 2027-02-08\nto = 2027-02-10\nhours = ["08:00-12:00"]\nreason = "Ramadan"\n'
    file = parse(SMALL + week, "small.toml")
    assert [day.date.day for day in file.days] == [8, 9, 10]
    assert {day.intervals for day in file.days} == {(("08:00", "12:00"),)}
    more = '[[exceptions]]\ndate = 2027-02-09\nclosed = true\nreason = "Libur"\n'
    assert "has an exception above already" in problems(SMALL + week + more)[0]


def test_a_reason_is_needed() -> None:
    assert "reason is missing" in problems(f"{SMALL}[[exceptions]]\ndate = 2027-02-09\nclosed = true\n")[0]


def test_a_visit_must_fit_into_the_open_hours() -> None:
    assert "longest stretch is 20 minutes" in problems(edited('"08:00-12:00"', '"08:00-08:20"', SMALL))[0]


def test_an_office_must_open_sometime() -> None:
    assert "line 10: the office is never open" in problems(edited('"08:00-12:00"', "", SMALL))[0]


def test_all_mistakes_are_told_at_once_in_the_order_of_the_file() -> None:
    text = EXAMPLE
    for old, new in (("high = 70", 'high = "70"'), ('evening = "16:00"', 'evening = "4pm"'),
                     ('slug = "kia"', 'slug = "KIA"'), ('slug = "loket-1"\n', ""), ("[band]", "[band]\nx = 1")):
        text = edited(old, new, text)
    told = problems(text)
    lines = [int(said.split()[1].rstrip(":")) for said in told]
    assert len(told) >= 5
    assert lines == sorted(lines)


@pytest.mark.parametrize(("old", "new", "line_of", "reason"), [
    ("low = 60", "low = ", "low = ", "after = comes"),
    ("low = 60", "low = 60\nlow = 61", "low = 61", "stands in this section already"),
    ('evening = "16:00"', "evening = 16:00", "evening = 16:00", "something follows"),
    ('name = "Loket 6"', 'name = "Loket 6', 'name = "Loket 6', "second quote is missing"),
    ("[privacy]", "[band]", "[band]\nerase", "stands in the file already"),
    ("[privacy]", "[privacy", "[privacy", "this is not TOML"),
])
def test_what_is_not_toml_is_told_with_its_line(old: str, new: str, line_of: str, reason: str) -> None:
    text = edited(old, new)
    (told,) = problems(text)
    assert told.startswith(f"line {text[:text.index(line_of)].count(chr(10)) + 1}: this is not TOML")
    assert reason in told


@pytest.mark.parametrize(("text", "reason"), [
    ("", "office is missing"), ("office = 3", "office must be a section of its own"),
    ("office = [1]\nservices = 3", "services must be written as [[services]]"),
    ("services = []\ncounters = [1]", "counters must be written as [[counters]]"),
    ("a = " + "[" * 5000 + "]" * 5000, "too many brackets"), ("x = 1 # \0", "this is not TOML"),
])
def test_a_file_of_another_shape_is_refused(text: str, reason: str) -> None:
    assert any(reason in said for said in problems(text))


def test_a_missing_section_is_one_problem_not_one_for_each_key() -> None:
    assert problems(edited("[band]\nlow = 60\nhigh = 70\n", "")) == [
        "line 1: band is missing; write for example: [band]"]


def test_windows_line_ends_and_byte_order_mark_make_no_difference() -> None:
    windows = "\ufeff" + EXAMPLE.replace("\n", "\r\n")
    assert parse(windows, "x") == parse(EXAMPLE, "x")
    line = EXAMPLE[:EXAMPLE.index("high = 70")].count("\n") + 1
    assert problems(windows.replace("high = 70", "high = 0"))[0].startswith(f"line {line}: high")


LINES = EXAMPLE.splitlines()


@given(st.lists(st.tuples(
    st.integers(0, len(LINES) - 1), st.sampled_from(["", "[office]", "[[services]]", 'x = "', "keep = [", "= 3"])
    | st.sampled_from(LINES) | st.text(max_size=12)), min_size=1, max_size=4))
def test_any_muddle_is_an_office_or_a_list_of_problems(changes: list[tuple[int, str]]) -> None:
    lines = list(LINES)
    for n, line in changes:
        lines[n] = line
    text = "\n".join(lines)
    for said in outcome(text):
        match = re.match(r"line (\d+): .", said)
        assert match is not None, said
        assert 1 <= int(match[1]) <= text.count("\n") + 1


def outcome(text: str) -> list[str]:
    """The problems of the text; none when it is an office. Any other error would be a crash."""
    try:
        parse(text, "x")
    except OfficeFileError as error:
        return error.problems or ["no reason given"]
    return []


# -- importing -------------------------------------------------------------------------------------------


def imports(database: Database, text: str, now: datetime = NOW) -> Imported:
    file = parse(text, "contoh.toml")
    return database.write(lambda connection: import_office(connection, file, now))


def imported(database: Database, text: str, now: datetime = NOW) -> Office:
    imports(database, text, now)
    with database.read() as connection:
        return Offices().all(connection)[0]


def everything(database: Database) -> dict[str, list[Any]]:
    tables = (t.offices, t.services, t.counters, t.opening_hours, t.special_days, journal)
    with database.read() as connection:
        return {table.name: list(connection.execute(sa.select(table).order_by(table.c.id))) for table in tables}


def test_an_import_makes_the_office_of_the_file(database: Database) -> None:
    file, office = parse(EXAMPLE, "x"), imported(database, EXAMPLE)
    assert (office.slug, office.name, office.timezone, office.phone, office.sms_number, office.address) == (
        file.slug, file.name, file.timezone, file.phone, file.sms_number, file.address)
    assert (office.rules, office.hours, office.revision) == (file.rules, file.hours, 1)
    assert [(s.slug, s.letter, s.words, s.bring) for s in office.services] == [
        (s.slug, s.letter, s.words, s.bring) for s in file.services]
    assert [(c.slug, c.serves) for c in office.counters] == [(c.slug, c.serves) for c in file.counters]
    (entry,) = everything(database)["journal"]
    assert (entry.kind, entry.office_id, entry.data["revision"], entry.at) == ("office_imported", office.id, 1, NOW)


def test_importing_again_changes_nothing(database: Database) -> None:
    assert imports(database, EXAMPLE).changed
    before = everything(database)
    assert not imports(database, "# a comment more\n" + EXAMPLE, NOW.replace(day=25)).changed
    assert everything(database) == before


def test_a_changed_file_changes_rows_in_place(database: Database) -> None:
    first = imported(database, EXAMPLE)
    text = edited('name = "Loket 1"', 'name = "Loket Satu"', edited("high = 70", "high = 75", EXAMPLE))
    text = edited('monday = ["07:30-12:00", ', "monday = [", text)
    second = imported(database, text)
    assert second.revision == 2
    assert (second.rules.high, second.counters[0].name, second.hours[0]) == (75, "Loket Satu", (("13:00", "16:00"),))
    assert second.services == first.services
    assert [counter.id for counter in second.counters] == [counter.id for counter in first.counters]
    assert everything(database)["journal"][-1].data == {
        "revision": 2, "counters": {"changed": ["loket-1"]}, "hours": {"weekdays": ["0"]}}


def test_rows_that_say_the_same_are_not_written_anew(database: Database) -> None:
    imports(database, EXAMPLE)
    before = everything(database)
    assert imports(database, edited("high = 70", "high = 71")).changed
    after = everything(database)
    for table in ("services", "counters", "opening_hours", "special_days"):
        assert after[table] == before[table]
    assert after["journal"][-1].data == {"revision": 2}


def test_what_leaves_the_file_becomes_inactive_and_can_come_back(database: Database) -> None:
    first = imported(database, EXAMPLE)
    start, end = EXAMPLE.index('[[services]]\nslug = "pengaduan"'), EXAMPLE.index("# Counters (loket)")
    text = EXAMPLE[:start] + EXAMPLE[end:]
    text = text.replace(', "pengaduan"', "").replace('"pengaduan", ', "").replace('"loket-6"', '"loket-7"')
    without = imported(database, text)
    assert "pengaduan" not in without.by_slug
    assert without.by_id[first.service("pengaduan").id].active is False
    assert [counter.slug for counter in without.counters][-1] == "loket-7"
    again = imported(database, EXAMPLE)
    assert again.service("pengaduan").id == first.service("pengaduan").id
    assert [c.id for c in again.counters] == [c.id for c in first.counters]
    assert again.revision == 3


def test_services_take_the_order_of_the_file(database: Database) -> None:
    two = SMALL + edited("ktp", "kk", SMALL[SMALL.index("[[services]]"):SMALL.index("[[counters]]")])
    two = edited('serves = ["ktp"]', 'serves = ["ktp", "kk"]', two)
    assert [service.slug for service in imported(database, two).services] == ["ktp", "kk"]
    swapped = two.replace('slug = "ktp"', 'slug = "-"').replace('slug = "kk"', 'slug = "ktp"')
    swapped = swapped.replace('slug = "-"', 'slug = "kk"')
    assert [service.slug for service in imported(database, swapped).services] == ["kk", "ktp"]


def test_a_wrong_file_changes_nothing(database: Database) -> None:
    imports(database, EXAMPLE)
    before = everything(database)
    with pytest.raises(OfficeFileError) as error:
        imports(database, edited("low = 60", "low = 99"))
    assert str(error.value).startswith("contoh.toml has 1 problem; nothing was changed.\nline ")
    assert everything(database) == before


def test_two_imports_at_once_follow_each_other(database: Database) -> None:
    texts = [edited("high = 70", f"high = {high}") for high in range(71, 79)]
    together = threading.Barrier(len(texts))

    def run(text: str) -> None:
        together.wait()
        imports(database, text)

    threads = [threading.Thread(target=run, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    rows = everything(database)
    assert len(rows["offices"]) == 1
    assert rows["offices"][0].revision == len(texts) == len(rows["journal"])
    assert len(rows["services"]) == 8


# -- holidays --------------------------------------------------------------------------------------------


def special(database: Database) -> dict[date, Any]:
    return {row.date: row for row in everything(database)["special_days"]}


def put_special(database: Database, **values: Any) -> None:
    def work(connection: sa.Connection) -> None:
        connection.execute(t.special_days.delete().where(t.special_days.c.date == values["date"]))
        connection.execute(t.special_days.insert().values(office_id=1, estimated=False, **values))

    database.write(work)


def test_holidays_and_collective_leave_come_for_three_years_with_estimates_marked(database: Database) -> None:
    office = imported(database, EXAMPLE)
    days = special(database)
    assert {day.year for day in days} == {2026, 2027, 2028}
    assert {row.source for row in days.values()} == {"holidays"}
    assert days[date(2026, 12, 25)].reason == "Hari Raya Natal"
    assert days[date(2026, 12, 24)].reason.startswith("Cuti Bersama")
    assert sum(row.estimated for row in days.values() if row.date.year == 2027) == 3
    assert not any("perkiraan" in row.reason for row in days.values())
    assert starts(office, date(2026, 12, 24)) == []
    assert starts(office, date(2026, 12, 23)) != []


def test_the_years_are_the_offices_years(database: Database) -> None:
    imports(database, EXAMPLE, datetime(2026, 12, 31, 20, 0, tzinfo=UTC))  # 2027 in Makassar already
    assert {day.year for day in special(database)} == {2027, 2028, 2029}


def test_a_new_year_brings_new_holidays_from_the_same_file(database: Database) -> None:
    imports(database, EXAMPLE)
    before = special(database)
    assert imports(database, EXAMPLE, datetime(2027, 1, 4, tzinfo=UTC)).changed
    after = special(database)
    assert {day.year for day in after} == {2026, 2027, 2028, 2029}  # what was stays on record
    assert {day: after[day].id for day in before} == {day: before[day].id for day in before}


def test_an_exception_of_the_file_comes_before_a_holiday_and_leaves_with_it(database: Database) -> None:
    natal = date(2026, 12, 25)
    opened = EXAMPLE + '\n[[exceptions]]\ndate = 2026-12-25\nhours = ["08:00-12:00"]\nreason = "Buka"\n'
    imports(database, EXAMPLE)
    first = special(database)[natal]
    office = imported(database, opened)
    assert (special(database)[natal].source, special(database)[natal].id) == ("file", first.id)
    assert len(starts(office, natal)) > 0
    imports(database, EXAMPLE)
    assert special(database)[natal] == first


def test_a_managers_day_is_never_touched(database: Database) -> None:
    imports(database, EXAMPLE)
    natal, plain = date(2026, 12, 25), date(2026, 11, 30)
    for day in (natal, plain):
        put_special(database, date=day, intervals=[["08:00", "10:00"]], reason="Kata manajer", source="manager")
    before = special(database)
    text = EXAMPLE + "".join(
        f'\n[[exceptions]]\ndate = {day}\nclosed = true\nreason = "Berkas"\n' for day in (natal, plain))
    imports(database, text)
    imports(database, edited("high = 70", "high = 71"))
    assert {day: special(database)[day] for day in (natal, plain)} == {day: before[day] for day in (natal, plain)}


def test_a_holiday_that_moved_leaves_its_old_date(database: Database) -> None:
    imports(database, EXAMPLE)
    put_special(database, date=date(2027, 3, 17), intervals=[], reason="Idul Fitri", source="holidays")
    put_special(database, date=date(2025, 3, 31), intervals=[], reason="Idul Fitri", source="holidays")
    imports(database, edited("high = 70", "high = 71"))
    days = special(database)
    assert date(2027, 3, 17) not in days
    assert date(2025, 3, 31) in days  # past years are the record of what was


def test_without_the_section_there_are_no_holidays(database: Database) -> None:
    imports(database, EXAMPLE)
    imports(database, edited('[holidays]\ncountry = "ID"\ncategories = ["public", "government"]\n', ""))
    assert special(database) == {}


def test_other_countries_keep_their_own_words_and_estimates() -> None:
    found = {day.date: day for day in holidays_of(HolidayRule("DE", ("public",), "BY"), [2027])}
    assert (found[date(2027, 1, 6)].name, found[date(2027, 1, 6)].estimated) == ("Heilige Drei Könige", False)
    assert any(day.estimated for day in holidays_of(HolidayRule("AL", ("public",)), [2027]))
