"""The sentences in English. Each must fit one part with the longest values (tests count)."""

from __future__ import annotations

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
TIME = "%H:%M"

SENTENCES = {
    "confirmation": "{office}: {service}{who}, {day} at {time} {zone}. Code {code}.",
    "move": "{office}: {service}{who} moved to {day} at {time} {zone}. Same code {code}.",
    "cancellation": "{office}: {service}{who}, {day} at {time} {zone} (code {code}) is cancelled.",
    "reminder_eve": "Tomorrow: {service}{who}, {day} at {time} {zone}, {office}. Code {code}.",
    "reminder_late": "Soon: {service}{who}, {day} at {time} {zone}, {office}. Code {code}.",
}

FOR_WHOM = " for {who}"

# How to answer or change it: see `indonesian`.
_CHANGE = (
    " To change: SMS CHANGE or CANCEL and the code to {sms}, or call {phone}",
    " SMS CHANGE/CANCEL + code to {sms}",
    " To change: SMS {sms}",
)
_ANSWER = (
    " Reply YES if you come, CANCEL if not, to {sms}",
    " Reply YES/CANCEL to {sms}",
)
BY_SMS = {
    "confirmation": _CHANGE, "move": _CHANGE, "reminder_eve": _ANSWER, "reminder_late": _ANSWER,
    "cancellation": (" Book again: SMS HELP to {sms}, or call {phone}", " Book again/ask: {phone}"),
}
BY_PHONE = dict.fromkeys(SENTENCES, (" To change: {phone}",)) | {"cancellation": (" Book again/ask: {phone}",)}

# Closures and the waiting list: see `indonesian`.
NOTICES = {
    "closure_move": "Sorry, {office} {closed}{because}. {service}{who} moved: {moment}.",
    "unplaced": "Sorry, {office} {closed}{because}. No other place yet, {service}{who}. We will call.",
    "reopened": "{office} is open again. {service}{who}: still {moment} {zone}, code {code}.",
    "waiting": "{office}: {service}{who} is on the waiting list until {last}. We text when there is a place.",
    "offer": "{office}: a place, {service}{who}, {moment} {zone}.",
    "offer_lapsed": "{office}: the offer {service}{who} {moment} is over.",
    "waiting_kept": "Sorry, {office} {closed}{because}: offer {service}{who} {hour} is gone. You keep your place in "
                    "line, nothing to do.",
    "soon": "{office}: queue number {number}, your turn is expected {hour}-{until} {zone}. Please be ready in the "
            "hall.",
    "waiting_passed": "Sorry, {office}: until {last} no place came free for {service}{who}.",
}
NOTICES_BY_SMS = {
    "closure_move": (
        " Same code. Another time: SMS CHANGE {code} to {sms}, or call {phone}",
        " Same code. Another time: SMS CHANGE {code} to {sms}",
        " SMS CHANGE {code} to {sms}",
    ),
    "unplaced": (" Or SMS CHANGE {code} to {sms}", " Or SMS CHANGE to {sms}"),
    "reopened": (" To change: SMS CHANGE/CANCEL + code to {sms}", " To change: SMS {sms}"),
    "waiting": (" To leave it: SMS CANCEL WAITING to {sms}", " Ask: {phone}"),
    "offer": (
        " Reply YES to {sms} before {until}, NO if you do not want it",
        " Reply YES to {sms} before {until}",
    ),
    "offer_lapsed": (
        " Reply YES to {sms} until tomorrow to wait again",
        " Wait again? Reply YES to {sms}",
    ),
    "waiting_kept": (" To leave it: SMS CANCEL WAITING to {sms}", " Ask: {phone}"),
    "soon": (" Check: SMS CHECK to {sms}",),
    "waiting_passed": (" Book again: SMS HELP to {sms}, or call {phone}", " Book again: {phone}"),
}
NOTICES_BY_PHONE = {
    "closure_move": (" Code {code}. Another time: call {phone}", " Code {code}. To change: {phone}"),
    "unplaced": (" Code {code}, call {phone}",),
    "reopened": (" To change: {phone}",),
    "waiting": (" Ask: {phone}",),
    "offer": (
        " Take it before {until} on your waiting list page, or call {phone}",
        " Want it? Call {phone} before {until}",
    ),
    "offer_lapsed": (" To wait again: join again, or call {phone}", " To wait again: {phone}"),
    "waiting_kept": (" Ask: {phone}",),
    "soon": (" Questions: {phone}",),
    "waiting_passed": (" Book again: {phone}",),
}
CLOSED = {
    "day": "is closed {day}",
    "between": "is closed {day} {opens}-{closes}",
    "from": "is closed {day} from {opens}",
    "until": "is closed {day} until {closes}",
    "counter": "lacks a counter {day}",
}
BECAUSE = " ({reason})"

OPINION_BY_SMS = (
    "{office}: thank you for coming. How was our service? Answer at {address} or SMS RATE to {sms}",
    "{office}: how was our service? {address} or SMS RATE to {sms}",
)
OPINION = (
    "{office}: thank you for coming. How was our service? Answer 9 questions at {address}",
    "{office}: how was our service? Answer at {address}",
)

BRING = "Bring: {things}."
MORE = "etc."
