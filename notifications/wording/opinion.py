"""What a resident reads on the phone after a visit: the question what they think of it, in one GSM-7 part (pure).

It holds a link, which no other message does: nine questions have no room here. Whoever has no internet is told the word
to send instead; the answer to that says how. It names neither person nor service, as the answer is nobody's.
"""

from __future__ import annotations

from notifications import wording
from notifications.wording import gsm7
from scheduler.offices import Office

KIND = "survey"


def ask(language: str, office: Office, address: str) -> str:
    """The question in `id` or `en`, with the address to answer at: the fullest way that has room."""
    words = wording.LANGUAGES[language]
    values = {"office": wording.short_office(office.name), "address": address,
              "sms": wording.readable_number(office.sms_number or "")}
    by_sms = words.OPINION_BY_SMS if office.sms_number else ()
    ways: list[str] = [way.format(**values) for way in (*by_sms, *words.OPINION)]
    return next((way for way in ways if gsm7.fits(way)), ways[-1])
