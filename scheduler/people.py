"""NIK, phone, name and e-mail as people type them: checked, tidied, refused with a reason (pure).

Every refusal carries `field` and a short machine word `why`, which the doors put into sentences:

    invalid_nik     letters, length, region, date, serial, test_region
    invalid_phone   letters, length, number, not_mobile
    invalid_name    length, digits, characters, letters
    invalid_email   length, at, characters, domain

The text itself never goes into a refusal: it is personal data and refusals are logged.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, PhoneNumberType, ValidationResult

from scheduler.foundation.errors import Refusal

TEST_REGION = "647199"  # no such district: invented people only
NIK_DIGITS = 16
NAME_LENGTHS = range(2, 81)
LONGEST_EMAIL = 254     # RFC 5321, 4.5.3.1.3: what fits between the angle brackets of a path of 256
LONGEST_TYPED = 200     # whatever is longer is no number and no name, and not worth looking at

_SEPARATORS = dict.fromkeys(map(ord, " \t\r\n.-()/"))
_DASHES_AND_APOSTROPHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-") | dict.fromkeys("‘’ʼ`´", "'"))
_NAME_MARKS = frozenset(" '.,-")
_INVISIBLE = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
_MAILBOX = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")  # RFC 5322 dot-atom
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+(?![0-9]+$)[a-z0-9][a-z0-9-]{0,61}[a-z0-9]")
_E164_MOBILE = re.compile(r"\+62(8\d{2})(\d{4})(\d+)")
_PLAIN_NAME = re.compile(r"[A-Za-z][A-Za-z'.,-]*[A-Za-z][A-Za-z'.,-]*(?: [A-Za-z'.,-]+)*")


def parse_nik(text: str, *, today: date, test_people: bool) -> str:
    """The 16 digits of a NIK typed with or without spaces, dots and dashes.

    6 region + DDMMYY (women: day + 40) + 4 serial; it has no check digit. The day must be real in 19YY, or in
    20YY and not after `today`. The region is that of first registration, so every region is taken, except that
    the invented `TEST_REGION` needs `test_people`. Raises Refusal invalid_nik.
    """
    digits = _dialled(text, "nik")
    why = _fault_of_nik(digits, today)
    if why is None and digits.startswith(TEST_REGION) and not test_people:
        why = "test_region"
    if why is not None:
        raise Refusal("invalid_nik", field="nik", why=why)
    return digits


def _fault_of_nik(digits: str, today: date) -> str | None:
    if not digits.isdigit():
        return "letters" if digits else "length"
    if len(digits) != NIK_DIGITS:
        return "length"
    if digits[:2] == "00" or digits[2:4] == "00":
        return "region"
    if not _is_birthday(int(digits[6:8]), int(digits[8:10]), int(digits[10:12]), today):
        return "date"
    return "serial" if digits[12:] == "0000" else None


def _is_birthday(day: int, month: int, year: int, today: date) -> bool:
    day = day - 40 if day > 40 else day
    for century in (1900, 2000):
        try:
            if date(century + year, month, day) <= today:
                return True
        except ValueError:  # only 29 February differs between the centuries
            continue
    return False


def parse_phone(text: str) -> str:
    """The E.164 form of a mobile number that can get an SMS, Indonesian unless it starts with another +code.

    Takes what libphonenumber takes, also a leading 0062, `62 8..`, `+62(0)8..`, dots, dashes, spaces and the
    digits of any script. Extensions, letters and fixed lines are refused. Raises Refusal invalid_phone.
    """
    dialled = _dialled(text, "phone")
    if plain := _INDONESIAN_MOBILE.fullmatch(dialled):
        return "+62" + plain[1]
    return mobile_by_library(dialled)


def mobile_by_library(dialled: str) -> str:
    """What libphonenumber makes of digits with an optional leading `+`. Raises Refusal invalid_phone.

    It reads 62812345678 as a fixed line of area 628, and 0062 as no prefix at all: both mean +62 here.
    """
    if not dialled.removeprefix("+").isdigit():
        raise Refusal("invalid_phone", field="phone", why="letters" if dialled else "length")
    try:
        number = phonenumbers.parse(_INDONESIA_WITHOUT_PLUS.sub("+62", dialled), "ID")
    except NumberParseException as problem:
        unknown_country = problem.error_type == NumberParseException.INVALID_COUNTRY_CODE
        raise Refusal("invalid_phone", field="phone", why="number" if unknown_country else "length") from None
    kind = phonenumbers.number_type(number)
    if kind not in (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE):
        raise Refusal("invalid_phone", field="phone", why=_fault_of_number(number, kind))
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


def _fault_of_number(number: PhoneNumber, kind: int) -> str:
    if kind != PhoneNumberType.UNKNOWN:
        return "not_mobile"
    national = str(number.national_number)
    if number.country_code == 62 and national.startswith("8"):
        return "number" if len(national) in _mobiles().possible_length else "length"
    possible = phonenumbers.is_possible_number_with_reason(number)
    return "number" if possible == ValidationResult.IS_POSSIBLE else "length"


def _mobiles() -> phonenumbers.PhoneNumberDesc:
    indonesia = phonenumbers.PhoneMetadata.metadata_for_region("ID")
    assert indonesia is not None
    assert indonesia.mobile is not None
    return indonesia.mobile


# Nearly every number typed here is a plain Indonesian mobile: one match instead of some 25 us in the library.
# The pattern is the library's own, so both always agree; a property test compares them.
_INDONESIAN_MOBILE = re.compile(rf"(?:(?:\+|00)?620?|0?)({_mobiles().national_number_pattern})", re.ASCII)
_INDONESIA_WITHOUT_PLUS = re.compile(r"^(?:00)?62(?=0?8)")


def _dialled(text: str, field: str) -> str:
    """ASCII digits without what people put between them; anything else stays in, to be refused as `letters`."""
    if len(text) > LONGEST_TYPED:
        raise Refusal(f"invalid_{field}", field=field, why="length")
    dialled = text.translate(_SEPARATORS)
    if dialled.isascii():
        return dialled
    return "".join(map(_digit_of_any_script, dialled))


def _digit_of_any_script(character: str) -> str:
    if character.isascii():
        return character
    if unicodedata.category(character) in ("Zs", "Cf", "Pd"):  # a pasted number brings no-break spaces and marks
        return ""
    value = unicodedata.decimal(character, None)
    if value is not None:
        return str(value)
    return "+" if character == "＋" else "?"


def readable(number: str) -> str:
    """An Indonesian mobile number in E.164 as people write it, `0812-0000-9999`; any other as it is."""
    return _E164_MOBILE.sub(r"0\1-\2-\3", number)


def parse_name(text: str) -> str:
    """The name in NFC, with single spaces and plain apostrophes and dashes; 2 to 80 characters.

    Letters of any script, apostrophe, dot, comma (titles), hyphen and space. One word is a whole name, one
    letter is not. Raises Refusal invalid_name.
    """
    if len(text) > LONGEST_TYPED:
        raise Refusal("invalid_name", field="name", why="length")
    name = " ".join(text.split())
    if not _PLAIN_NAME.fullmatch(name):
        name = " ".join(_without_invisible(unicodedata.normalize("NFC", name)).split())
        _check_characters(name)
    if len(name) not in NAME_LENGTHS:
        raise Refusal("invalid_name", field="name", why="length")
    return name


def _without_invisible(name: str) -> str:
    visible = (character for character in name if unicodedata.category(character) != "Cf")
    return "".join(visible).translate(_DASHES_AND_APOSTROPHES)


def _check_characters(name: str) -> None:
    kinds = [unicodedata.category(character) for character in name]
    letters = sum(kind[0] == "L" for kind in kinds)
    if "Nd" in kinds:
        why = "digits"
    elif any(kind[0] not in "LM" and character not in _NAME_MARKS for kind, character in zip(kinds, name, strict=True)):
        why = "characters"
    elif len(name) < NAME_LENGTHS.start:
        why = "length"
    elif letters < NAME_LENGTHS.start or kinds[0][0] == "M":
        why = "letters"
    else:
        return
    raise Refusal("invalid_name", field="name", why=why)


def parse_email(text: str) -> str:
    """The address as `mailbox@domain`: the mailbox as typed, the domain in small letters and in ASCII (IDNA).

    What mail servers and people use, not all that RFC 5321 allows: no quotes, comments, address literals or letters
    outside ASCII before the @, and a domain with a dot. So nothing taken here can be more than one address or break
    out of a header. Whether anybody reads it only a mail can tell. Raises Refusal invalid_email.
    """
    if len(text) > LONGEST_EMAIL + LONGEST_TYPED:
        raise Refusal("invalid_email", field="email", why="length")
    mailbox, at, domain = _unwrapped(text).rpartition("@")
    ascii_domain = _ascii_domain(domain)
    why = _fault_of_email(mailbox, at, ascii_domain)
    if why is not None:
        raise Refusal("invalid_email", field="email", why=why)
    return f"{mailbox}@{ascii_domain}"


def _unwrapped(text: str) -> str:
    """Without the space and the marks that come along at either end when an address is pasted; inside they stay, to
    be refused."""
    first, last = 0, len(text)
    while first < last and unicodedata.category(text[first]) in _INVISIBLE:
        first += 1
    while first < last and unicodedata.category(text[last - 1]) in _INVISIBLE:
        last -= 1
    return text[first:last]


def _ascii_domain(domain: str) -> str:
    """The domain as it stands in the DNS; as it came where it has no such form."""
    try:
        return domain.encode("idna").decode().lower()
    except UnicodeError:
        return domain


def _fault_of_email(mailbox: str, at: str, domain: str) -> str | None:
    if not (mailbox and at and domain) or "@" in mailbox:
        return "at"
    if not _MAILBOX.fullmatch(mailbox):
        return "characters"
    if not _DOMAIN.fullmatch(domain):
        return "domain"
    return "length" if len(mailbox) > 64 or len(mailbox) + 1 + len(domain) > LONGEST_EMAIL else None
