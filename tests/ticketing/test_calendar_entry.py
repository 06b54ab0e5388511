"""The calendar entry, read by another parser (vobject), and by its bytes where the format is strict."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import vobject

from tests.ticketing.samples import booking, office, service, ticket
from ticketing.calendar_entry import ALARM, uid
from ticketing.document import ics
from ticketing.ticket import Ticket

NOW = datetime(2026, 11, 24, 0, 0, 3, 250_000, tzinfo=UTC)


def parsed(made: Ticket) -> Any:
    return vobject.readOne(ics(made, NOW).decode())


def test_another_parser_reads_what_was_booked() -> None:
    calendar = parsed(ticket())
    event = calendar.vevent
    assert calendar.method.value == "PUBLISH"
    assert event.dtstart.value == datetime(2026, 11, 30, 1, 30, tzinfo=UTC)
    assert event.dtstart.value.utcoffset() == timedelta(hours=8)
    assert event.dtend.value - event.dtstart.value == timedelta(minutes=15)
    assert event.dtstamp.value == NOW.replace(microsecond=0)
    assert event.sequence.value == "0"
    assert event.status.value == "CONFIRMED"
    assert event.summary.value == "Perekaman KTP-el: Disdukcapil Kota Balikpapan"
    assert event.location.value == "Disdukcapil Kota Balikpapan, Jalan Contoh No. 1, Balikpapan"
    assert event.url.value == ticket().url
    for told in ("482-177-301", "- KK (fotokopi)", "- Formulir F-1.02", ticket().url):
        assert told in event.description.value.splitlines() or told in event.description.value
    assert event.valarm.action.value == "DISPLAY"
    assert event.valarm.trigger.value == ALARM == timedelta(hours=-2)


def test_it_says_nothing_of_the_person() -> None:
    text = ics(ticket(), NOW).decode()
    assert "Siti" not in text
    assert "ATTENDEE" not in text  # RFC 5546: none with PUBLISH


def test_after_a_move_it_replaces_the_entry() -> None:
    before = ticket()
    later = booking(start=datetime(2026, 12, 1, 2, 0, tzinfo=UTC), sequence=1, token="another", day_id=6, slot_id=99)
    moved = ticket(booking=later)
    assert parsed(moved).vevent.uid.value == parsed(before).vevent.uid.value
    assert parsed(moved).vevent.sequence.value == "1"
    assert parsed(moved).vevent.dtstart.value == later.start


def test_after_a_cancellation_it_strikes_the_entry() -> None:
    made = ticket(booking=booking(status="cancelled", sequence=1))
    calendar = parsed(made)
    assert calendar.method.value == "CANCEL"
    assert calendar.vevent.status.value == "CANCELLED"
    assert calendar.vevent.sequence.value == "1"
    assert calendar.vevent.uid.value == uid(ticket())
    assert not hasattr(calendar.vevent, "valarm")
    assert calendar.vevent.organizer.value == "tel:+62542000000"  # RFC 5546 asks for one


def test_the_uid_is_the_bookings_own_for_ever() -> None:
    own = uid(ticket())
    assert own == uid(ticket(language="en", booking=booking(code=None, sealed=None, status="arrived")))
    others = [ticket(booking=booking(id=12)), ticket(office=office(slug="samarinda")),
              ticket(booking=booking(created_at=booking().created_at + timedelta(seconds=1)))]
    assert own not in map(uid, others)


@pytest.mark.parametrize(("zone", "start", "offset"), [
    ("Asia/Makassar", datetime(2026, 11, 30, 1, 30, tzinfo=UTC), 8),
    ("Europe/Berlin", datetime(2026, 10, 23, 8, 0, tzinfo=UTC), 2),
    ("Europe/Berlin", datetime(2026, 10, 26, 8, 0, tzinfo=UTC), 1),   # the day after the clocks went back
    ("Europe/Berlin", datetime(2061, 3, 28, 8, 0, tzinfo=UTC), 2),
    ("America/Santiago", datetime(2026, 9, 7, 13, 0, tzinfo=UTC), -3),
])
def test_the_zone_travels_with_the_file(zone: str, start: datetime, offset: int) -> None:
    """Read with the file's own VTIMEZONE, not with a zone the reader happens to know by that name."""
    content = ics(ticket(office=office(timezone=zone), booking=booking(start=start)), NOW).decode()
    unheard = f"Office/{zone}/{start:%Y-%m-%d}"  # vobject keeps zones by name
    content = content.replace(f"TZID:{zone}", f"TZID:{unheard}").replace(f"={zone}:", f"={unheard}:")
    event = vobject.readOne(content).vevent
    assert event.dtstart.value.utcoffset() == timedelta(hours=offset)
    assert event.dtstart.value == start


def test_a_visit_across_a_clock_change_lasts_as_long_as_it_does() -> None:
    start = datetime(2026, 10, 25, 0, 50, tzinfo=UTC)  # ten minutes before Berlin's clocks go back
    event = parsed(ticket(office=office(timezone="Europe/Berlin"), booking=booking(start=start),
                          service=service(minutes=30))).vevent
    assert event.dtstart.value.replace(tzinfo=None) == datetime(2026, 10, 25, 2, 50)  # noqa: DTZ001
    assert event.dtend.value.replace(tzinfo=None) == datetime(2026, 10, 25, 2, 20)  # noqa: DTZ001


def test_lines_end_and_fold_as_the_format_wants() -> None:
    long = ticket(service=service(bring={"id": ["Surat keterangan; asli, dan fotokopi é " * 8]}))
    content = ics(long, NOW)
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert content.count(b"\n") == content.count(b"\r\n")
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    content.decode()  # no character was cut in two
    assert "Surat keterangan; asli, dan fotokopi é " * 8 in parsed(long).vevent.description.value


def test_english() -> None:
    event = parsed(ticket(language="en")).vevent
    assert event.summary.value == "Recording for the identity card: Disdukcapil Kota Balikpapan"
    assert "What to bring:" in event.description.value


def test_only_dtstamp_tells_two_files_of_one_ticket_apart() -> None:
    later = NOW + timedelta(hours=1)
    one, other = ics(ticket(), NOW), ics(replace(ticket()), later)
    assert [a for a, b in zip(one.splitlines(), other.splitlines(), strict=True) if a != b] == [
        b"DTSTAMP:20261124T000003Z"]
