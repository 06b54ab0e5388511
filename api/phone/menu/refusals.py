"""What the book refuses, in words and with a way on: other places, or the office's number (pure)."""

from __future__ import annotations

from api.phone.menu import places
from api.phone.menu.screens import Screen
from api.phone.menu.talk import Talk, number_of
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office

# What can come of booking, moving, cancelling, saying that one comes, and waiting in line (their docstrings).
OF_PLACES = ("slot_full", "day_full", "office_closed", "outside_hours", "too_soon", "too_far")
CODES = (*OF_PLACES, "already_booked", "already_waiting", "offer_over", "too_many_for_phone", "already_cancelled",
         "already_admitted", "move_limit",
         "unknown_booking", "unknown_service")
# Two of them have a second sentence, by their details: too_soon for a visit that was missed, too_many_for_phone.
VARIANTS = ("missed", "given_up")


def told(talk: Talk, refusal: Refusal, office: Office, at: str) -> Screen:
    """The next three places with a word on why, on the screen `at`; else a sentence with the office's number."""
    code, details = refusal.code, refusal.details
    if details.get("missed"):
        code = "missed"
    elif details.get("why") == "given_up":
        code = "given_up"
    if code not in talk.words["refused"]:
        raise refusal
    sentence = talk.say("refused", code, phone=number_of(office), limit=details.get("limit", ""))
    if code not in OF_PLACES:
        return talk.said(sentence)
    starts = details.get("alternatives")
    talk.state.at = at
    if not starts:
        return places.nothing(talk, office)
    talk.state.starts, talk.state.nears, talk.state.start = starts, [starts[0]], None
    return places.listed(talk, office, note=sentence)
