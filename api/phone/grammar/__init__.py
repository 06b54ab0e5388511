"""The grammar of an SMS from a resident (pure: no database, no network, no clock).

    intents.py       what a message can ask for, and what is wrong with it
    reading.py       `read`: a message's one meaning; joining.py one that came as two SMS
    registering.py   DAFTAR: service, NIK, name and day in any order; segments.py the runs of words it is cut into
    waiting.py       TUNGGU: onto the waiting list, and off it
    short.py         one word: a number from an offer, YA, TIDAK, STOP, MULAI, greetings, thanks
    keywords.py      which keyword, misspelt too; words.py the words themselves; near.py one slip of the thumb
    rating.py        NILAI: nine digits about a visit
    services.py      service words learnt from the office file
    numbers.py       NIK and booking codes; dates.py days as people write them
    clean.py         a text made plain, and its signature cut off

docs/sms.md says the same to people.
"""

from __future__ import annotations

from api.phone.grammar.intents import (
    Cancel,
    Change,
    Check,
    Choose,
    Help,
    Info,
    Intent,
    No,
    Rate,
    Reading,
    Register,
    Start,
    Stop,
    Trouble,
    Unclear,
    Wait,
    Yes,
)
from api.phone.grammar.joining import join
from api.phone.grammar.reading import read
from api.phone.grammar.services import Lexicon

__all__ = [
    "Cancel", "Change", "Check", "Choose", "Help", "Info", "Intent", "Lexicon", "No", "Rate", "Reading", "Register",
    "Start", "Stop", "Trouble", "Unclear", "Wait", "Yes", "join", "read",
]
