"""A number for a visitor without booking: the one way, for clerks at the door and for kiosks."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import msgspec
from litestar import Request
from sqlalchemy import Connection

from api.assembly import Antre
from api.errors import ask_again
from api.guards import session_of
from api.once import Once, Reply
from api.web import dates, room
from api.web.door import Shown
from api.web.render import language, words_of
from scheduler import calendar
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office, Service
from ticketing import checkin

Asker = Request[Any, Any, Any]


@dataclass(frozen=True, slots=True)
class Wish:
    """Who asks, and for what. `nonce` is the form's: the same form sent again means the same visitor."""

    service: Service
    party: int
    priority: str | None
    nonce: str


class Given(msgspec.Struct, frozen=True):
    """The number that was given; `again` if an earlier copy of the form got it."""

    visit: int
    number: str
    again: bool = False


class Turnstile(Protocol):
    """What stands before a number: `lock` makes presses follow each other, `judge` raises unless one may pass."""

    def lock(self, connection: Connection) -> None:
        """Wait for presses that came before."""

    def judge(self, connection: Connection) -> None:
        """Let this press through, or raise."""


DONE = Reply(200, b"{}")  # kept for a form of which nothing need be known but that it came

_ENCODE, _KEPT = msgspec.json.Encoder().encode, msgspec.json.Decoder(Given)


async def give(request: Asker, antre: Antre, office: Office, wish: Wish, turnstile: Turnstile | None = None) -> Given:
    """A number, once however often the form is sent. Raises what `checkin.walk_in` and the turnstile raise; people who
    are sent home for want of room are counted, once as well."""
    staff_id, now = session_of(request).staff_id, antre.clock.now()
    once = once_of(antre, staff_id, wish.nonce, "walk-in")

    def work(connection: Connection) -> Given:
        if turnstile is not None:
            turnstile.lock(connection)
        before = once.again(connection)
        if before is not None:
            return msgspec.structs.replace(_KEPT.decode(before.body), again=True)
        if turnstile is not None:
            turnstile.judge(connection)
        visit = checkin.walk_in(connection, office, wish.service, party=wish.party, priority=wish.priority, now=now,
                                staff_id=staff_id)
        given = Given(visit.id, visit.number)
        once.keep(connection, Reply(201, _ENCODE(given)), now)
        return given

    try:
        return await antre.database.run(work)
    except Refusal as refusal:
        if checkin.is_turned_away(refusal):
            await antre.database.run(_sent_home(antre, office, wish, staff_id, now, turnstile))
        raise


def _sent_home(antre: Antre, office: Office, wish: Wish, staff_id: int, now: datetime,
               turnstile: Turnstile | None) -> Any:
    once = once_of(antre, staff_id, wish.nonce, "sent home")

    def work(connection: Connection) -> None:
        if turnstile is not None:
            turnstile.lock(connection)
        if once.again(connection) is None:
            if turnstile is not None:
                turnstile.judge(connection)
            once.keep(connection, DONE, now)
            checkin.note_turned_away(connection, office, wish.party, now, staff_id)

    return work


def once_of(antre: Antre, staff_id: int, nonce: str, what: str) -> Once:
    """One form of that account, by its nonce; without one each form is another."""
    text = f"{what} {staff_id} {nonce or secrets.token_urlsafe(12)}".encode()
    key = hmac.digest(antre.vault.derive("pages")[0], text, hashlib.sha256)[:16]
    return Once(key, key)


# -- why there is none -----------------------------------------------------------------------------------


async def why_not(request: Asker, antre: Antre, office: Office, wish: Wish, refusal: Refusal) -> Shown:
    """What to say to whom there is no number for. Raises the refusal again if it is not about the day."""
    if "alternatives" not in refusal.details:
        raise refusal
    now, lang = antre.clock.now(), language(request)
    if refusal.code == "office_closed":
        return _closed(office, wish.service, refusal, now, lang)
    left = await antre.database.fetch(lambda connection: room.now_at(connection, office, now))
    return _full(office, wish, refusal, left.more, lang)


def _full(office: Office, wish: Wish, refusal: Refusal, more: int, lang: str) -> Shown:
    """Why there is no number: no room at all, or less than so many people need; what to do instead: when to ask again,
    when to come, or to wait in line for a place."""
    words, starts = words_of(lang)["walk_in"], tuple(refusal.details["alternatives"])
    why = "short" if more > 0 else "full"
    say = (words[f"{why}_say"].format(room=more, party=wish.party), ask_again(refusal, lang, office),
           _nearest(starts, lang))
    return Shown("no", words[f"{why}_title"], " ".join(filter(None, say)), wish.service, alternatives=starts,
                 may_wait=refusal.details["may_wait"])


def _closed(office: Office, service: Service, refusal: Refusal, now: datetime, lang: str) -> Shown:
    """That the office is closed, why if there is a reason, and when it opens again."""
    words, starts, because = words_of(lang), tuple(refusal.details["alternatives"]), refusal.details.get("because")
    say = [words["walk_in"]["because_say" if because else "closed_say"].format(reason=because)]
    if (opens := calendar.next_opening(office, now)) is not None:
        local = office.local(opens)
        say.append(words["walk_in"]["opens"].format(day=dates.day_without_year(words["dates"], local),
                                                    hour=dates.hour(words["dates"], local)))
    return Shown("no", words["walk_in"]["closed_title"], " ".join([*say, _nearest(starts, lang)]), service,
                 alternatives=starts, may_wait=refusal.details["may_wait"])


def _nearest(starts: tuple[datetime, ...], lang: str) -> str:
    return str(words_of(lang)["walk_in"]["nearest" if starts else "none"])
