"""What the keys of a counter do: each press has one effect, however often it arrives and however old its screen is."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from api.assembly import Antre
from api.once import Once, Reply
from scheduler.foundation.errors import Refusal
from scheduler.offices import Counter, Office
from ticketing import acts, calling, notes, seats

MAIN = ("next", "start", "finish")  # the large button's; with a number typed it calls that
ABOUT_WHO_IS_THERE = {"start": calling.start, "finish": calling.finish, "recall": calling.recall,
                      "absent": calling.absent, "hold": calling.hold}
_NUMBER = re.compile(r"([A-Za-z]?)[\s.-]*(\d{1,6})", re.ASCII)


@dataclass(frozen=True)
class Asked:
    """One press: the act, whom it is about if that was typed or stood on the button, who stood `at` the counter on the
    screen it came from, and where a transfer leads."""

    act: str
    number: str
    at: str
    nonce: str
    to: str = ""
    keep: bool = True
    note: str = ""


@dataclass(frozen=True)
class Doing:
    """What every act needs."""

    connection: Connection
    antre: Antre
    office: Office
    counter: Counter
    now: datetime
    staff_id: int


class Said(msgspec.Struct, frozen=True):
    """What the clerk is told when an act did not do what it says: a key of the words, and the number it speaks of."""

    key: str = ""
    number: str = ""


NOTHING = Said()
_kept = msgspec.json.Decoder(Said)


def read(form: Mapping[str, str]) -> Asked:
    """The press that a form is."""
    act, _, number = form.get("act", "").partition(" ")
    typed = form.get("number", "").strip()[:10]
    if typed and act in MAIN:
        act = "number"
    return Asked(act, number or typed, form.get("at", ""), form.get("nonce", "")[:64], form.get("to", "")[:80],
                 form.get("keep") != "no", form.get("note", ""))


def work(antre: Antre, office: Office, asked: Asked, now: datetime, staff_id: int) -> Callable[[Connection], Said]:
    """The work of one transaction. The same press again gives the first one's answer; another press from a screen that
    was used, or that shows somebody else at the counter, does nothing."""
    once = _once(antre, staff_id, asked)

    def do(connection: Connection) -> Said:
        acts.begin(connection, office, now, staff_id)  # nobody comes between what is seen and what is done
        try:
            before = once.again(connection)
        except Refusal:  # another key was pressed on that screen
            return Said("again")
        if before is not None:
            return _kept.decode(before.body)
        counter = seats.own_counter(connection, office, staff_id)
        if counter is None:
            return Said("lost")
        person = calling.at_counter(connection, office, counter.slug)
        if asked.at != (person.number if person else ""):
            return Said("again")
        said = _act(Doing(connection, antre, office, counter, now, staff_id), asked)
        once.keep(connection, Reply(200, msgspec.json.encode(said)), now)
        return said

    return do


def _act(doing: Doing, asked: Asked) -> Said:
    connection, office, counter = doing.connection, doing.office, doing.counter.slug
    now, staff_id = doing.now, doing.staff_id
    if asked.act == "next":
        called = calling.call_next(connection, office, counter, now=now, staff_id=staff_id)
        return NOTHING if called else Said("nobody")
    if asked.act in ("number", "call"):
        return _call_number(doing, asked.number)
    if asked.act == "back":
        calling.put_back(connection, office, asked.number, now=now, staff_id=staff_id)
    elif asked.act == "left":
        calling.take_off(connection, office, asked.number, now=now, staff_id=staff_id)
    elif asked.act == "undo":
        calling.undo(connection, office, counter, now=now, staff_id=staff_id)
    elif asked.act == "transfer":
        return _transfer(doing, asked)
    elif asked.act in ABOUT_WHO_IS_THERE:
        ABOUT_WHO_IS_THERE[asked.act](connection, office, counter, now=now, staff_id=staff_id)
    else:
        return Said("other")
    return NOTHING


def _call_number(doing: Doing, typed: str) -> Said:
    found = _NUMBER.fullmatch(typed)
    if found is None:
        return Said("number")
    numbers = _meant(found[1].upper(), int(found[2]), seats.numbers_of(doing.connection, doing.office, doing.now))
    if len(numbers) > 1:
        return Said("letter", found[2])
    calling.call_number(doing.connection, doing.office, doing.counter.slug, numbers[0] if numbers else typed,
                        now=doing.now, staff_id=doing.staff_id)
    return NOTHING


def _meant(letter: str, digits: int, numbers: Iterable[str]) -> list[str]:
    """Who of those that can be called is meant by a number without or with its letter."""
    return [one for one in numbers if int(one[2:]) == digits and letter in ("", one[0])]


def _transfer(doing: Doing, asked: Asked) -> Said:
    kind, _, slug = asked.to.partition(" ")
    if kind not in ("service", "counter"):
        return Said("where")
    sent = calling.transfer(
        doing.connection, doing.office, doing.counter.slug, service=slug if kind == "service" else None,
        to=slug if kind == "counter" else None, keep=asked.keep, now=doing.now, staff_id=doing.staff_id)
    if notes.tidy(asked.note) != notes.read(sent.note, doing.antre.vault):
        notes.write(doing.connection, doing.office, sent.visit_id, asked.note, vault=doing.antre.vault, now=doing.now,
                    staff_id=doing.staff_id)
    return NOTHING


def _once(antre: Antre, staff_id: int, asked: Asked) -> Once:
    key = antre.vault.derive("pages")[0]
    nonce = asked.nonce or secrets.token_urlsafe(12)
    return Once(_hash(key, f"counter {staff_id} {nonce}"), _hash(key, f"{asked}"))


def _hash(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(), hashlib.sha256)[:16]
