"""What a resident reads on the phone: one GSM-7 part each, whatever the office is called.

A message carries what someone with a feature phone needs: which service and for whom, weekday, date, time and zone,
the code that is the ticket (any phone shows it, any voice says it), how to change it, and what to bring as far as
there is room. No link: operators filter them, and the code opens the same ticket at the door. The name is masked and
there is no NIK: a phone is read by others, and one phone books for several. The survey alone has a link (`opinion.py`).
Pure: knows neither database nor network.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from types import ModuleType

from notifications.wording import english, gsm7, indonesian
from scheduler.offices import Office, Service
from scheduler.people import readable

KINDS = ("confirmation", "move", "cancellation", "reminder_eve", "reminder_late")
LANGUAGES: dict[str, ModuleType] = {"id": indonesian, "en": english}

_ABBREVIATION = re.compile(r"\(([A-Z]{2,6})\)")

# Septets each value may take. The sentences are written so that they fit with all of them at their longest.
OFFICE, SERVICE, PHONE, ZONE, WHO = 24, 24, 20, 5, 12


@dataclass(frozen=True, slots=True)
class Visit:
    """What the sentences are about. `start` is aware, `code` nine digits, `who` a masked name, empty if unknown."""

    office: Office
    service: Service
    start: datetime
    code: str
    who: str = ""


def render(kind: str, language: str, visit: Visit) -> str:
    """The message of that kind (one of `KINDS`) in `id` or `en`, as one GSM-7 part.

    For whom comes before how to change it, that before what to bring; the longest way of saying how that leaves room
    for the first thing to bring is taken.
    """
    words = LANGUAGES[language]
    values = _values(words, language, visit)
    writes = words.BY_SMS if visit.office.sms_number else words.BY_PHONE
    ways = [way.format(**values) for way in writes[kind]]
    sentence: str = words.SENTENCES[kind]
    named = sentence.format(**values)
    if _size(named) + _size(ways[-1]) > gsm7.PART:
        named = sentence.format(**values | {"who": ""})
    room = gsm7.PART - _size(named)
    listed = things_of(visit.service.bring.get(language, [])) if kind != "cancellation" else []
    way = _longest(ways, room - _least(words, listed)) or _longest(ways, room)
    return named + _bring(words, listed, room - _size(way)) + way


def _size(text: str) -> int:
    return gsm7.septets(text) or 0


def _values(words: ModuleType, language: str, visit: Visit) -> dict[str, str]:
    start = visit.office.local(visit.start)
    who = gsm7.clip(gsm7.mend(visit.who), WHO)
    return {
        "office": short_office(visit.office.name),
        "service": gsm7.clip(gsm7.mend(visit.service.short), SERVICE),
        "who": words.FOR_WHOM.format(who=who) if who else "",
        "day": day(start, language),
        "time": hour(start, language),
        "zone": zone(start),
        "code": "-".join((visit.code[:3], visit.code[3:6], visit.code[6:])),
        "phone": gsm7.clip(gsm7.mend(visit.office.phone), PHONE),
        "sms": readable_number(visit.office.sms_number or ""),
    }


def _longest(ways: list[str], room: int) -> str:
    """The first of the ways, which are in falling length, that has room; empty if none has."""
    return next((way for way in ways if _size(way) <= room), "")


def _least(words: ModuleType, listed: list[str]) -> int:
    """Septets that the first thing to bring takes, without what explains it."""
    if not listed:
        return 0
    first = listed[0].partition(",")[0]
    more = f", {words.MORE.rstrip('.')}" if len(listed) > 1 or first != listed[0] else ""
    return _size(f" {words.BRING.format(things=first + more)}")


def day(local: datetime, language: str) -> str:
    """`Rabu 25 Nov`, of a moment in the office's time."""
    words = LANGUAGES[language]
    return f"{words.WEEKDAYS[local.weekday()]} {local.day} {words.MONTHS[local.month - 1]}"


def brief(local: datetime, language: str) -> str:
    """`Rab 25/11 07.30`, of a moment in the office's time: for lists, where the zone is said once or known."""
    words = LANGUAGES[language]
    return f"{words.WEEKDAYS[local.weekday()][:3]} {local.day}/{local.month} {hour(local, language)}"


def hour(local: datetime, language: str) -> str:
    """`07.30`, of a moment in the office's time."""
    written: str = local.strftime(LANGUAGES[language].TIME)
    return written


def zone(local: datetime) -> str:
    """`WITA`, of a moment in the office's time."""
    return gsm7.clip(local.tzname() or "", ZONE)


def readable_number(number: str) -> str:
    """A number to write an SMS to: `0812-0000-9999` for Indonesians, others and short codes as they are."""
    return gsm7.clip(gsm7.mend(readable(number)), PHONE)


def short_office(name: str) -> str:
    """The office's name in at most `OFFICE` septets: its first words, and the last, which says where.

    `Disdukcapil Kota Balikpapan` -> `Disdukcapil Balikpapan`.
    """
    name = gsm7.mend(name)
    if (gsm7.septets(name) or 0) <= OFFICE:
        return name
    *head, place = name.split(" ")
    place = gsm7.clip(place, OFFICE)
    room = OFFICE - (gsm7.septets(place) or 0)
    kept: list[str] = []
    for word in head:
        room -= (gsm7.septets(word) or 0) + 1
        if room < 0:
            break
        kept.append(word)
    return " ".join((*kept, place))


def things(listed: list[str]) -> str:
    """`Fotokopi KK, Formulir F-1.02`: all that is to be brought."""
    return ", ".join(things_of(listed))


def things_of(listed: list[str]) -> list[str]:
    """Each thing to bring, as a message has room for it."""
    return [_abbreviated(gsm7.mend(thing).rstrip(".")) for thing in listed]


def _bring(words: ModuleType, listed: list[str], room: int) -> str:
    """` Bawa: KK, F-1.02.` with all things, or as many of the first as have room and `dll.`, or nothing.

    What follows a comma explains or widens a thing; it goes before a whole thing does.
    """
    if not listed:
        return ""
    more = words.MORE.rstrip(".")
    brief = [thing.partition(",")[0] for thing in listed]
    fewer = ([*things[:count], more] for count in range(len(listed), 0, -1) for things in (listed, brief))
    for choice in (listed, *fewer):
        text = f" {words.BRING.format(things=', '.join(choice))}"
        if _size(text) <= room:
            return text
    return ""


def _abbreviated(thing: str) -> str:
    """`Fotokopi Kartu Keluarga (KK)` -> `Fotokopi KK`: what stands in brackets stands for the words it abbreviates."""
    found = _ABBREVIATION.search(thing)
    if found is None:
        return thing
    words, short = thing[: found.start()].split(), found[1]
    if [word[0] for word in words[-len(short) :]] != list(short):
        return thing
    return " ".join([*words[: -len(short)], short]) + thing[found.end() :]
