"""Importing an office file touches only what differs, and never what a manager set."""

from __future__ import annotations

import threading
import time
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from scheduler import tables as t
from scheduler.calendar import starts
from scheduler.foundation.database import Database
from scheduler.foundation.journal import journal
from scheduler.office_file import Imported, OfficeFileError, import_office, parse
from scheduler.offices import MAX_AGE_S, Office, Offices
from scheduler.public_holidays import HolidayRule, holidays_of
from tests.office_texts import EXAMPLE, SMALL, edited

NOW = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)


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


def test_a_day_of_the_example_has_room_for_the_band_even_for_ktp_alone(database: Database) -> None:
    office = imported(database, EXAMPLE)
    for day in (date(2026, 11, 24), date(2026, 11, 27)):  # a Tuesday, a Friday
        places = sum(start.places for start in starts(office, day) if start.letter == "A")
        assert places >= office.rules.high


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


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_an_import_while_an_office_is_being_read_is_seen_by_the_next_look(database: Database) -> None:
    """Each query sees what is committed by then: a picture of the old hours must not carry the new revision."""
    imports(database, SMALL)
    registry, imported_then = Offices(), []

    def import_in_between(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "FROM opening_hours" in statement and not imported_then:
            imported_then.append(imports(database, edited("08:00-12:00", "08:00-15:00", SMALL)))

    with database.read() as connection:
        sa.event.listen(connection, "after_cursor_execute", import_in_between)
        registry.all(connection)
    assert imported_then
    time.sleep(MAX_AGE_S)
    with database.read() as connection:
        assert registry.get(connection, "kecil").hours == {0: (("08:00", "15:00"),)}


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
