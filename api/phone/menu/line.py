"""The waiting list: joined where nothing is free, looked at with the bookings, an offer answered, left (pure)."""

from __future__ import annotations

from datetime import date

from api.phone.lines import InLine
from api.phone.menu import places, screens
from api.phone.menu.refusals import told
from api.phone.menu.screens import Screen, screen
from api.phone.menu.talk import WHO, Gone, Talk, label, moment
from notifications import wording
from notifications.wording import notices
from scheduler.foundation.errors import Refusal

IN_A_LIST = 12  # septets of a masked name in a list

# -- where nothing is free -----------------------------------------------------------------------------------


def answer_instead(talk: Talk, typed: str) -> Screen:
    """`1` joins the line."""
    if screens.number_in(typed) != 1:
        return places.instead(talk, talk.words["number"])
    state, office, service = talk.state, talk.at(), talk.service()
    try:
        one = talk.act("waits", office, lambda: talk.desk.join(office, service, state.nik, state.name, state.language))
    except Refusal as refusal:
        return told(talk, refusal, office, "none")
    state.nik = state.name = ""
    return talk.end(talk.say("line", "joined", **_values(talk, one)), talk.say("line", "look"))


# -- one entry -----------------------------------------------------------------------------------------------


def entries(talk: Talk) -> list[tuple[int, str]]:
    """What can be chosen from beside bookings: negative numbers, and what the list says."""
    if talk.state.purpose not in ("check", "cancel"):
        return []
    words = talk.words["line"]
    return [(-one.entry.id, words["waits" if one.offer is None else "has_offer"].format(
        who=screens.short(one.who, IN_A_LIST) or "-")) for one in talk.desk.line()]


def show(talk: Talk, note: str = "") -> Screen:
    """How many are before; or what is offered, to take it or not."""
    talk.state.at = "line"
    one, words = _one(talk), talk.words["line"]
    values = _values(talk, one)
    if one.offer is None:
        return screen(words["place"].format(**values), [*screens.numbered([words["leave"]]), talk.back()], note=note)
    return screen(words["offer"].format(**values), [*screens.numbered(words["answers"]), talk.back()], note=note)


def answer(talk: Talk, typed: str) -> Screen:
    """Take the place or let it go; leave."""
    choice, one = screens.number_in(typed), _one(talk)
    if one.offer is None:
        return leaving(talk) if choice == 1 else show(talk, talk.words["number"])
    if choice == 1:
        return _take(talk, one)
    return _decline(talk, one) if choice == 2 else show(talk, talk.words["number"])


def _take(talk: Talk, one: InLine) -> Screen:
    try:
        talk.act("booked", one.office, lambda: talk.desk.accept(one))
    except Refusal as refusal:
        return told(talk, refusal, one.office, "line")
    return talk.end(talk.say("line", "taken", **_values(talk, one)))


def _decline(talk: Talk, one: InLine) -> Screen:
    try:
        talk.act("declined", one.office, lambda: talk.desk.decline(one))
    except Refusal as refusal:
        return told(talk, refusal, one.office, "line")
    return talk.end(talk.say("line", "declined", **_values(talk, one)))


def leaving(talk: Talk, note: str = "") -> Screen:
    """Whether it is meant: the place in the line is lost by it."""
    talk.state.at = "leave"
    words = talk.words["line"]
    title = words["leave_title"].format(**_values(talk, _one(talk)))
    return screen(title, [*screens.numbered([words["leave_yes"]]), talk.back()], note=note)


def answer_leaving(talk: Talk, typed: str) -> Screen:
    """`1` leaves."""
    if screens.number_in(typed) != 1:
        return leaving(talk, talk.words["number"])
    one = _one(talk)
    talk.act("left", one.office, lambda: talk.desk.leave(one))
    return talk.end(talk.say("line", "left", **_values(talk, one)))


def _one(talk: Talk) -> InLine:
    """The chosen entry, still this phone's."""
    for one in talk.desk.line():
        if -one.entry.id == talk.state.booking:
            return one
    raise Gone


def _values(talk: Talk, one: InLine) -> dict[str, str]:
    language = talk.state.language
    values = {"who": screens.short(one.who, WHO) or "-", "service": label(one.service), "before": str(one.before),
              "last": _date(one.entry.last, language)}
    if one.offer is not None:
        until, now = one.office.local(one.offer.lapses_at), one.office.local(talk.desk.now)
        values |= moment(one.office, one.offer.start, language)
        values["short_who"] = screens.short(one.who, IN_A_LIST) or "-"  # beside two moments there is less room
        values["brief"] = wording.brief(one.office.local(one.offer.start), language)
        values["until"] = notices.until(until, now, language)
    return values


def _date(day: date, language: str) -> str:
    words = wording.LANGUAGES[language]
    return f"{day.day} {words.MONTHS[day.month - 1]}"
