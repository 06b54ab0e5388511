"""What a request says of the person and the visit, checked alike for a booking and for the waiting list."""

from __future__ import annotations

from datetime import datetime

from api.assembly import Antre
from api.rest.schemas import BookingQuestion
from api.rest.waiting_bodies import WaitingListQuestion
from scheduler import calendar, people
from scheduler.foundation.errors import Refusal
from scheduler.foundation.privacy import Person
from scheduler.offices import Office, Service

Asked = BookingQuestion | WaitingListQuestion


def person_of(antre: Antre, office: Office, asked: Asked, now: datetime) -> Person:
    """Who comes. Raises Refusal invalid_email, invalid_nik, invalid_name, invalid_phone."""
    email = people.parse_email(asked.email) if asked.email is not None else None
    return Person(
        nik=people.parse_nik(asked.nik, today=office.today(now), test_people=antre.settings.test_people),
        name=people.parse_name(asked.name), phone=people.parse_phone(asked.phone),
        email=email if antre.mails else None,  # what nothing is sent to is not kept
    )


def must_be_whole(office: Office, service: Service, asked: Asked) -> None:
    """An online service needs a reason, and only so many can come together. Raises Refusal reason_required,
    invalid_request."""
    if service.visit == "fallback" and asked.reason is None:
        raise Refusal("reason_required", field="reason")
    most = calendar.most_people(office, service)
    if asked.party > most:
        raise Refusal("invalid_request", why="party", field="party", limit=most)
