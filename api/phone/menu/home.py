"""The main menu, going on where a session broke off, the office, information, language (pure)."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from api.phone.menu import register, screens, visits
from api.phone.menu.screens import Screen, screen
from api.phone.menu.talk import Talk, number_of
from notifications import wording
from scheduler.offices import Office

OTHER = {"id": "en", "en": "id"}
LISTED = 9  # offices that are listed unasked; more are found by their first letters


def start(talk: Talk) -> Screen:
    """The first screen of a session."""
    return resume(talk) if talk.state.before is not None else main(talk)


def resume(talk: Talk, note: str = "") -> Screen:
    """Whether to go on where the last session of the phone broke off."""
    talk.state.at = "resume"
    words = talk.words["resume"]
    return screen(words["title"], screens.numbered([words["yes"], words["no"]]), note=note)


def answer_resume(talk: Talk, typed: str) -> Screen | None:
    """Going on gives None: `steps` shows the screen that stood."""
    choice = screens.number_in(typed)
    before = talk.state.before
    if choice not in (1, 2) or before is None:
        return resume(talk, talk.words["number"])
    talk.state.before = None
    if choice == 2:
        return main(talk)
    talk.state = msgspec.structs.replace(before, acted=talk.state.acted, careful=talk.state.careful)
    return None


def main(talk: Talk, note: str = "") -> Screen:
    """The main menu; before it the office, when there are several and none is chosen."""
    talk.state.at, talk.state.page = "main", 0
    found = talk.office()
    if found is None:
        every = talk.desk.offices()
        if len(every) != 1:
            return office(talk, note) if every else talk.end(talk.words["no_office"])
        found = every[0]
        talk.state.office = found.id
    words = talk.words["main"]
    title = words["title"].format(office=wording.short_office(found.name))
    return screen(title, screens.numbered(words["choices"]), note=note)


def answer_main(talk: Talk, typed: str) -> Screen:
    """One of the five."""
    match screens.number_in(typed):
        case 1 | 5 as choice:
            return register.services(talk, purpose="register") if choice == 1 else info(talk)
        case 2 | 3 | 4 as choice:
            return visits.choose(talk, ("check", "move", "cancel")[choice - 2]) or main(talk, talk.say("list", "none"))
    return main(talk, talk.words["number"])


def back_main(talk: Talk) -> Screen:
    """`0` in the main menu hangs up."""
    return talk.end(talk.words["main"]["bye"])


# -- the office ----------------------------------------------------------------------------------------------


def office(talk: Talk, note: str = "") -> Screen:
    """Which office: a list, or the first letters of its name when there are many."""
    state, words = talk.state, talk.words["office"]
    state.at = "office"
    found = _found(talk)
    if not state.typed and len(found) > LISTED:
        return screen(words["search"], note=note)
    page = screens.part(len(found), state.page)
    labels = [wording.short_office(found[n].name) for n in page.items]
    choices = screens.numbered(labels, talk.words["more"] if page.more else "")
    return screen(words["title"], [*choices, talk.back()], note=note, hint=words["hint"])


def answer_office(talk: Talk, typed: str) -> Screen:
    """A number of the list, or letters to search by."""
    state, found = talk.state, _found(talk)
    choice = screens.number_in(typed)
    if choice is None:
        return _search(talk, typed)
    page = screens.part(len(found), state.page)
    if not state.typed and len(found) > LISTED:
        return office(talk)
    if 1 <= choice <= len(page.items):
        return _chosen(talk, found[page.items[choice - 1]])
    if page.more and choice == len(page.items) + 1:
        state.page += 1
        return office(talk)
    return office(talk, talk.words["number"])


def back_office(talk: Talk) -> Screen:
    """The page before, the search, or the end."""
    state = talk.state
    if state.page:
        state.page -= 1
        return office(talk)
    if state.typed:
        state.typed = ""
        return office(talk)
    return main(talk) if state.office is not None else back_main(talk)


def _search(talk: Talk, typed: str) -> Screen:
    talk.state.page, before = 0, talk.state.typed
    talk.state.typed = typed[:40]
    found = _found(talk)
    if not typed or not found:
        talk.state.typed = before
        return office(talk, talk.say("office", "unknown"))
    return _chosen(talk, found[0]) if len(found) == 1 else office(talk)


def _chosen(talk: Talk, one: Office) -> Screen:
    talk.state.office, talk.state.typed, talk.state.service = one.id, "", None
    return main(talk)


def _found(talk: Talk) -> Sequence[Office]:
    """The offices with a word that begins as was typed; those whose whole name goes on like that come first."""
    begin = talk.state.typed.casefold()
    every = talk.desk.offices()
    if not begin:
        return every
    return [one for one in every if f" {begin}" in f" {one.name.casefold()}" or one.slug.startswith(begin)]


# -- information ---------------------------------------------------------------------------------------------


def info(talk: Talk, note: str = "") -> Screen:
    """The office's number, the other language, what to bring."""
    talk.state.at = "info"
    one, words = talk.at(), talk.words["info"]
    title = words["title"].format(office=wording.short_office(one.name), phone=number_of(one))
    labels = [words["language"], words["bring"], words["address"]]
    if len(talk.desk.offices()) > 1:
        labels.append(words["change"])
    return screen(title, [*screens.numbered(labels), talk.back()], note=note)


def answer_info(talk: Talk, typed: str) -> Screen:
    """The other language, what to bring, the address, another office."""
    choice = screens.number_in(typed)
    if choice == 1:
        talk.state.language = OTHER[talk.state.language]
        return main(talk)
    if choice == 2:
        return register.services(talk, purpose="bring")
    if choice == 3:
        return address(talk)
    if choice == 4 and len(talk.desk.offices()) > 1:
        talk.state.typed, talk.state.page = "", 0
        return office(talk)
    return info(talk, talk.words["number"])


def address(talk: Talk, note: str = "") -> Screen:
    """Where the office is."""
    talk.state.at = "address"
    one = talk.at()
    phone, name = number_of(one), wording.short_office(one.name)
    sentence = str(talk.words["info"]["at"])
    room = screens.ROOM - screens.size(sentence.format(office=name, phone=phone, address="")) - 20
    text = sentence.format(office=name, phone=phone, address=screens.clip(screens.mended(one.address), room))
    return screen(text, [talk.back()], note=note)


def answer_address(talk: Talk, _typed: str) -> Screen:
    """Only `0` leads on."""
    return address(talk, talk.words["number"])


# -- a sentence that leads back ------------------------------------------------------------------------------


def answer_said(talk: Talk, _typed: str) -> Screen:
    """Whatever was typed after a sentence, the main menu comes."""
    return main(talk)
