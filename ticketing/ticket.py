"""A ticket: one booking with what its papers and pictures need, and the words derived from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.bookings import Booking
from scheduler.calendar import intervals
from scheduler.foundation.privacy import Vault, mask_name
from scheduler.offices import Office, Service
from scheduler.people import readable
from ticketing import words
from ticketing.codes import show_code


def door_opens(office: Office, start: datetime) -> datetime:
    """From when the door lets in whoever is booked for `start` (UTC): never before the office opens that day."""
    earliest = start - timedelta(minutes=office.rules.early_minutes)
    opened = next((opens for opens, _ in intervals(office, office.today(start))), earliest)
    return max(earliest, min(opened, start))


@dataclass(frozen=True)
class Ticket:
    """`url` is the address of the ticket's page; `name` is masked before it is shown, None leaves it out."""

    office: Office
    service: Service
    booking: Booking
    url: str
    name: str | None
    language: str

    @staticmethod
    def of(office: Office, service: Service, booking: Booking, *, vault: Vault, public_url: str) -> Ticket:
        """The booking's ticket in its language; `public_url` is the installation's address. Raises SealBroken."""
        name = vault.open(booking.sealed).name if booking.sealed else None
        return Ticket(office, service, booking, f"{public_url}/t/{booking.token}", name, booking.language)

    @property
    def file_name(self) -> str:
        """What its files are called, without the ending."""
        return f"antre-{self.code or 'tiket'}"

    @property
    def cancelled(self) -> bool:
        """Whether the booking no longer stands."""
        return self.booking.status == "cancelled"

    @property
    def start(self) -> datetime:
        """The start on the office's clock."""
        return self.office.local(self.booking.start)

    @property
    def end(self) -> datetime:
        """The end on the office's clock; counted in absolute time, so that a clock change does not stretch it."""
        return self.office.local(self.booking.start + timedelta(minutes=self.service.minutes))

    @property
    def opens(self) -> datetime:
        """From when the door lets this ticket in, on the office's clock."""
        return self.office.local(door_opens(self.office, self.booking.start))

    @property
    def day(self) -> str:
        """The date with its weekday, in words."""
        return words.day(self.language, self.start.date())

    @property
    def hour(self) -> str:
        """The hour with the zone's short name."""
        return words.hour(self.language, self.start)

    @property
    def code(self) -> str | None:
        """The code with its dashes; None once the booking was erased."""
        return show_code(self.booking.code) if self.booking.code else None

    @property
    def shown_name(self) -> str | None:
        """The name as anyone may see it."""
        return mask_name(self.name) if self.name else None

    @property
    def service_name(self) -> str:
        """The service in the ticket's language."""
        return self.service.name.get(self.language) or self.service.name["id"]

    @property
    def bring(self) -> list[str]:
        """What to bring, in the ticket's language."""
        return self.service.bring.get(self.language) or self.service.bring.get("id", [])

    def say(self, key: str, **values: object) -> str:
        """The words of the ticket under `key`."""
        return words.say(self.language, f"ticket.{key}", **values)

    @property
    def how_to_change(self) -> str:
        """How to change and cancel: by the page, by telephone, or by SMS where the office reads those."""
        how = self.say("change_how", phone=self.office.phone)
        if not self.office.sms_number or not self.code:
            return how
        return f"{how} {self.say('change_sms', code=self.code, number=readable(self.office.sms_number))}"
