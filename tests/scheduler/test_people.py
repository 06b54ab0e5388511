"""People's data: what is taken, what is tidied, what is refused and with which reason."""

from __future__ import annotations

import string
from collections.abc import Callable
from datetime import date

import phonenumbers
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from scheduler.foundation.errors import Refusal
from scheduler.people import LONGEST_EMAIL, mobile_by_library, parse_email, parse_name, parse_nik, parse_phone
from tests import people

TODAY = date(2026, 11, 24)
NIK = "6471991708850001"


def nik(text: str, *, today: date = TODAY, test_people: bool = True) -> str:
    return parse_nik(text, today=today, test_people=test_people)


def refused(function: Callable[..., str], *args: object, **kwargs: object) -> Refusal:
    with pytest.raises(Refusal) as refusal:
        function(*args, **kwargs)
    return refusal.value


def outcome(function: Callable[[str], str], typed: str) -> str | dict[str, object]:
    """What the function makes of the text, or the details of its refusal."""
    try:
        return function(typed)
    except Refusal as refusal:
        return refusal.details


# -- NIK -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", [
    NIK, " 6471991708850001\n", "6471 9917 0885 0001", "647199-170885-0001", "64.71.99.17.08.85.0001",
    "64719917\u00a00885\u200e0001", "٦٤٧١٩٩١٧٠٨٨٥٠٠٠١", "６４７１９９１７０８８５０００１", "647199–170885–0001",
])
def test_a_nik_is_taken_as_people_type_it(typed: str) -> None:
    assert nik(typed) == NIK


@pytest.mark.parametrize(("typed", "why"), [
    ("", "length"), ("   ", "length"), (NIK[:-1], "length"), (NIK + "1", "length"), (NIK * 50, "length"),
    ("6471991708B50001", "letters"), ("O471991708850001", "letters"), ("+471991708850001", "letters"),
    ("64719917088500½1", "letters"), ("𝟔x", "letters"),
    ("0071991708850001", "region"), ("6400991708850001", "region"),
    ("6471990008850001", "date"), ("6471993208850001", "date"), ("6471994008850001", "date"),
    ("6471997208850001", "date"), ("6471991713850001", "date"), ("6471991700850001", "date"),
    ("6471993002850001", "date"), ("6471993104850001", "date"), ("6471992902850001", "date"),
    ("6471991708850000", "serial"),
])
def test_a_wrong_nik_says_what_is_wrong(typed: str, why: str) -> None:
    refusal = refused(nik, typed)
    assert (refusal.code, refusal.details) == ("invalid_nik", {"field": "nik", "why": why})


@pytest.mark.parametrize("digits", ["6471995708850001", "6471997112850001", "6471992902840001", "6471996902840001"])
def test_women_add_forty_to_the_day_and_leap_days_are_days(digits: str) -> None:
    assert nik(digits) == digits


def test_a_leap_day_of_2000_is_real_only_once_it_has_come() -> None:
    leap_day = "6471992902000001"  # 1900 had none
    assert nik(leap_day, today=date(2000, 2, 29)) == leap_day
    assert refused(nik, leap_day, today=date(2000, 2, 28)).details["why"] == "date"


def test_every_region_is_taken_but_the_invented_one_only_for_tests() -> None:
    assert parse_nik("1101011708850001", today=TODAY, test_people=False) == "1101011708850001"
    assert parse_nik("9471011708850001", today=TODAY, test_people=False) == "9471011708850001"
    assert refused(nik, NIK, test_people=False).details["why"] == "test_region"


@given(st.dates(date(1900, 1, 1), TODAY), st.booleans(), st.integers(1, 9999), st.sampled_from(" .-"))
def test_every_real_birthday_makes_a_nik(born: date, woman: bool, serial: int, between: str) -> None:
    digits = f"647199{born.day + 40 * woman:02}{born:%m%y}{serial:04}"
    assert nik(between.join(digits)) == digits


@given(st.integers(0, 5_000_000))
def test_the_people_of_the_tests_are_valid(n: int) -> None:
    person = people.person(n)
    assert nik(person.nik) == person.nik
    assert parse_name(person.name) == person.name
    assert parse_phone(person.phone) == person.phone


def test_a_refusal_never_repeats_what_was_typed() -> None:
    assert "31020" not in repr(refused(nik, "3102018888880001").details)


# -- phones ----------------------------------------------------------------------------------------------

MOBILE = "+6281200001234"


@pytest.mark.parametrize("typed", [
    "081200001234", "0812-0000-1234", "0812 0000 1234", "0812.0000.1234", "(0812) 0000 1234", "0812/0000/1234",
    "+6281200001234", "+62 812 0000 1234", "+62(0)812 0000 1234", "+62 0812 0000 1234", "62 81200001234",
    "6281200001234", "62 (0)812 00001234", "006281200001234", "0062 (0) 812 0000 1234", "81200001234",
    " 081200001234\r\n", "\u202a+62 812\u20110000\u20111234\u202c", "+62\u00a0812\u00a00000\u00a01234",
    "٠٨١٢٠٠٠٠١٢٣٤", "０８１２００００１２３４", "＋６２８１２００００１２３４",
])
def test_a_mobile_number_is_taken_as_people_type_it(typed: str) -> None:
    assert parse_phone(typed) == MOBILE


@pytest.mark.parametrize(("typed", "number"), [
    ("62812345678", "+62812345678"),      # libphonenumber alone: +6262812345678, a fixed line
    ("0062812345678", "+62812345678"),    # libphonenumber alone: no valid number
    ("+60 12-345 6789", "+60123456789"),
    ("+44 (0)7911 123456", "+447911123456"),
    ("+1 202 555 0123", "+12025550123"),  # the plan there does not tell mobiles from fixed lines
])
def test_short_and_foreign_mobiles(typed: str, number: str) -> None:
    assert parse_phone(typed) == number


def test_twelve_national_digits_are_the_most_there_are() -> None:
    assert parse_phone("+62812000012345") == "+62812000012345"
    assert refused(parse_phone, "+628120000123456").details["why"] == "length"


@pytest.mark.parametrize(("typed", "why"), [
    ("", "length"), (" - ", "length"), ("0812", "length"), ("08120000", "length"), ("0812000012345678", "length"),
    ("0812" * 60, "length"),
    ("08120000abcd", "letters"), ("0812 0000 0001 ext 5", "letters"), ("0812+00001234", "letters"),
    ("tel:081200001234", "letters"), ("++6281200001234", "letters"), ("08120000123\x00", "letters"),
    ("0812 0000 12³4", "letters"), ("+", "letters"),
    ("021 5701234", "not_mobile"), ("+62 21 5701234", "not_mobile"), ("+62 800 1 234567", "not_mobile"),
    ("+999 812 0000 1234", "number"), ("4444", "length"), ("0842 0000 1234", "number"),
])
def test_what_is_no_mobile_is_refused_with_the_reason(typed: str, why: str) -> None:
    refusal = refused(parse_phone, typed)
    assert (refusal.code, refusal.details) == ("invalid_phone", {"field": "phone", "why": why})


@given(
    st.sampled_from(["", "0", "62", "620", "+62", "+620", "0062", "00620"]),
    st.text(string.digits, min_size=1, max_size=2),
    st.text(string.digits, min_size=5, max_size=12),
)
@example("0", "80", "01234567")
@example("", "62", "812345678")
def test_the_short_way_agrees_with_libphonenumber(prefix: str, operator: str, rest: str) -> None:
    """`parse_phone` decides plain Indonesian mobiles by a pattern; the library must say the same of each."""
    dialled = prefix + operator + rest
    assert outcome(parse_phone, dialled) == outcome(mobile_by_library, dialled)


@given(st.sampled_from(["0", "62", "+62", "0062", "+62(0)"]), st.from_regex(r"8[1-35-9]\d{7,10}", fullmatch=True))
def test_every_indonesian_mobile_has_one_form(prefix: str, national: str) -> None:
    national = "".join(str(int(digit)) for digit in national)
    assert parse_phone(prefix + national) == f"+62{national}" == parse_phone(f"+62{national}")


WITH_MOBILES = [
    region for region in sorted(phonenumbers.SUPPORTED_REGIONS)
    if phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
]


@pytest.mark.parametrize("region", WITH_MOBILES)
def test_a_mobile_of_any_country_is_taken_with_its_plus(region: str) -> None:
    number = phonenumbers.example_number_for_type(region, PhoneNumberType.MOBILE)
    assert number is not None
    typed = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    assert parse_phone(typed) == phonenumbers.format_number(number, PhoneNumberFormat.E164)


@given(st.text(max_size=40))
def test_any_text_is_a_number_or_a_refusal(typed: str) -> None:
    number = outcome(parse_phone, typed)
    assert parse_phone(number) == number if isinstance(number, str) else number["field"] == "phone"


# -- names -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "name"), [
    ("Suharto", "Suharto"), ("  siti \t nur\n aminah ", "siti nur aminah"), ("Ni Luh Putu", "Ni Luh Putu"),
    ("Ir. H. Joko, S.T., M.M.", "Ir. H. Joko, S.T., M.M."), ("M. Yusuf", "M. Yusuf"), ("M Yusuf", "M Yusuf"),
    ("Ma'ruf", "Ma'ruf"), ("Ma’ruf", "Ma'ruf"), ("Ma`ruf", "Ma'ruf"), ("Al-Fatih", "Al-Fatih"),
    ("Anne‑Marie", "Anne-Marie"), ("Jose\u0301", "José"), ("Wáng Bǐ", "Wáng Bǐ"), ("李小龍", "李小龍"),
    ("محمد", "محمد"),
    ("நந்தினி", "நந்தினி"), ("Siti\u200b Aminah", "Siti Aminah"), ("\u202eSiti", "Siti"), ("Bo", "Bo"),
    ("A" * 80, "A" * 80),
])
def test_a_name_is_tidied_not_changed(typed: str, name: str) -> None:
    assert parse_name(typed) == name == parse_name(name)


@pytest.mark.parametrize(("typed", "why"), [
    ("", "length"), ("  ", "length"), ("A", "length"), ("李", "length"), ("A" * 81, "length"), ("é" * 81, "length"),
    ("A" * 500, "length"), ("A.", "letters"), ("-- ..", "letters"), ("\u0301ab", "letters"),
    ("Siti 2", "digits"), ("64719917", "digits"), ("Siti ٢", "digits"),
    ("Siti 😀", "characters"), ("Siti@home", "characters"), ("Siti\x00Aminah", "characters"),
    ("<b>Siti</b>", "characters"),
    ("Siti_A", "characters"), ("Siti²", "characters"), ("Siti; Budi", "characters"), ("Siti\x1b[31m", "digits"),
    ("ⅧSiti", "characters"),
])
def test_what_is_no_name_is_refused_with_the_reason(typed: str, why: str) -> None:
    refusal = refused(parse_name, typed)
    assert (refusal.code, refusal.details) == ("invalid_name", {"field": "name", "why": why})


@given(st.text(max_size=100))
def test_any_text_is_a_name_of_proper_form_or_a_refusal(typed: str) -> None:
    name = outcome(parse_name, typed)
    if isinstance(name, str):
        assert 2 <= len(name) <= 80
        assert name == " ".join(name.split()) == parse_name(name)
        assert name.isprintable()
    else:
        assert name["field"] == "name"


# -- e-mail ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "address"), [
    ("siti@example.com", "siti@example.com"), (" Siti.A+ktp@EXAMPLE.co.id\n", "Siti.A+ktp@example.co.id"),
    ("\u200bsiti@example.com\u00a0", "siti@example.com"), ("o'brien_1@a-b.example", "o'brien_1@a-b.example"),
    ("siti@bücher.example", "siti@xn--bcher-kva.example"), ("siti@example。com", "siti@example.com"),
    ("a" * 64 + "@example.com", "a" * 64 + "@example.com"),
    ("a@" + f"{'b' * 60}." * 4 + "example", "a@" + f"{'b' * 60}." * 4 + "example"),
])
def test_an_address_is_taken_as_people_type_it(typed: str, address: str) -> None:
    assert parse_email(typed) == address


@pytest.mark.parametrize(("typed", "why"), [
    ("", "at"), ("   ", "at"), ("siti", "at"), ("siti.example.com", "at"), ("@example.com", "at"), ("siti@", "at"),
    ("siti@@example.com", "at"), ("siti@a.com, budi@b.com", "at"), ("siti@example.com\r\nBcc: budi@b.com", "at"),
    ("si ti@example.com", "characters"), ("siti,a@example.com", "characters"), ("sití@example.com", "characters"),
    ('"siti"@example.com', "characters"), ("<siti@example.com>", "characters"), ("siti.@example.com", "characters"),
    ("si..ti@example.com", "characters"), ("si\nti@example.com", "characters"), ("si\0ti@example.com", "characters"),
    ("siti@example", "domain"), ("siti@example,com", "domain"), ("siti@exa mple.com", "domain"),
    ("siti@example..com", "domain"), ("siti@example.com.", "domain"), ("siti@-example.com", "domain"),
    ("siti@[127.0.0.1]", "domain"), ("siti@127.0.0.1", "domain"), ("siti@exa_mple.com", "domain"),
    ("siti@" + "b" * 64 + ".com", "domain"), ("siti@example.com\nx", "domain"), ("siti@＠.com", "domain"),
    ("a" * 65 + "@example.com", "length"), ("abcd@" + f"{'b' * 60}." * 4 + "example", "length"),
    ("a" * 500 + "@example.com", "length"),
])
def test_what_is_no_address_is_refused_with_a_reason(typed: str, why: str) -> None:
    refusal = refused(parse_email, typed)
    assert (refusal.code, refusal.details) == ("invalid_email", {"field": "email", "why": why})


@settings(deadline=None)  # the first look-up of a codec takes as long as the disk wants
@given(st.text(max_size=300) | st.from_regex(r"[\x00-\x7f]{1,30}@[\x00-\x7f]{1,20}\.[a-z]{2,5}", fullmatch=True)
       | st.emails())
@example("a@b\u2024c.com")
def test_an_address_that_is_taken_is_one_address_on_one_line_and_is_taken_again(typed: str) -> None:
    address = outcome(parse_email, typed)
    if not isinstance(address, str):
        return
    assert address.count("@") == 1
    assert len(address) <= LONGEST_EMAIL
    assert address.isascii()
    assert address.isprintable()
    assert not set(address) & set(' ,;:<>()[]\\"')
    assert parse_email(address) == address
