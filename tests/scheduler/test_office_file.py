"""The office file: what it means, and how mistakes are told."""

from __future__ import annotations

import re
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.office_file import OfficeFileError, parse
from scheduler.public_holidays import HolidayRule
from scheduler.rules import KeepStep, Rules, Spending
from tests.office_texts import EXAMPLE, SMALL, edited


def problems(text: str) -> list[str]:
    with pytest.raises(OfficeFileError) as error:
        parse(text, "contoh.toml")
    return error.value.problems


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


def test_only_what_is_needed_need_be_written() -> None:
    file = parse(SMALL, "small.toml")
    assert file.rules == Rules(1, 9)
    assert (file.sms_number, file.holidays, file.days) == (None, None, ())


def test_what_messages_may_cost_is_read_as_money() -> None:
    file = parse(SMALL + '\n[messages]\ndaily_spending = "KES 400.50"\n', "small.toml")
    assert file.rules.daily_spending == Spending(Decimal("400.50"), "KES")
    assert msgspec.convert(msgspec.to_builtins(file.rules), Rules) == file.rules, "as its row keeps it"


@pytest.mark.parametrize(("line", "reason"), [
    ('daily_spending = "400"', "letters of a currency"), ("daily_spending = 400", "text in quotes"),
    ('daily_spending = "kes 400"', "like \"KES 400\""), ('spending = "KES 400"', "Known are: daily_spending"),
])
def test_anything_else_is_no_money(line: str, reason: str) -> None:
    (problem,) = problems(f"{SMALL}\n[messages]\n{line}\n")
    assert reason in problem


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
    ("x = " + "9" * 5000, "thousands of digits"), ("x = 2026-02-30", "there is no such date"),
    ("x = 31-12-2026", "dates are like 2026-12-31"),
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
