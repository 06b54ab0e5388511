"""A visitor's place in the hall, as a phone reads it."""

from __future__ import annotations

from notifications import wording
from scheduler.offices import Office
from ticketing.queue import Place


def said(office: Office, place: Place, language: str) -> dict[str, str]:
    """The values of sentences about a place: `number`, `before`, `when` (`08.20-08.38`, or empty), `counter` (its
    name, or empty)."""
    counter = office.counters_by_slug.get(place.counter or "")
    return {"number": place.number, "before": str(place.before), "when": _when(office, place, language),
            "counter": counter.name if counter else ""}


def _when(office: Office, place: Place, language: str) -> str:
    if place.from_ is None or place.to is None:
        return ""
    first, last = (wording.hour(office.local(moment), language) for moment in (place.from_, place.to))
    return first if first == last else f"{first}-{last}"
