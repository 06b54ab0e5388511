"""Booking: service, NIK, name, place, summary, booked (pure)."""

from __future__ import annotations

from api.phone.menu import places, screens
from api.phone.menu.refusals import told
from api.phone.menu.screens import Screen, screen
from api.phone.menu.talk import WHO, Talk, dashed, label, moment, number_of, things
from notifications import wording
from scheduler.foundation.errors import Refusal
from scheduler.foundation.privacy import mask_name
from scheduler.offices import Service
from scheduler.people import parse_name, parse_nik

TRIES = 3  # wrong NIKs before the office's number is given
_MENDED = str.maketrans("OoIl", "0011")


def services(talk: Talk, note: str = "", *, purpose: str = "") -> Screen:
    """The services, three a page; `purpose` is what they are asked for: to `register`, or what to `bring`."""
    state = talk.state
    if purpose:
        state.purpose, state.page = purpose, 0
    state.at = "service"
    every = _services(talk)
    page = screens.part(len(every), state.page)
    choices = screens.numbered([label(every[n]) for n in page.items], talk.words["more"] if page.more else "")
    return screen(talk.words["service"]["title"], [*choices, talk.back()], note=note)


def answer_service(talk: Talk, typed: str) -> Screen:
    """One of the page, or the next page."""
    state, every = talk.state, _services(talk)
    page, choice = screens.part(len(every), state.page), screens.number_in(typed)
    if choice is not None and 1 <= choice <= len(page.items):
        state.service = every[page.items[choice - 1]].id
        return nik(talk) if state.purpose == "register" else bring(talk)
    if page.more and choice == len(page.items) + 1:
        state.page += 1
        return services(talk)
    return services(talk, talk.words["number"])


def _services(talk: Talk) -> list[Service]:
    return list(talk.at().by_slug.values())


def bring(talk: Talk, note: str = "") -> Screen:
    """What to bring for a service, and the way to book it."""
    talk.state.at = "bring"
    service, words = talk.service(), talk.words["service"]
    choices = [*screens.numbered([words["book"]]), talk.back()]
    room = screens.ROOM - sum(len(f"{key} {text}") + 1 for key, text in choices)
    more = str(wording.LANGUAGES[talk.state.language].MORE)
    text = things(service.bring.get(talk.state.language, []),
                  lambda what: words["bring"].format(service=label(service), things=what), room, more)
    text = text or talk.say("service", "bring_nothing", service=label(service), phone=number_of(talk.at()))
    return screen(text, choices, note=note, hint=words["bring_free"])


def answer_bring(talk: Talk, typed: str) -> Screen:
    """`1` books the service."""
    if screens.number_in(typed) != 1:
        return bring(talk, talk.words["number"])
    talk.state.purpose = "register"
    return nik(talk)


def nik(talk: Talk, note: str = "") -> Screen:
    """Whose visit it is."""
    talk.state.at = "nik"
    return screen(talk.words["nik"]["title"], note=note)


def answer_nik(talk: Talk, typed: str) -> Screen:
    """Sixteen digits; the third wrong ones end the session with the office's number."""
    office = talk.at()
    try:
        today = office.today(talk.desk.now)
        talk.state.nik = parse_nik(typed.translate(_MENDED), today=today, test_people=talk.desk.test_people)
    except Refusal as refusal:
        talk.state.misses += 1
        if talk.state.misses >= TRIES:
            return talk.end(talk.say("nik", "over", phone=number_of(office)))
        return nik(talk, _why(talk, "nik", refusal))
    talk.state.misses = 0
    return name(talk)


def name(talk: Talk, note: str = "") -> Screen:
    """That person's name."""
    talk.state.at = "name"
    return screen(talk.words["name"]["title"], note=note)


def answer_name(talk: Talk, typed: str) -> Screen:
    """A name as the book takes it."""
    try:
        talk.state.name = parse_name(typed)
    except Refusal as refusal:
        return name(talk, _why(talk, "name", refusal))
    return places.begin(talk, "place")


def _why(talk: Talk, section: str, refusal: Refusal) -> str:
    words = talk.words[section]
    return str(words["why"].get(refusal.details.get("why"), words["wrong"]))


def answer_place(talk: Talk, typed: str) -> Screen:
    """One of the places, the next ones, or a date."""
    start = places.taken(talk, typed)
    if isinstance(start, Screen):
        return start
    talk.state.start = start
    return summary(talk)


def summary(talk: Talk, note: str = "") -> Screen:
    """All that was answered, before anything is booked."""
    state, office = talk.state, talk.at()
    if state.start is None:
        return places.begin(talk, "place")
    state.at = "summary"
    words = talk.words["summary"]
    title = words["title"].format(
        who=who(state.name), nik=state.nik[-4:], service=label(talk.service()),
        **moment(office, state.start, state.language))
    hint = words["hint"].format(office=wording.short_office(office.name))
    return screen(title, [*screens.numbered([words["yes"]]), talk.back()], note=note, hint=hint)


def answer_summary(talk: Talk, typed: str) -> Screen:
    """`1` books."""
    if screens.number_in(typed) != 1:
        return summary(talk, talk.words["number"])
    return _book(talk)


def _book(talk: Talk) -> Screen:
    state, office, service = talk.state, talk.at(), talk.service()
    start = state.start
    if start is None:
        return places.begin(talk, "place")
    try:
        booking = talk.act("booked", office, lambda: talk.desk.take(
            office, service, start, state.nik, state.name, state.language))
    except Refusal as refusal:
        return told(talk, refusal, office, "place")
    text = talk.say("booked", "text", who=who(state.name), service=label(service), code=dashed(booking.code or ""),
                    **moment(office, booking.start, state.language))
    more = str(wording.LANGUAGES[state.language].MORE)
    brought = things(service.bring.get(state.language, []), lambda what: talk.say("booked", "bring", things=what),
                     screens.ROOM - screens.size(screens.mended(text)) - 1, more)
    state.nik = state.name = ""
    return talk.end(text, brought, talk.say("booked", "office", office=wording.short_office(office.name)),
                    talk.say("booked", "sms"))


def who(name: str) -> str:
    """The masked name as a screen shows it."""
    return screens.short(mask_name(name), WHO) or "-"


def back_service(talk: Talk) -> Screen | None:
    """The page before; None leads to the main menu."""
    if not talk.state.page:
        return None
    talk.state.page -= 1
    return services(talk)


def back_place(talk: Talk) -> Screen:
    """The places before; in front of the first ones the name."""
    return places.back(talk) or name(talk)


def back_summary(talk: Talk) -> Screen:
    """The places, looked at again."""
    talk.state.at = "place"
    return places.renewed(talk)
