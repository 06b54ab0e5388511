"""What the door's page keeps in the browser for when the network is down: the day's list, and numbers of its own.

The list names nobody: marks of tickets, and today's key, which tells a forged ticket from one of ours. It is for doors
alone. The words of the verdicts come along in both languages, in the shape `verdict.html` gives them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import date
from typing import Any, TypeVar

import msgspec
from litestar import Request, get, post
from litestar.response import Response
from sqlalchemy import Connection

from api.assembly import Antre
from api.doorway import FromAntre
from api.guards import needs, session_of
from api.once import Once, Reply
from api.web.desk import own_office
from api.web.door import LOOKS, Shown
from api.web.render import ENVIRONMENT, NAMES, words_of
from scheduler import calendar
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office
from ticketing import codes, day_list, ranges, verdict
from ticketing.ranges import Block

# What a variant looks like; a verdict by itself as the door shows it with network.
_VARIANT_LOOKS = {"late_closed": "no", "wrong_day_past": "no", "moved_today": "wait", "mistyped": "no"}
# What only a door without network says, with its look: the words are in the section `offline`.
_OWN = {"no_number": "yes", "late_no_number": "wait", "other_day": "wait", "other_day_past": "no",
        "other_office": "no", "unlisted": "no", "unlisted_closed": "no"}
_LONGEST_NAME, _MOST_BLOCKS = 64, 20

Asker = Request[Any, Any, Any]
T = TypeVar("T")


class BlocksQuestion(msgspec.Struct, forbid_unknown_fields=True):
    """`browser` is a name the browser drew for itself; `had` says for each letter how many blocks of today it has."""

    browser: str
    date: date
    had: dict[str, int]


_question = msgspec.json.Decoder(BlocksQuestion)
_block = msgspec.json.Decoder(Block)


@get("/scan/day-list", include_in_schema=False, guards=[needs("door")])
async def today(request: Asker, antre: FromAntre) -> Response[bytes]:
    """Everything of today that judging takes, and the moment it was true."""
    office, now = await own_office(request, antre), antre.clock.now()
    on = office.today(now)
    keys = antre.mint.day_keys(office.id, on)
    tickets = await antre.database.fetch(lambda connection: day_list.of_day(connection, office, on, keys[0]))
    hours = calendar.intervals(office, on)
    return _json({
        "office": office.slug, "date": on, "now": _ms(now), "zone": office.timezone,
        "zone_name": office.local(now).strftime("%Z"), "head": codes.head(office.id, on),
        "keys": [base64.urlsafe_b64encode(key).decode() for key in keys],
        "early_minutes": office.rules.early_minutes, "late_minutes": office.rules.late_minutes,
        "closes": _ms(hours[-1][1]) if hours else None, "letters": list(office.letters),
        "services": {one.slug: {"letter": one.letter, "name": one.name} for one in office.services},
        "tickets": [_ticket(one) for one in tickets],
        "words": {lang: _words(lang, office) for lang in NAMES},
    })


@post("/scan/blocks", include_in_schema=False, guards=[needs("door")], status_code=200)
async def blocks(request: Asker, antre: FromAntre) -> Response[bytes]:
    """A block of numbers for each letter that is asked for: the same again for the same question, so that an answer
    that was lost costs no numbers; null for a letter whose blocks are all taken."""
    asked = decode(await request.body(), _question)
    office, now, staff_id = await own_office(request, antre), antre.clock.now(), session_of(request).staff_id
    on = office.today(now)
    _check(asked, office, on)

    def work(connection: Connection) -> dict[str, Block | None]:
        given: dict[str, Block | None] = {}
        for letter, had in sorted(asked.had.items()):
            once = _once(antre, office, on, letter, asked.browser, had)
            before = once.again(connection)
            if before is not None:
                given[letter] = _block.decode(before.body)
                continue
            given[letter] = block = ranges.hand_out(connection, office.id, on, letter, staff_id)
            if block is not None:
                once.keep(connection, Reply(200, msgspec.json.encode(block)), now)
        return given

    return _json(await antre.database.run(work))


def decode(body: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """The body as the decoder reads it: made while its module loads (`scheduler/foundation/kept.py` says why). Raises
    Refusal invalid_request."""
    try:
        return decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise Refusal("invalid_request") from None


def _check(asked: BlocksQuestion, office: Office, on: date) -> None:
    """Raises Refusal invalid_request for what no page of ours asks, a date that has passed among it."""
    known = set(asked.had) <= set(office.letters) and all(0 <= had < _MOST_BLOCKS for had in asked.had.values())
    if asked.date != on or not known or not 0 < len(asked.browser) <= _LONGEST_NAME:
        raise Refusal("invalid_request")


def _once(antre: Antre, office: Office, on: date, letter: str, browser: str, had: int) -> Once:
    text = f"block {office.id} {on} {letter} {had} {browser}".encode()
    key = hmac.digest(antre.vault.derive("pages")[0], text, hashlib.sha256)[:16]
    return Once(key, key)


def _ticket(one: day_list.Listed) -> dict[str, Any]:
    moments = {"start": _ms(one.start)} | ({"since": _ms(one.since)} if one.since else {})
    listed: dict[str, Any] = msgspec.to_builtins(one)
    return listed | moments


def _words(lang: str, office: Office) -> dict[str, Any]:
    """The sentences with their looks, the frame of each look, and what stands around them."""
    pages = words_of(lang)
    said = {key: {"look": _VARIANT_LOOKS.get(key) or LOOKS.get(key, "no"), "title": one.title, "say": one.say}
            for key, one in verdict.templates(lang).items()}
    own = {key: {"look": look, "title": pages["offline"][f"{key}_title"], "say": pages["offline"][f"{key}_say"]}
           for key, look in _OWN.items()}
    frame = ENVIRONMENT.get_template("verdict.html")
    return {
        "verdicts": said | own,
        "frames": {look: frame.render(w=pages, lang=lang, office=office, shown=Shown(look, "{title}", "{say}"))
                   for look in ("yes", "wait", "no")},
        "party": pages["door"]["party"]["other"], "booked_for": pages["door"]["booked_for"],
        "first": {kind: f"{pages['door']['priority']}: {pages['door'][kind]}"
                  for kind in ("elderly", "disabled", "pregnant", "infant")},
    }


def _ms(moment: Any) -> int:
    return int(moment.timestamp() * 1000)


def _json(value: Any) -> Response[bytes]:
    return Response(msgspec.json.encode(value), media_type="application/json", headers={"Cache-Control": "no-store"})
