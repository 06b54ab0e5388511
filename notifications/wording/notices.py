"""What a resident reads on the phone about closures and the waiting list: one GSM-7 part each (pure).

As in `render`, the number to write to stands in the text, as many senders are one-way. What a manager typed as the
reason of a closure is free text: it is brought into the alphabet and gets the room that is left, never a second part.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from types import ModuleType

from notifications import wording
from notifications.wording import gsm7
from scheduler.offices import Office, Service

KINDS = ("closure_move", "unplaced", "reopened", "waiting", "offer", "offer_lapsed", "waiting_kept",
         "waiting_passed", "soon")

REASON = 30     # septets of a reason that a longer way of saying how to answer must leave
LEAST = 8       # of a service's or office's name, before the sentence is cut instead


@dataclass(frozen=True, slots=True)
class Closed:
    """A closing as it is told: local hours, None from the beginning or to the end; `counter` where only one counter is
    lost; `reason` as a manager typed it."""

    date: date
    opens: time | None
    closes: time | None
    counter: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What the sentences are about; each names some of it.

    `who` is a masked name. `start` is aware: the new start of a moved booking, or the one offered, until `until`
    (aware); or from when to when the turn of the queue `number` is expected. `last` is the last date waited for. `now`
    is when it is written: a time today needs no date.
    """

    office: Office
    service: Service
    who: str
    now: datetime
    code: str = ""
    start: datetime | None = None
    until: datetime | None = None
    last: date | None = None
    closed: Closed | None = None
    number: str = ""


def notice(kind: str, language: str, about: Notice) -> str:
    """The message of that kind (one of `KINDS`) in `id` or `en`.

    For want of room the reason goes first, then for whom, then the names of service and office are cut.
    """
    words = wording.LANGUAGES[language]
    sentence: str = words.NOTICES[kind]
    writes = words.NOTICES_BY_SMS if about.office.sms_number else words.NOTICES_BY_PHONE
    values = _values(words, language, about)
    ways = [way.format(**values) for way in writes[kind]]
    values = _cut(sentence, values, gsm7.PART - _size(ways[-1]))
    reason, around = _reason(about), _size(words.BECAUSE.format(reason=""))
    room = gsm7.PART - _size(sentence.format(**values))
    wanted = around + min(_size(reason), REASON) if reason else 0
    way = _first(ways, room - wanted) or ways[-1]
    if brief := _whole_words(reason, room - _size(way) - around):
        values["because"] = words.BECAUSE.format(reason=brief)
    return gsm7.clip(sentence.format(**values).replace("..", ".") + way, gsm7.PART)


def until(moment: datetime, now: datetime, language: str) -> str:
    """`14.30`, or `Kam 26/11 09.00` where that is not today; both moments in the office's time."""
    return wording.hour(moment, language) if moment.date() == now.date() else wording.brief(moment, language)


def date_of(day: date, language: str) -> str:
    """`Rab 25/11`."""
    words = wording.LANGUAGES[language]
    return f"{words.WEEKDAYS[day.weekday()][:3]} {day.day}/{day.month}"


def closed(told: Closed, language: str) -> str:
    """`tutup 25/11 10.00-12.00`, behind the office's name."""
    words = wording.LANGUAGES[language]
    hours = {name: at.strftime(words.TIME) for name, at in (("opens", told.opens), ("closes", told.closes)) if at}
    kind = ("counter" if told.counter else "between" if len(hours) > 1 else "from" if told.opens
            else "until" if told.closes else "day")
    said: str = words.CLOSED[kind].format(day=f"{told.date.day}/{told.date.month}", **hours)
    return said


def _values(words: ModuleType, language: str, about: Notice) -> dict[str, str]:
    office, who = about.office, gsm7.clip(gsm7.mend(about.who), wording.WHO)
    start = None if about.start is None else office.local(about.start)
    return {
        "office": wording.short_office(office.name),
        "service": gsm7.clip(gsm7.mend(about.service.short), wording.SERVICE),
        "who": words.FOR_WHOM.format(who=who) if who else "",
        "moment": "" if start is None else wording.brief(start, language),
        "hour": "" if start is None else wording.hour(start, language),
        "zone": "" if start is None else wording.zone(start),
        "until": "" if about.until is None else until(office.local(about.until), office.local(about.now), language),
        "last": "" if about.last is None else date_of(about.last, language),
        "closed": "" if about.closed is None else closed(about.closed, language),
        "because": "",
        "number": about.number,
        "code": "-".join((about.code[:3], about.code[3:6], about.code[6:])),
        "phone": gsm7.clip(gsm7.mend(office.phone), wording.PHONE),
        "sms": wording.readable_number(office.sms_number or ""),
    }


def _cut(sentence: str, values: dict[str, str], room: int) -> dict[str, str]:
    """The values with which the sentence has room, without a reason."""
    cut = dict(values)
    if _size(sentence.format(**cut)) > room:
        cut["who"] = ""
    for name in ("service", "office"):
        over = _size(sentence.format(**cut)) - room
        if over > 0:
            cut[name] = gsm7.clip(cut[name], max(_size(cut[name]) - over, LEAST))
    return cut


def _reason(about: Notice) -> str:
    return "" if about.closed is None else gsm7.mend(about.closed.reason).rstrip(".")


def _whole_words(text: str, most: int) -> str:
    """As many words of the text as have room; none rather than half a word."""
    kept = text.split(" ")
    while kept and _size(" ".join(kept)) > most:
        kept.pop()
    return " ".join(kept).rstrip(" ,;:(-")


def _first(ways: list[str], room: int) -> str:
    return next((way for way in ways if _size(way) <= room), "")


def _size(text: str) -> int:
    return gsm7.septets(text) or 0
