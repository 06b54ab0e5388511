"""The sentences of the SMS door, each fitted into one GSM-7 part whatever an office, a service or a person is called.

`words/sms.{id,en}.toml` hold them. A sentence never repeats what was typed but for the word of a service; it holds no
NIK, no telephone number of a resident, and names only masked.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib.resources import files

from api.languages import LANGUAGES
from notifications.wording import gsm7, readable_number, short_office
from scheduler.offices import Office


def _load(language: str) -> dict[str, str]:
    text = files("api.phone").joinpath(f"words/sms.{language}.toml").read_text(encoding="utf-8")
    loaded: dict[str, str] = tomllib.loads(text)
    return loaded


WORDS: dict[str, dict[str, str]] = {language: _load(language) for language in LANGUAGES}

# Septets a value may take at most, and the values that give way, in this order, down to `LEAST`, where a sentence
# would be too long.
MOST = {"who": 16, "service": 24, "short": 24, "office": 24, "phone": 20, "value": 20, "zone": 5, "word": 16,
        "example": 24, "other": 16, "counter": 24}
GIVE_WAY = ("things", "services", "listed", "service", "short", "office", "who", "other", "example", "word", "line",
            "counter")
LEAST = 6
WHO = 12  # of a name in a list
MORE = {"id": " dll", "en": " etc"}


def say(language: str, key: str, values: Mapping[str, str], office: Office) -> str:
    """The sentence with its values and the office's own, as one GSM-7 part."""
    filled = _filled(language, values) | {
        "office": short_office(office.name), "phone": gsm7.clip(gsm7.mend(office.phone), MOST["phone"]),
        "sms": readable_number(office.sms_number or ""),
    }
    sentence = WORDS[language][key]
    text = sentence.format(**filled)
    for name in GIVE_WAY:
        over = (gsm7.septets(text) or 0) - gsm7.PART
        if over <= 0:
            return text
        if f"{{{name}}}" in sentence:
            filled[name] = _shorter(name, filled[name], over, language)
            text = sentence.format(**filled)
    return gsm7.clip(text, gsm7.PART)


def _shorter(name: str, value: str, over: int, language: str) -> str:
    size = max((gsm7.septets(value) or 0) - over, LEAST)
    if name not in ("services", "things"):
        return gsm7.clip(value, size)
    more = MORE[language] if name == "things" else ""
    words = value.split(", ")
    while len(words) > 1 and (gsm7.septets(", ".join(words) + more) or 0) > size:
        words.pop()
    return gsm7.clip(", ".join(words), size - len(more)) + more


def about(field: str, why: str) -> str:
    """The key of the sentence on what is wrong with a field: a special one for the reason, else the field's own."""
    special = f"{field}_{why}"
    return special if special in WORDS["id"] else field


def fits(language: str, key: str, values: Mapping[str, str]) -> bool:
    """Whether the sentence, which names nothing of the office, fits without anything giving way."""
    return gsm7.fits(WORDS[language][key].format(**_filled(language, values)))


def _filled(language: str, values: Mapping[str, str]) -> dict[str, str]:
    filled = {name: gsm7.mend(value) for name, value in values.items()}
    filled |= {name: gsm7.clip(value, MOST[name]) for name, value in filled.items() if name in MOST}
    if "numbers" in filled:
        filled["numbers"] = WORDS[language][f"numbers_{filled['numbers']}"]
    return filled


def word(language: str, act: str) -> str:
    """The keyword for `check`, `change`, `cancel` or `leave`."""
    return WORDS[language][f"word_{act}"]


def booking_line(language: str, service_word: str) -> str:
    """The line to copy for a booking, without a NIK in it: `DAFTAR KTP NIK NAMA`."""
    return WORDS[language]["line_book"].format(word=service_word)


def waiting_line(language: str, service_word: str) -> str:
    """The line to copy for the waiting list, without a NIK in it: `TUNGGU KTP NIK NAMA`."""
    return WORDS[language]["line_wait"].format(word=service_word)


def short_who(who: str) -> str:
    """A masked name as a list has room for it."""
    return gsm7.clip(gsm7.mend(who), WHO)
