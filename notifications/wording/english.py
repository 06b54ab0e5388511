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

BRING = "Bring: {things}."
MORE = "etc."
