"""The sentences in English. Each must fit one part with the longest values (tests count)."""

from __future__ import annotations

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
TIME = "%H:%M"

SENTENCES = {
    "confirmation": "{office}: {service}, {day} at {time} {zone}. Show number {code}.{bring} Change/cancel: {phone}",
    "move": "{office}: {service} moved to {day} at {time} {zone}. Number {code}.{bring} Change/cancel: {phone}",
    "cancellation": "{office}: {service} {day} at {time} {zone} (number {code}) is cancelled. Book again/ask: {phone}",
    "reminder_eve": (
        "Tomorrow: {service}, {day} at {time} {zone}, {office}. Show number {code}.{bring} Change/cancel: {phone}"
    ),
    "reminder_late": "Soon: {service}, {day} at {time} {zone}, {office}. Show number {code}.{bring} Cancel: {phone}",
}

BRING = "Bring: {things}."
MORE = "etc."
