"""What a resident reads on the phone: one GSM-7 part each, whatever the office is called.

A message carries what someone with a feature phone needs: which service, weekday, date, time and zone, the code
that is the ticket (any phone shows it, any voice says it), what to bring as far as there is room, and the
office's number. No link: operators filter them, and the code opens the same ticket at the door. No name and no
NIK: a phone is read by others. Pure: knows neither database nor network.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from types import ModuleType

from notifications.wording import english, gsm7, indonesian
from scheduler.offices import Office, Service

KINDS = ("confirmation", "move", "cancellation", "reminder_eve", "reminder_late")
LANGUAGES: dict[str, ModuleType] = {"id": indonesian, "en": english}

_ABBREVIATION = re.compile(r"\(([A-Z]{2,6})\)")

# Septets each value may take. The sentences are written so that they fit with all of them at their longest.
OFFICE, SERVICE, PHONE, ZONE = 24, 24, 20, 5


@dataclass(frozen=True, slots=True)
class Visit:
    """What the sentences are about. `start` is aware, `code` nine digits."""

    office: Office
    service: Service
    start: datetime
    code: str


def render(kind: str, language: str, visit: Visit) -> str:
    """The message of that kind (one of `KINDS`) in `id` or `en`, as one GSM-7 part."""
    words = LANGUAGES[language]
    start = visit.office.local(visit.start)
    values: dict[str, str] = {
        "office": short_office(visit.office.name),
        "service": gsm7.clip(gsm7.mend(visit.service.short), SERVICE),
        "day": day(start, language),
        "time": start.strftime(words.TIME),
        "zone": zone(start),
        "code": "-".join((visit.code[:3], visit.code[3:6], visit.code[6:])),
        "phone": gsm7.clip(gsm7.mend(visit.office.phone), PHONE),
    }
    sentence: str = words.SENTENCES[kind]
    room = gsm7.PART - (gsm7.septets(sentence.format(**values, bring="")) or 0)
    bring = _bring(words, visit.service.bring.get(language, []), room)
    return sentence.format(**values, bring=bring)


def day(local: datetime, language: str) -> str:
    """`Rabu 25 Nov`, of a moment in the office's time."""
    words = LANGUAGES[language]
    return f"{words.WEEKDAYS[local.weekday()]} {local.day} {words.MONTHS[local.month - 1]}"


def brief(local: datetime, language: str) -> str:
    """`Rab 25/11 07.30`, of a moment in the office's time: for lists, where the zone is said once or known."""
    words = LANGUAGES[language]
    return f"{words.WEEKDAYS[local.weekday()][:3]} {local.day}/{local.month} {local.strftime(words.TIME)}"


def zone(local: datetime) -> str:
    """`WITA`, of a moment in the office's time."""
    return gsm7.clip(local.tzname() or "", ZONE)


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


def _bring(words: ModuleType, things: list[str], room: int) -> str:
    """` Bawa: KK, F-1.02.` with all things, or as many of the first as have room and `dll.`, or nothing.

    What follows a comma explains or widens a thing; it goes before a whole thing does.
    """
    listed = [_abbreviated(gsm7.mend(thing).rstrip(".")) for thing in things]
    if not listed:
        return ""
    more = words.MORE.rstrip(".")
    brief = [thing.partition(",")[0] for thing in listed]
    fewer = ([*things[:count], more] for count in range(len(listed), 0, -1) for things in (listed, brief))
    for choice in (listed, *fewer):
        text = f" {words.BRING.format(things=', '.join(choice))}"
        if (gsm7.septets(text) or 0) <= room:
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
