"""The sentences in English. Each must fit one part with the longest values (tests count)."""

from __future__ import annotations

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
TIME = "%H:%M"

SENTENCES = {
    "confirmation": "{office}: {service}, {day} at {time} {zone}. Your code {code}.{bring} To change: {phone}",
    "move": "{office}: {service} moved to {day} at {time} {zone}. Same code {code}.{bring} To change: {phone}",
    "cancellation": "{office}: {service} {day} at {time} {zone} (code {code}) is cancelled. Book again/ask: {phone}",
    "reminder_eve": (
        "Tomorrow: {service}, {day} at {time} {zone}, {office}. Your code {code}.{bring} To change: {phone}"
    ),
    "reminder_late": "Soon: {service}, {day} at {time} {zone}, {office}. Your code {code}.{bring} To change: {phone}",
}

BRING = "Bring: {things}."
MORE = "etc."
