"""The sentences of e-mail in English."""

from __future__ import annotations

SUBJECTS = {
    "confirmation": "Your visit: {day}, {hour} - {service}",
    "move": "Your visit moved to {day}, {hour} - {service}",
    "cancellation": "Visit cancelled: {day}, {hour} - {service}",
    "reminder_eve": "Tomorrow: your visit at {hour} - {service}",
}

OPENINGS = {
    "confirmation": "Your visit is booked. The ticket is attached.",
    "move": "Your visit has moved. The new ticket is attached; your code stays the same.",
    "cancellation": "Your visit is cancelled. Somebody else can have the place now.",
    "reminder_eve": "Tomorrow you have a visit at our office. If you cannot come, cancel or move it, so that somebody "
                    "else can have the place.",
}

FACTS = {
    "service": "Service: {service}",
    "day": "Time: {day}, {hour}",
    "office": "Place: {office}, {address}",
    "who": "For: {who}",
    "code": "Code: {code}",
}

BRING = "What to bring:\n{listed}"
DOOR = "At the door, from {door} on, show the QR code on the ticket or say your code."
TICKET = ("To see the ticket, to change or cancel the visit:\n{url}\n"
          "This address is for you alone: whoever opens it can cancel the visit.")
VOID = ("The ticket is no longer valid. Open the attachment to remove the visit from your calendar.\n"
        "To book again: {site}")
QUESTIONS = "Questions? Phone {phone}. All services are free of charge."
CLOSING = ("This e-mail was sent automatically; answers are not read. If it was not you who booked, just delete it. "
           "We erase your address {days} days after the day of the visit.")
