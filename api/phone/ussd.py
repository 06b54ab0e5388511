"""`POST /hooks/africastalking/{secret}/ussd`: one step of a phone that dials the menu.

The vendor sends `sessionId, phoneNumber, networkCode, serviceCode` and `text`, all inputs so far joined by `*`, and
waits 10 s for `CON ` or `END ` and a screen; after a session it sends `sessionId, status, durationInMillis, ...`.
"""

from __future__ import annotations

from typing import Any

from litestar import MediaType, Request, post

from api.assembly import Antre
from api.doorway import doorway_of
from api.languages import LANGUAGES
from api.phone.hooks import MAX_BODY, knows_secret, read_form, require
from api.phone.menu import sessions
from api.phone.menu.screens import END
from api.phone.menu.sessions import Answered, Step
from api.phone.menu.words import WORDS
from scheduler.foundation.errors import Refusal
from scheduler.people import parse_phone

LONGEST = {"sessionId": 80, "phoneNumber": 40, "status": 40, "durationInMillis": 20}
LONGEST_TEXT = 2000  # of a session's inputs together; three minutes of typing have some 200 characters


@post(
    "/hooks/africastalking/{secret:str}/ussd",
    status_code=200,
    media_type=MediaType.TEXT,
    guards=[knows_secret],
    opt={"limit": None},  # the vendor's few addresses call for every phone
    request_max_body_size=MAX_BODY,
    include_in_schema=False,
)
async def take_ussd(antre: Antre, request: Request[Any, Any, Any]) -> str:
    """The next screen, once what was typed is committed; the same callback again gets the same screen."""
    values = await read_form(request, LONGEST)
    require(values, "sessionId")
    now = antre.clock.now()
    if values["status"] or values["durationInMillis"]:
        await antre.database.run(lambda connection: sessions.broke_off(
            connection, antre.vault, values["sessionId"], now))
        return ""
    text = await _text(request)
    try:
        phone = parse_phone(values["phoneNumber"])
    except Refusal:
        return _apology("not_a_phone")
    if len(text) > LONGEST_TEXT:
        return _apology("too_long")
    step = Step(values["sessionId"], phone, text)
    answered = await antre.database.run(lambda connection: sessions.answer(connection, antre, step, now))
    _tell(request, antre, answered)
    return answered.text


async def _text(request: Request[Any, Any, Any]) -> str:
    """What was typed, with a space for whatever no key writes: a step that is refused would end the session."""
    typed = (await request.form()).get("text", "")
    if not isinstance(typed, str):
        return ""
    return "".join(character if character.isprintable() else " " for character in typed)


def _apology(key: str) -> str:
    """A sentence for whom no session can be kept; the language is not known, so the first one speaks."""
    return END + str(WORDS[LANGUAGES[0]][key])


def _tell(request: Request[Any, Any, Any], antre: Antre, answered: Answered) -> None:
    """After the commit: letters may go out, ready answers of the office are old."""
    doorway = doorway_of(request)
    for kind, office in answered.acts:
        doorway.shelf.changed(office.id)
        if kind == "booked":
            doorway.metrics.booked(office.slug)
    if answered.acts:
        antre.timetable.nudge()
