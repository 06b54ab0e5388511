"""What somebody thinks of their visit: nine questions on one page, answered without a name, once.

All nine stand on one page: what was chosen then lies nowhere but in the form, neither in an address nor in a cookie,
and a slow phone loads once. What is left out is named, and what was chosen stays chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from litestar import Request, get, post
from litestar.params import FromPath
from litestar.response import Response
from sqlalchemy import Connection

from api.assembly import Antre
from api.doorway import FromAntre
from api.guards import same_site
from api.web.render import go, language, page, words_of
from scheduler.offices import Office
from ticketing import survey
from ticketing.ikm import BEST, ELEMENTS, WORST
from ticketing.survey import Invitation

Asker = Request[Any, Any, Any]
CHOICES = range(WORST, BEST + 1)


@dataclass(frozen=True)
class Asked:
    """An invitation with the office that asks."""

    invitation: Invitation
    office: Office


@get(["/s/{token:str}", "/S/{token:str}"], include_in_schema=False)
async def ask(request: Asker, antre: FromAntre, token: FromPath[str]) -> Response[Any]:
    """The nine questions; or thanks once they are answered, or that it is too late."""
    asked = await _find(antre, token)
    if asked is None or not asked.invitation.is_open(antre.clock.now()):
        return _over(request, asked)
    return _questions(request, asked, token, {}, [])


@post("/s/{token:str}", include_in_schema=False, guards=[same_site])
async def answer(request: Asker, antre: FromAntre, token: FromPath[str]) -> Response[Any]:
    """Count the answers once, however often the button is pressed, then say thank you."""
    asked, now = await _find(antre, token), antre.clock.now()
    if asked is None or not asked.invitation.is_open(now):
        return _over(request, asked)
    given = _given(await request.form())
    missing = [name for name in ELEMENTS if name not in given]
    if missing:
        return _questions(request, asked, token, given, missing)
    answers, invitation, office = [given[name] for name in ELEMENTS], asked.invitation, asked.office
    await antre.database.run(
        lambda connection: survey.answer(connection, office, invitation, answers, "web", now))
    return go(f"/s/{token}")


async def _find(antre: Antre, token: str) -> Asked | None:
    def work(connection: Connection) -> Asked | None:
        found = survey.of_token(connection, token)
        return None if found is None else Asked(found, antre.offices.by_id(connection, found.office_id))

    return await antre.database.fetch(work)


def _given(form: Mapping[str, Any]) -> dict[str, int]:
    """The answers that were chosen, by element."""
    known = {str(choice): choice for choice in CHOICES}
    return {name: known[form[name]] for name in ELEMENTS if form.get(name) in known}


def _questions(request: Asker, asked: Asked, token: str, given: Mapping[str, int], missing: list[str]) -> Response[Any]:
    words = words_of(language(request))["survey"]
    return page(
        request, "survey.html", status=422 if missing else 200, office=asked.office, given=given, missing=missing,
        elements=ELEMENTS, choices=CHOICES, path=f"/s/{token}",
        service=asked.office.by_id[asked.invitation.service_id],
        problems=[(f"{name}-{WORST}", words["left_out"].format(n=ELEMENTS.index(name) + 1))
                  for name in missing])


def _over(request: Asker, asked: Asked | None) -> Response[Any]:
    """Thanks; or why it cannot be answered. A link that never was is no fault of who holds it."""
    state = "unknown" if asked is None else "used" if asked.invitation.used is not None else "lapsed"
    status = {"unknown": 404, "used": 200, "lapsed": 410}[state]
    return page(request, "survey_over.html", status=status, office=asked.office if asked else None, state=state)
