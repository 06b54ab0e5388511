"""A claimed e-mail of the outbox as it goes out: words, ticket and calendar entry of the booking as it stands now.

Written when it is sent, not when the fact was: the papers belong to the ticket's room, and a mail that waited for a
server shows what is true. `Message-ID` names what is told, so that the same mail sent twice can be recognised.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from sqlalchemy import Connection

from notifications import of_bookings, of_waiting, wording
from notifications.claims import Claim
from notifications.gateways.base import Attachment, Mail
from notifications.wording import mail, notices
from notifications.wording.mail import Line, Told
from scheduler import bookings, waiting
from scheduler.foundation.clock import Clock
from scheduler.foundation.privacy import Vault, mask_name
from scheduler.holding import Offer
from scheduler.offices import Office, Offices
from ticketing import calendar_entry, document, words
from ticketing.ticket import Ticket

BY_CLOSURE = ("closure_move", "unplaced")


class Composer:
    """Writes mails for the courier. `public_url` is the installation's address."""

    def __init__(self, public_url: str, vault: Vault, offices: Offices, clock: Clock) -> None:
        self._public_url = public_url
        self._vault = vault
        self._offices = offices
        self._clock = clock
        self._host = urlsplit(public_url).hostname  # a name or IPv4: no other fits into a ticket's QR code

    def compose(self, connection: Connection, claim: Claim) -> Mail:
        """The mail of a claimed row of the medium `email`, which is about a booking or an entry of the waiting list.

        Raises SealBroken when the address or the person cannot be opened, KeyError for a kind nobody mails.
        """
        if claim.waiting_id is not None:
            return self._about_the_line(connection, claim, claim.waiting_id)
        assert claim.booking_id is not None
        booking = bookings.by_id(connection, claim.booking_id)
        office = self._offices.by_id(connection, booking.office_id)
        ticket = Ticket.of(office, office.by_id[booking.service_id], booking, vault=self._vault,
                           public_url=self._public_url)
        # Cancelled a moment after it was claimed: the mail then says so, and the one about it has the same Message-ID.
        kind = "cancellation" if ticket.cancelled else claim.kind
        told = self._told(ticket)
        if kind in BY_CLOSURE:
            told = replace(told, closed=_closed(connection, ticket, kind))
        return Mail(
            to=self._vault.open_bytes(claim.address).decode(),
            subject=mail.subject(kind, ticket.language, told),
            text=mail.text(kind, ticket.language, told),
            attachments=() if kind == "unplaced" else self._papers(ticket),
            message_id=f"<{kind}.{booking.id}.{booking.sequence}@{self._host}>",
        )

    def _about_the_line(self, connection: Connection, claim: Claim, entry_id: int) -> Mail:
        entry = waiting.by_id(connection, entry_id)
        office = self._offices.by_id(connection, entry.office_id)
        offer = None if claim.sequence is None else of_waiting.offer_of(connection, claim.sequence)
        told = Line(
            office=office.name, phone=office.phone,
            service=office.by_id[entry.service_id].name[entry.language],
            who=mask_name(self._vault.open(entry.sealed or b"").name),
            last=notices.date_of(entry.last, entry.language), url=f"{self._public_url}/w/{entry.token}",
            site=self._public_url, **({} if offer is None else _offered(office, offer, entry.language)),
        )
        return Mail(
            to=self._vault.open_bytes(claim.address).decode(),
            subject=mail.line_subject(claim.kind, entry.language, told),
            text=mail.line_text(claim.kind, entry.language, told), attachments=(),
            message_id=f"<{claim.kind}.w{entry.id}.{claim.sequence or 0}@{self._host}>",
        )

    def _told(self, ticket: Ticket) -> Told:
        office = ticket.office
        return Told(
            office=office.name, address=office.address, phone=office.phone, service=ticket.service_name,
            day=ticket.day, hour=ticket.hour, who=_who(ticket), code=ticket.code or "",
            door=words.hour(ticket.language, ticket.opens), bring=ticket.bring, url=ticket.url,
            site=self._public_url, days=office.rules.erase_after_days,
        )

    def _papers(self, ticket: Ticket) -> tuple[Attachment, ...]:
        """The calendar entry, and the ticket to print unless it is void."""
        entry = Attachment(
            f"{ticket.file_name}.ics", f"text/calendar; method={calendar_entry.method(ticket)}; charset=utf-8",
            calendar_entry.ics(ticket, self._clock.now()),
        )
        if ticket.cancelled:
            return (entry,)
        return (Attachment(f"{ticket.file_name}.pdf", "application/pdf", document.pdf(ticket)), entry)


def _offered(office: Office, offer: Offer, language: str) -> dict[str, str]:
    start, until = office.local(offer.start), office.local(offer.lapses_at)
    return {"day": wording.day(start, language), "hour": f"{wording.hour(start, language)} {wording.zone(start)}",
            "until": wording.brief(until, language)}


def _closed(connection: Connection, ticket: Ticket, kind: str) -> str:
    """`tutup 25/11 (Gangguan jaringan)`, behind the office's name."""
    found = of_bookings.closing_told(connection, ticket.booking.id, kind)
    if found is None:
        return ""
    return f"{notices.closed(found, ticket.language)} ({found.reason})"


def _who(ticket: Ticket) -> str:
    people = ticket.say("people", count=ticket.booking.party) if ticket.booking.party > 1 else ""
    if ticket.shown_name and people:
        return f"{ticket.shown_name} ({people})"
    return ticket.shown_name or people
