"""The phone's bookings: look, say that one comes, move, cancel (pure)."""

from __future__ import annotations

from api.phone.acts import Held
from api.phone.menu import line, places, screens
from api.phone.menu.refusals import told
from api.phone.menu.screens import Screen, screen
from api.phone.menu.talk import Gone, Inside, Talk, values_of
from notifications import wording
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office

IN_A_LIST = 12  # septets of a masked name in a list
COUNTER = 24    # of the name of a counter


def choose(talk: Talk, purpose: str) -> Screen | None:
    """Which booking; the only one goes without saying. None when the phone has none.

    Who is in the hall has one, but too late to change it.
    """
    talk.state.purpose, talk.state.page, talk.state.listed = purpose, 0, []
    every = _entries(talk)
    if not every:
        office = talk.at()
        return _refused(talk, "already_admitted", office) if talk.desk.inside(office, talk.state.language) else None
    if len(every) > 1:
        return entries(talk)
    return _chosen(talk, every[0][0])


def entries(talk: Talk, note: str = "") -> Screen:
    """The bookings, three a page: masked name and moment, or number in the queue."""
    state, every = talk.state, _entries(talk)
    if not every:
        raise Gone
    state.at = "list"
    page = screens.part(len(every), state.page)
    shown = [every[n] for n in page.items]
    state.listed = [booking_id for booking_id, _ in shown]
    choices = screens.numbered([text for _, text in shown], talk.words["more"] if page.more else "")
    return screen(talk.words["list"][state.purpose], [*choices, talk.back()], note=note)


def answer_list(talk: Talk, typed: str) -> Screen:
    """One of those that were shown, or the next page."""
    state, choice = talk.state, screens.number_in(typed)
    if choice is not None and 1 <= choice <= len(state.listed):
        return _chosen(talk, state.listed[choice - 1])
    if choice == len(state.listed) + 1 and screens.part(len(_entries(talk)), state.page).more:
        state.page += 1
        return entries(talk)
    return entries(talk, talk.words["number"])


def back_list(talk: Talk) -> Screen | None:
    """The page before; None leads to the main menu."""
    if not talk.state.page:
        return None
    talk.state.page -= 1
    return entries(talk)


def _entries(talk: Talk) -> list[tuple[int, str]]:
    """What can be chosen from: those in the hall come first, to look at only; what is waited for last, by negative
    numbers."""
    inside = [(one.held.booking.id, _line(one.held, one.number or "-")) for one in _inside(talk)]
    booked = [(one.booking.id, _line(one, _brief(talk, one))) for one in talk.desk.mine()]
    return inside + booked + line.entries(talk)


def _inside(talk: Talk) -> list[Inside]:
    return talk.desk.inside(talk.at(), talk.state.language) if talk.state.purpose == "check" else []


def _brief(talk: Talk, held: Held) -> str:
    return wording.brief(held.office.local(held.booking.start), talk.state.language)


def _line(held: Held, what: str) -> str:
    return f"{screens.short(held.who, IN_A_LIST) or '-'} {what}"


def _chosen(talk: Talk, booking_id: int) -> Screen:
    talk.state.booking = booking_id
    if booking_id < 0:
        return line.leaving(talk) if talk.state.purpose == "cancel" else line.show(talk)
    if talk.state.purpose == "move":
        return _move(talk)
    return cancelling(talk) if talk.state.purpose == "cancel" else visit(talk)


# -- one booking ---------------------------------------------------------------------------------------------


def visit(talk: Talk, note: str = "") -> Screen:
    """One booking with its code, or the place in the queue; and what can be done."""
    talk.state.at = "visit"
    inside = _own_inside(talk)
    if inside is not None:
        return _in_the_hall(talk, inside, note)
    held, words = talk.held(), talk.words["visit"]
    values = values_of(held, talk.state.language)
    lines = [words["title"].format(**values), words["moment"].format(**values), words["code"].format(**values)]
    choices = screens.numbered(words["choices"])
    if held.shut:
        lines.append(words["shut" if held.shut == "office" else "shut_counter"])
        del choices[0]
    elif held.booking.confirmed_at is not None:
        del choices[0]
        lines.append(words["coming"])
    return screen("\n".join(lines), [*choices, talk.back()], note=note)


def _own_inside(talk: Talk) -> Inside | None:
    return next((one for one in _inside(talk) if one.held.booking.id == talk.state.booking), None)


def _in_the_hall(talk: Talk, inside: Inside, note: str) -> Screen:
    words = talk.words["visit"]
    values = values_of(inside.held, talk.state.language)
    queue = words[_key(inside)].format(number=inside.number, before=inside.before, when=inside.when,
                                       counter=screens.short(inside.counter, COUNTER))
    return screen("\n".join((words["title"].format(**values), words["code"].format(**values), queue)), [talk.back()],
                  note=note)


def _key(inside: Inside) -> str:
    """The sentence about somebody who came."""
    if inside.number is None:
        return "inside"
    if inside.state in ("served", "missed"):
        return inside.state
    if inside.state != "waiting":
        return "held" if inside.state == "held" else "called"
    if not inside.before:
        return "next"
    return "queue_when" if inside.when else "queue"


def answer_visit(talk: Talk, typed: str) -> Screen:
    """Say that one comes, move, cancel."""
    choice = screens.number_in(typed)
    if _own_inside(talk) is None:
        if choice == 1:
            return _confirm(talk)
        if choice == 2:
            return _move(talk)
        if choice == 3:
            return cancelling(talk)
    return visit(talk, talk.words["number"])


def back_visit(talk: Talk) -> Screen | None:
    """The list, if there was one; None leads to the main menu."""
    return entries(talk) if len(_entries(talk)) > 1 else None


def _confirm(talk: Talk) -> Screen:
    held = talk.held()
    if held.booking.confirmed_at is None:
        try:
            talk.act("confirmed", held.office, lambda: talk.desk.confirm(held))
        except Refusal as refusal:
            return told(talk, refusal, held.office, "visit")
    return talk.end(talk.say("visit", "confirmed", **values_of(held, talk.state.language)))


# -- moving and cancelling -----------------------------------------------------------------------------------


def _move(talk: Talk) -> Screen:
    held = talk.held()
    if held.booking.moves >= held.office.rules.max_moves:  # said before a place is chosen, not after
        return _refused(talk, "move_limit", held.office, limit=held.office.rules.max_moves)
    return places.begin(talk, "spot")


def _refused(talk: Talk, code: str, office: Office, **details: int) -> Screen:
    return told(talk, Refusal(code, **details), office, talk.state.at)


def answer_spot(talk: Talk, typed: str) -> Screen:
    """The chosen place is taken and the old one freed."""
    start = places.taken(talk, typed)
    if isinstance(start, Screen):
        return start
    held = talk.held()
    try:
        moved = talk.act("moved", held.office, lambda: talk.desk.move(held, start))
    except Refusal as refusal:
        return told(talk, refusal, held.office, "spot")
    now = Held(moved, held.office, held.service, held.who)
    return talk.end(talk.say("moved", "text", **values_of(now, talk.state.language)))


def back_spot(talk: Talk) -> Screen | None:
    """The places before; in front of the first ones what came before them."""
    return places.back(talk) or _before_the_deed(talk)


def cancelling(talk: Talk, note: str = "") -> Screen:
    """Whether it is meant."""
    talk.state.at = "cancel"
    words = talk.words["cancel"]
    title = words["title"].format(**values_of(talk.held(), talk.state.language))
    return screen(title, [*screens.numbered([words["yes"]]), talk.back()], note=note)


def answer_cancel(talk: Talk, typed: str) -> Screen:
    """`1` frees the place."""
    if screens.number_in(typed) != 1:
        return cancelling(talk, talk.words["number"])
    held = talk.held()
    try:
        talk.act("cancelled", held.office, lambda: talk.desk.cancel(held))
    except Refusal as refusal:
        return told(talk, refusal, held.office, "cancel")
    return talk.end(talk.say("cancel", "done", **values_of(held, talk.state.language)))


def back_cancel(talk: Talk) -> Screen | None:
    """What came before the question."""
    return _before_the_deed(talk)


def _before_the_deed(talk: Talk) -> Screen | None:
    return visit(talk) if talk.state.purpose == "check" else back_visit(talk)
