"""The example office as it stands once its file is imported, without a database."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import resources

from scheduler.office_file import parse
from scheduler.offices import Counter, Office, Service, SpecialDay
from scheduler.public_holidays import holidays_of

FILE = "balikpapan.toml"


def example_office(years: Iterable[int]) -> Office:
    """Balikpapan, with the public holidays of these years."""
    text = resources.files("scheduler.examples").joinpath(FILE).read_text(encoding="utf-8")
    file = parse(text, FILE)
    holidays = holidays_of(file.holidays, years) if file.holidays else []
    return Office(
        id=1, slug=file.slug, name=file.name, timezone=file.timezone, phone=file.phone, sms_number=file.sms_number,
        address=file.address, rules=file.rules, revision=1,
        services=tuple(Service(n, s.slug, s.letter, s.name, s.short, s.visit, s.minutes, s.bring, s.online_url,
                               tuple(s.words)) for n, s in enumerate(file.services, 1)),
        counters=tuple(Counter(n, c.slug, c.name, tuple(c.serves)) for n, c in enumerate(file.counters, 1)),
        hours=file.hours,
        special={holiday.date: SpecialDay((), holiday.name, "holiday", holiday.estimated) for holiday in holidays},
    )
