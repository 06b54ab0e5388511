"""Places to choose from: three a page, later ones, those of a day that is typed; to book and to move (pure)."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from api.phone.acts import Held
from api.phone.menu import dates, screens
from api.phone.menu.screens import Screen, screen
from api.phone.menu.talk import Talk, number_of
from notifications import wording
from scheduler.offices import Office, Service

A_PAGE = 3
# Places of one page lie so far apart where there are as many: three quarters of an hour of one morning would leave who
# can only come in the afternoon to page until the carrier ends the session (after 120 to 180 s).
APART = timedelta(hours=1)
_NEXT = timedelta(seconds=1)


def begin(talk: Talk, at: str) -> Screen:
    """The soonest places, on the screen `at`: `place` to book, `spot` to move."""
    talk.state.at, talk.state.start, talk.state.nears, talk.state.starts = at, None, [], []
    return _turn(talk, talk.desk.now)


def again(talk: Talk, note: str = "") -> Screen:
    """The page as it was shown."""
    if not talk.state.starts:
        return begin(talk, talk.state.at)
    return listed(talk, _subject(talk)[0], note)


def renewed(talk: Talk) -> Screen:
    """The page looked at again: what was offered before may be taken."""
    nears = talk.state.nears
    if not nears:
        return begin(talk, talk.state.at)
    return _turn(talk, nears.pop())


def taken(talk: Talk, typed: str) -> datetime | Screen:
    """The start that was chosen; else the screen that comes next: later ones, another day, the same with a word."""
    state, choice = talk.state, screens.number_in(typed)
    if not state.starts:
        return renewed(talk)
    if choice is not None and 1 <= choice <= len(state.starts):
        return state.starts[choice - 1]
    if choice == len(state.starts) + 1:
        return _turn(talk, state.starts[-1] + _NEXT)
    office = _subject(talk)[0]
    day = dates.read(typed, office.today(talk.desk.now))
    if day is None:
        dated = len(typed) > 1 and any(character.isdigit() for character in typed)
        return again(talk, talk.say("place", "no_such_day") if dated else talk.words["number"])
    first = office.today(talk.desk.now)
    last = first + timedelta(days=office.rules.horizon_days)
    if not first <= day <= last:
        return again(talk, talk.say("place", "out_of_reach", first=f"{first.day}/{first.month}",
                                    last=f"{last.day}/{last.month}"))
    begins = datetime.combine(day, time(), office.zone)
    shown = _turn(talk, max(begins, talk.desk.now))
    if talk.state.starts and office.today(talk.state.starts[0]) != day:
        return again(talk, talk.say("place", "not_that_day"))
    return shown


def back(talk: Talk) -> Screen | None:
    """The page before; None in front of the first one."""
    nears = talk.state.nears
    if len(nears) < 2:
        return None
    nears.pop()
    return renewed(talk)


def _turn(talk: Talk, near: datetime) -> Screen:
    """Offer what is free from `near` on."""
    office, service, held = _subject(talk)
    starts = _spread(talk, office, service, near, held)
    if starts:
        talk.state.starts = starts
        talk.state.nears = [*talk.state.nears, near][-20:]
        return listed(talk, office)
    if talk.state.starts:
        return again(talk, talk.say("place", "last"))
    return nothing(talk, office)


def nothing(talk: Talk, office: Office) -> Screen:
    """No place is free: who wants to book may wait for one, who wants to move has one."""
    if talk.state.at == "place":
        return instead(talk)
    return talk.said(talk.say("place", "none", phone=number_of(office)))


def instead(talk: Talk, note: str = "") -> Screen:
    """There is no place: whether to wait for one."""
    talk.state.at = "none"
    words = talk.words["line"]
    title = talk.say("line", "none", phone=number_of(talk.at()))
    return screen(title, [*screens.numbered([words["join"]]), ("0", talk.words["menu"])], note=note)


def _spread(talk: Talk, office: Office, service: Service, near: datetime, held: Held | None) -> list[datetime]:
    """Three starts from `near` on, an hour or more apart; the next three when there are not so many."""

    def ahead(moment: datetime) -> list[datetime]:
        return [start for start in talk.desk.offers(office, service, moment, held) if start >= moment]

    found = ahead(near)
    if len(found) < A_PAGE:
        return found
    chosen = found[:1]
    while len(chosen) < A_PAGE:
        later = ahead(chosen[-1] + APART)
        if not later:
            return found
        chosen.append(later[0])
    return chosen


def listed(talk: Talk, office: Office, note: str = "") -> Screen:
    """The places that stand in the state, to choose from."""
    state, words = talk.state, talk.words["place"]
    labels = [wording.brief(office.local(start), state.language) for start in state.starts]
    title = words["title"].format(zone=wording.zone(office.local(state.starts[0])))
    example = office.today(talk.desk.now) + timedelta(days=7)
    hint = words["hint"].format(date=f"{example.day:02}{example.month:02}")
    return screen(title, [*screens.numbered(labels, words["later"]), talk.back()], note=note, hint=hint)


def _subject(talk: Talk) -> tuple[Office, Service, Held | None]:
    """Where and for what; with the booking, if one is to move."""
    if talk.state.at == "spot":
        held = talk.held()
        return held.office, held.service, held
    return talk.at(), talk.service(), None
