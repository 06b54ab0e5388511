"""The sentences of e-mail in English."""

from __future__ import annotations

SUBJECTS = {
    "confirmation": "Your visit: {day}, {hour} - {service}",
    "move": "Your visit moved to {day}, {hour} - {service}",
    "cancellation": "Visit cancelled: {day}, {hour} - {service}",
    "reminder_eve": "Tomorrow: your visit at {hour} - {service}",
    "closure_move": "Office closed, your visit moved to {day}, {hour} - {service}",
    "reopened": "The office is open again, your visit stands: {day}, {hour} - {service}",
    "unplaced": "The office is closed at the time of your visit: {day}, {hour} - {service}",
}

OPENINGS = {
    "confirmation": "Your visit is booked. The ticket is attached.",
    "move": "Your visit has moved. The new ticket is attached; your code stays the same.",
    "cancellation": "Your visit is cancelled. Somebody else can have the place now.",
    "reminder_eve": "Tomorrow you have a visit at our office. If you cannot come, cancel or move it, so that somebody "
                    "else can have the place.",
    "closure_move": "Sorry, {office} {closed}. We moved your visit to the nearest free place. If that time does not "
                    "suit you, choose another at the address below. The new ticket is attached; your code stays the "
                    "same.",
    "reopened": "{office} is open again at that time. Your visit stands as before. The ticket is attached.",
    "unplaced": "Sorry, {office} {closed}. There is no other place for you yet. We keep looking and will call you.",
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
CHOOSE = ("Nobody is there at that time, so please do not come. You can also choose a time yourself:\n{url}\n"
          "This address is for you alone: whoever opens it can cancel the visit.")
QUESTIONS = "Questions? Phone {phone}. All services are free of charge."
CLOSING = ("This e-mail was sent automatically; answers are not read. If it was not you who booked, just delete it. "
           "We erase your address {days} days after the day of the visit.")

# -- the waiting list ----------------------------------------------------------------------------------------

_PAGE = ("Your page:\n{url}\n"
         "This address is for you alone: whoever opens it can answer for you.")
LINE_SUBJECTS = {
    "waiting": "You are on the waiting list - {service}",
    "offer": "A place: {day}, {hour} - answer before {until}",
    "offer_lapsed": "The offer is over: {day}, {hour} - {service}",
    "waiting_kept": "Offer withdrawn, you keep your place in line: {day}, {hour} - {service}",
    "waiting_passed": "No place until {last} - {service}",
}
LINE_TEXTS = {
    "waiting": (
        "You are on the waiting list of {office} for {service} ({who}) until {last}.",
        "As soon as there is a place we send an SMS. The place is kept for you for the time it names.",
        _PAGE,
    ),
    "offer": (
        "There is a place for {service} ({who}) at {office}: {day}, {hour}.",
        "It is kept for you until {until}. After that we offer it to the next person.",
        "Take it or turn it down here:\n{url}\n"
        "This address is for you alone: whoever opens it can answer for you.",
    ),
    "offer_lapsed": (
        "The offer of a place for {service} ({who}) at {office}, {day}, {hour}, is over. The place goes to the next "
        "person.",
        "If you still need one, join the waiting list again:\n{url}",
    ),
    "waiting_kept": (
        "Sorry, the office cannot serve anybody at that time: we have to take back the offer of a place for {service} "
        "({who}) at {office}, {day}, {hour}.",
        "You keep your place in line. There is nothing to do: as soon as there is another place we send an SMS.",
        _PAGE,
    ),
    "waiting_passed": (
        "Sorry, until {last} no place came free for {service} ({who}) at {office}.",
        "To book or to wait again: {site}",
    ),
}
LINE_CLOSING = "This e-mail was sent automatically; answers are not read. If it was not you who joined, just delete it."
