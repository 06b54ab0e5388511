"""The office file: one TOML text that says what an office is. Checked whole, then written whole.

`scheduler/examples/balikpapan.toml` shows every section with its meaning.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection

from scheduler import office_rows
from scheduler.foundation.journal import record
from scheduler.office_sections import FileDay, read_exceptions, read_holidays, read_hours, read_office, read_rules
from scheduler.office_services import FileCounter, FileService, check_groups, read_counters, read_services
from scheduler.offices import Interval
from scheduler.public_holidays import HolidayRule, holidays_of
from scheduler.rules import Rules
from scheduler.toml_sections import Section, read

HOLIDAY_YEARS = 3  # this year and two more: past any booking horizon, and there in time for the next decree


class OfficeFile(msgspec.Struct, frozen=True):
    """A checked office file. `hours` maps weekday (Monday 0) to local intervals; `days` are the exceptions."""

    slug: str
    name: str
    timezone: str
    phone: str
    sms_number: str | None
    address: str
    rules: Rules
    hours: dict[int, tuple[Interval, ...]]
    days: tuple[FileDay, ...]
    holidays: HolidayRule | None
    services: tuple[FileService, ...]
    counters: tuple[FileCounter, ...]


class OfficeFileError(Exception):
    """The file is wrong. `problems` has one `line N: reason` for each, in the order of the file."""

    def __init__(self, name: str, problems: list[str]) -> None:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__("\n".join([f"{name} has {count}; nothing was changed.", *problems]))
        self.name = name
        self.problems = problems


@dataclass(frozen=True)
class Imported:
    """What an import did; `changed` is False when the office stood like that already. `changes` names the slugs,
    weekdays and dates touched: section -> kind of change -> names."""

    office_id: int
    changed: bool
    changes: dict[str, dict[str, list[str]]]


def parse(text: str, name: str) -> OfficeFile:
    """The office in `text`; `name` is the file's, for the message. Raises OfficeFileError with every problem."""
    top, problems = read(text)
    if top is None:
        raise OfficeFileError(name, problems.listed())
    values = _values(top)
    if problems.found:
        raise OfficeFileError(name, problems.listed())
    return OfficeFile(**values)


def _values(top: Section) -> dict[str, Any]:
    values = read_office(top.section("office"))
    values["rules"] = read_rules(top)
    values["hours"] = read_hours(top.section("hours"))
    values["days"] = read_exceptions(top)
    values["holidays"] = read_holidays(top.section("holidays", optional=True))
    service_sections = top.sections("services", like="[[services]]", most=50)
    counter_sections = top.sections("counters", like="[[counters]]", most=100)
    values["services"] = read_services(service_sections)
    values["counters"] = read_counters(counter_sections, values["services"])
    if top.sound("services", "counters"):
        check_groups(service_sections, counter_sections, values["services"], values["counters"])
    if top.sound("services", "hours", "exceptions"):
        _check_visits_fit(service_sections, values)
    top.close()
    return values


def _check_visits_fit(sections: list[Section], values: dict[str, Any]) -> None:
    """A visit longer than every open interval would never get a start."""
    stretches = [*values["hours"].values(), *(day.intervals for day in values["days"])]
    lengths = (_minutes(closes) - _minutes(opens) for stretch in stretches for opens, closes in stretch)
    longest = max(lengths, default=24 * 60)
    for section, service in zip(sections, values["services"], strict=True):
        if service.minutes > longest:
            section.wrong("minutes", f"a visit of {service.minutes} minutes fits into none of the open hours; "
                                     f"the longest stretch is {longest} minutes.")


def _minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def import_office(connection: Connection, file: OfficeFile, now: datetime) -> Imported:
    """Make the office's rows what the file says, in the caller's transaction; journals `office_imported`.

    Holidays are those of the office's year and the two after it. Importing the same file again changes nothing,
    unless a new year has begun or the package knows better dates by then. Rows keep their ids; a service or
    counter that is no longer in the file becomes inactive, because bookings refer to it. A special day that a
    manager set is never touched.
    """
    first_year = now.astimezone(ZoneInfo(file.timezone)).year
    years = range(first_year, first_year + HOLIDAY_YEARS)
    holidays = holidays_of(file.holidays, years) if file.holidays else []
    fingerprint = hashlib.sha256(msgspec.json.encode((file, holidays))).hexdigest()
    office = {name: getattr(file, name) for name in ("slug", "name", "timezone", "phone", "sms_number", "address")}
    office |= {"rules": msgspec.to_builtins(file.rules), "fingerprint": fingerprint}
    written = office_rows.put_office(connection, office)
    if not written.changed:
        return Imported(written.id, changed=False, changes={})
    changes = {
        "services": office_rows.put_services(connection, written.id, file.services),
        "counters": office_rows.put_counters(connection, written.id, file.counters),
        "hours": office_rows.put_hours(connection, written.id, file.hours),
        "special_days": office_rows.put_days(connection, written.id, file.days, holidays, date(first_year, 1, 1)),
    }
    changes = {what: change for what, change in changes.items() if change}
    record(connection, "office_imported", at=now, office_id=written.id, data={"revision": written.revision, **changes})
    return Imported(written.id, changed=True, changes=changes)
