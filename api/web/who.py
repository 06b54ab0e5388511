"""Who it is for: the details as typed, checked, and turned into a person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from litestar import Request, get, post
from litestar.response import Response

from api import errors
from api.assembly import Antre
from api.doorway import FromAntre
from api.guards import same_site
from api.web import choices, draft
from api.web.choices import Choices
from api.web.draft import Draft
from api.web.render import WORDS, go, language, page
from scheduler import people
from scheduler.bookings import PRIORITIES
from scheduler.calendar import most_people
from scheduler.foundation.errors import Refusal
from scheduler.foundation.privacy import Person
from scheduler.offices import Office, Service

Asker = Request[Any, Any, Any]

# As in a NIK sent by SMS: the letters people type for a digit. The check page reads the number back.
_LETTERS_FOR_DIGITS = str.maketrans("OoIl", "0011")


@dataclass(frozen=True)
class Mistake:
    """What is wrong with one field: the refusal of a rule, or None where nothing was typed at all."""

    field: str
    refusal: Refusal | None


@get("/who", include_in_schema=False)
async def ask(request: Asker, antre: FromAntre) -> Response[Any]:
    """The details, as typed before if they were; what is wrong with them stands at the top and at each field."""
    chosen = await _chosen(antre, dict(request.query_params))
    if chosen.office is None or chosen.service is None or chosen.question != "who":
        return go(chosen.address())
    most = most_people(chosen.office, chosen.service)
    known = draft.read(request, antre.vault, antre.clock.now())
    if known is None or known.made is not None:
        return page(request, "who.html", office=chosen.office, chosen=chosen, typed=None, wrong={}, most=most,
                    mails=antre.mails, priorities=PRIORITIES, lost="lost" in request.query_params)
    found = mistakes(known, chosen.office, chosen.service, antre)
    return page(request, "who.html", office=chosen.office, chosen=chosen, typed=known, priorities=PRIORITIES,
                most=most, mails=antre.mails, lost=False,
                wrong={mistake.field: _sentence(mistake, language(request), chosen.office, most) for mistake in found})


def _sentence(mistake: Mistake, tongue: str, office: Office, most: int) -> str:
    words = WORDS[tongue]["missing"]
    if mistake.refusal is None or mistake.field in ("party", "priority"):
        return str(words[mistake.field]).format(most=most)
    return errors.describe(mistake.refusal, tongue, office)[1]


@post("/who", include_in_schema=False, guards=[same_site])
async def answer(request: Asker, antre: FromAntre) -> Response[Any]:
    """Keep what was typed in the browser's own sealed cookie; on to the check, or back to what needs mending."""
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    chosen = await _chosen(antre, form)
    if chosen.office is None or chosen.service is None or chosen.question != "who":
        return go(chosen.address())
    typed = draft.begin(form, antre.clock.now())
    path = "/who" if mistakes(typed, chosen.office, chosen.service, antre) else chosen.check
    return go(chosen.address(path), cookies=[draft.keep(request, antre.vault, typed)])


async def _chosen(antre: Antre, given: dict[str, Any]) -> Choices:
    return await antre.database.fetch(lambda connection: choices.read(connection, antre.offices, given))


def mistakes(typed: Draft, office: Office, service: Service, antre: Antre) -> list[Mistake]:
    """What keeps the draft from being a booking, in the order of the fields."""
    checks: dict[str, Callable[[], object]] = {
        "name": lambda: people.parse_name(typed.name),
        "nik": lambda: _nik(typed, office, antre),
        "phone": lambda: people.parse_phone(typed.phone),
        "email": lambda: email_of(typed, antre),
        "party": lambda: party_of(typed, office, service),
        "priority": lambda: priority_of(typed),
    }
    found = []
    for field, check in checks.items():
        if not getattr(typed, field).strip() and field in ("name", "nik", "phone"):
            found.append(Mistake(field, None))
            continue
        try:
            check()
        except Refusal as refusal:
            found.append(Mistake(field, refusal))
    return found


def person_of(typed: Draft, office: Office, antre: Antre) -> Person:
    """The person of a draft without mistakes. Raises Refusal."""
    return Person(nik=_nik(typed, office, antre), name=people.parse_name(typed.name),
                  phone=people.parse_phone(typed.phone), email=email_of(typed, antre))


def email_of(typed: Draft, antre: Antre) -> str | None:
    """The address, None where none was written or no e-mail can be sent. Raises Refusal invalid_email."""
    return people.parse_email(typed.email) if antre.mails and typed.email.strip() else None


def party_of(typed: Draft, office: Office, service: Service) -> int:
    """How many people come. Raises Refusal invalid_request."""
    most = most_people(office, service)
    if not (typed.party.isascii() and typed.party.isdigit() and 1 <= int(typed.party) <= most):
        raise Refusal("invalid_request", field="party", limit=most)
    return int(typed.party)


def priority_of(typed: Draft) -> str | None:
    """Why the person is served first, if so. Raises Refusal invalid_request."""
    if typed.priority and typed.priority not in PRIORITIES:
        raise Refusal("invalid_request", field="priority")
    return typed.priority or None


def _nik(typed: Draft, office: Office, antre: Antre) -> str:
    digits = typed.nik.translate(_LETTERS_FOR_DIGITS)
    return people.parse_nik(digits, today=office.today(antre.clock.now()), test_people=antre.settings.test_people)
