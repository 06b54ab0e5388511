"""The ticket as a calendar entry: iCalendar (RFC 5545) with the method of RFC 5546.

A file somebody opens by hand, not an invitation to answer: METHOD:PUBLISH, and METHOD:CANCEL once the booking
is cancelled. The same UID and a higher SEQUENCE make a calendar replace the entry after a move and strike it
after a cancellation.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from functools import lru_cache
from uuid import UUID, uuid5

from icalendar import Alarm, Calendar, Event, Timezone, vCalAddress

from ticketing.ticket import Ticket

ALARM = timedelta(hours=-2)
_UIDS = UUID("6b1f0c6e-3f0f-4d5b-9c39-5f2a0d5f6f0e")  # the name space our UIDs are made in, drawn once


def ics(ticket: Ticket, now: datetime) -> bytes:
    """The calendar file; `now` (aware) becomes DTSTAMP, to the second."""
    calendar = Calendar()
    calendar.add("prodid", "-//Antre//Ticket//" + ticket.language.upper())
    calendar.add("version", "2.0")
    calendar.add("method", method(ticket))
    calendar.add_component(_zone(ticket.office.timezone, ticket.start.year))
    calendar.add_component(_event(ticket, now))
    content: bytes = calendar.to_ical()
    return content


def method(ticket: Ticket) -> str:
    """What the entry does to a calendar, as METHOD in the file and as a parameter of its media type (RFC 5545, 8.1)."""
    return "CANCEL" if ticket.cancelled else "PUBLISH"


def _event(ticket: Ticket, now: datetime) -> Event:
    event = Event()
    event.add("uid", uid(ticket))
    event.add("sequence", ticket.booking.sequence)
    event.add("dtstamp", now.replace(microsecond=0))
    event.add("dtstart", ticket.start)
    event.add("dtend", ticket.end)
    event.add("organizer", _organizer(ticket))
    event.add("summary", ticket.say("summary", service=ticket.service_name, office=ticket.office.name))
    event.add("location", f"{ticket.office.name}, {ticket.office.address}")
    event.add("url", ticket.url)
    event.add("class", "PRIVATE")
    if ticket.cancelled:
        event.add("status", "CANCELLED")
        event.add("description", ticket.say("void"))
        return event
    event.add("status", "CONFIRMED")
    event.add("description", _description(ticket))
    event.add_component(_alarm(ticket))
    return event


def uid(ticket: Ticket) -> str:
    """One name for the booking for ever, also after a move and after erasure, that tells nothing of anybody."""
    booking = ticket.booking
    return str(uuid5(_UIDS, f"{ticket.office.slug}/{booking.id}/{booking.created_at.isoformat()}"))


def _organizer(ticket: Ticket) -> vCalAddress:
    """RFC 5546 wants one with PUBLISH and CANCEL. Offices are reached by telephone, so it is their number."""
    organizer = vCalAddress("tel:" + re.sub(r"[^0-9+]", "", ticket.office.phone))
    organizer.params["CN"] = ticket.office.name
    return organizer


def _description(ticket: Ticket) -> str:
    lines = [f"{ticket.say('code')}: {ticket.code}"] if ticket.code else []
    if ticket.bring:
        lines += [f"{ticket.say('bring')}:", *(f"- {item}" for item in ticket.bring)]
    lines += [f"{ticket.say('change')}:", ticket.url]
    return "\n".join(lines)


def _alarm(ticket: Ticket) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", ALARM)
    alarm.add("description", ticket.say("soon", service=ticket.service_name, office=ticket.office.name))
    return alarm


@lru_cache(maxsize=64)
def _zone(tzid: str, year: int) -> Timezone:
    """The zone's changes around that year: working them out takes a hundred times as long as writing the file."""
    return Timezone.from_tzid(tzid, first_date=date(year - 1, 1, 1), last_date=date(year + 2, 1, 1))
