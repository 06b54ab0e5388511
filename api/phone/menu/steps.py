"""One input after the other: from what was typed to the next screen (pure)."""

from __future__ import annotations

from collections.abc import Callable

from api.phone.menu import home, inputs, line, places, register, visits
from api.phone.menu.screens import Screen
from api.phone.menu.state import DONE
from api.phone.menu.talk import Gone, Halt, Talk, number_of

Show = Callable[[Talk], Screen]


def _back_service(talk: Talk) -> Screen | None:
    """The services stand behind the main menu to book, behind the information to see what to bring."""
    return register.back_service(talk) or (home.info(talk) if talk.state.purpose == "bring" else None)


def _back_leave(talk: Talk) -> Screen | None:
    """The entry, or the list where it was chosen to be left."""
    return visits.back_visit(talk) if talk.state.purpose == "cancel" else line.show(talk)


# What each screen does with an input.
ANSWERS: dict[str, Callable[[Talk, str], Screen | None]] = {
    "resume": home.answer_resume, "main": home.answer_main, "office": home.answer_office, "info": home.answer_info,
    "address": home.answer_address, "said": home.answer_said, "service": register.answer_service,
    "bring": register.answer_bring, "nik": register.answer_nik, "name": register.answer_name,
    "place": register.answer_place, "summary": register.answer_summary, "list": visits.answer_list,
    "visit": visits.answer_visit, "spot": visits.answer_spot, "cancel": visits.answer_cancel,
    "none": line.answer_instead, "line": line.answer, "leave": line.answer_leaving,
}
# Where `0` leads; None is the main menu.
BACK: dict[str, Callable[[Talk], Screen | None]] = {
    "resume": home.back_main, "main": home.back_main, "office": home.back_office, "info": home.main,
    "address": home.info, "said": home.main, "service": _back_service, "bring": register.services,
    "nik": register.services, "name": register.nik, "place": register.back_place, "summary": register.back_summary,
    "list": visits.back_list, "visit": visits.back_visit, "spot": visits.back_spot, "cancel": visits.back_cancel,
    "none": home.main, "line": visits.back_visit, "leave": _back_leave,
}
# The screen that stands, drawn again: places are looked at anew.
SHOW: dict[str, Show] = {
    "resume": home.resume, "main": home.main, "office": home.office, "info": home.info, "address": home.address,
    "said": home.main, "service": register.services, "bring": register.bring, "nik": register.nik,
    "name": register.name, "place": places.renewed, "summary": register.summary, "list": visits.entries,
    "visit": visits.visit, "spot": places.renewed, "cancel": visits.cancelling, "none": places.instead,
    "line": line.show, "leave": line.leaving,
}
OF_BOOKINGS = frozenset({"list", "visit", "spot", "cancel", "line", "leave"})
MAIN_MENU = "00"
MOST = 60  # inputs that one callback may bring; a session of three minutes has some twenty


def begin(talk: Talk) -> Screen:
    """The first screen of a session."""
    return _guarded(talk, home.start)


def work(talk: Talk, text: str, rest: str) -> Screen:
    """Work through `rest`, the last inputs of `text`, in order; answers the screen that stands then.

    What had an effect before has none now: its screen is shown again. After a session started over nothing takes
    effect that comes along with other inputs: places may be offered in another order than those that were seen.
    """
    talk.may_act = not talk.state.careful or inputs.first_of(rest, talk.state.at)[1] is None
    screen, left = Screen(""), MOST
    following: str | None = rest
    while following is not None and left and not screen.end:
        typed, following = inputs.first_of(following, talk.state.at)
        left -= 1
        so_far = text[:len(text) - len(following) - 1] if following is not None else text
        screen = _one(talk, so_far, typed)
        if talk.halted:
            break
    return screen


def _one(talk: Talk, so_far: str, typed: str) -> Screen:
    if so_far in talk.state.acted:
        talk.state.at = DONE
        return Screen(talk.state.acted[so_far], end=True)
    before = len(talk.acts)
    screen = _guarded(talk, lambda talk: _step(talk, " ".join(typed.split())))
    if len(talk.acts) > before:
        talk.state.acted = {**talk.state.acted, so_far: screen.text}
    return screen


def _step(talk: Talk, typed: str) -> Screen:
    at = talk.state.at
    if typed == MAIN_MENU:
        return home.main(talk)
    if typed == "0":
        return BACK[at](talk) or home.main(talk)
    return ANSWERS[at](talk, typed) or SHOW[talk.state.at](talk)


def _guarded(talk: Talk, show: Show) -> Screen:
    """The screen; or, when what had been chosen is not there any more, a word on that."""
    try:
        return show(talk)
    except Halt:
        talk.halted = True
        return _guarded(talk, SHOW[talk.state.at])
    except Gone:
        office = talk.office()
        if office is None:
            talk.state.office = None
            return home.main(talk)
        code = "unknown_booking" if talk.state.at in OF_BOOKINGS else "unknown_service"
        return talk.said(talk.say("refused", code, phone=number_of(office)))
