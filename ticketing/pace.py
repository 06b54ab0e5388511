"""How fast a kiosk gives numbers: at once to people, slowly to children at play (pure).

Nobody can tell them apart by one press, so each number makes the next a little harder, and what was taken lately
decides. The first few come at one press. While numbers go fast, each asks for a digit that the page names: whoever
reads it presses it, whoever hammers one place rarely does. Past a share of the day's room a clerk has to look. A rush
at opening passes: it asks everybody for a digit, and of a hall with much room for people without booking the share is
large.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

COOLDOWN = timedelta(seconds=4)   # the last number still stands on the page, and its paper is cut
LATELY = timedelta(minutes=2)
FREELY = 3                        # numbers given within LATELY at one press each
SPAN = timedelta(minutes=10)
LEAST_SHARE = 6                   # numbers within SPAN that every hall gives without a clerk
PART = 2                          # else the day's room for people without booking, divided by this

FREE, DIGIT, COOLING, STOPPED = PACES = ("free", "digit", "cooling", "stopped")


def pace(taken: Sequence[datetime], resumed: datetime | None, room: int, now: datetime) -> str:
    """What the next press needs: nothing more, a digit, a moment of patience, or a clerk.

    `taken` are the moments at which this kiosk gave a number, or said that there is none, within SPAN, in their order;
    `resumed` is when a clerk last let it go on; `room` how many people without booking the whole day takes.
    """
    if taken and now - taken[-1] < COOLDOWN:
        return COOLING
    counted = [at for at in taken if now - at < SPAN and (resumed is None or at > resumed)]
    if len(counted) >= max(LEAST_SHARE, room // PART):
        return STOPPED
    lately = sum(now - at < LATELY for at in counted)
    return DIGIT if lately >= FREELY else FREE
