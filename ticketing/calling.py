"""The acts of the counters: call, recall, start, finish, absent, hold, transfer, and back. In words: `docs/queue.md`.

Each takes the hall's lock first (`acts.py`), so two counters never get one person. Each raises Refusal unknown_counter
for a counter the office does not have; those about the person at the counter raise nobody_called without one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, bindparam

from scheduler.foundation.errors import Refusal
from scheduler.offices import Counter, Office, Service
from ticketing import acts, ahead, stations
from ticketing.acts import Act
from ticketing.called import Called, of_values, office_counter, row_at, row_of, row_of_number, shown
from ticketing.hall_tables import servings
from ticketing.undoing import undo

__all__ = ["Called", "absent", "at_counter", "call_next", "call_number", "finish", "hold", "office_counter", "put_back",
           "recall", "start", "take_off", "transfer", "undo"]

_RECALL = sa.update(servings).where(servings.c.id == bindparam("serving")).values(
    call=bindparam("number"), calls=servings.c.calls + 1, last_called_at=bindparam("at"))
_START = sa.update(servings).where(servings.c.id == bindparam("serving")).values(started_at=bindparam("at"))


def at_counter(connection: Connection, office: Office, counter: str) -> Called | None:
    """Who is at the counter. Changes nothing."""
    row = row_at(connection, office_counter(office, counter))
    return None if row is None else shown(office, row)


def call_next(connection: Connection, office: Office, counter: str, *, now: datetime,
              staff_id: int | None) -> Called | None:
    """Call who is next; whoever is still at the counter is finished, also when nobody waits (None)."""
    at = office_counter(office, counter)
    act = acts.begin(connection, office, now, staff_id, calls=1)
    _finish_who_is_there(act, at)
    station, (_, line) = stations.station_of(connection, office, at, now), ahead.line_of(connection, office, act.today)
    visit = line.next_at(station)
    called = None
    if visit is not None:
        called = _call(act, row_of(connection, visit.id), at)
        act.rest(line.call(station, visit))
    act.remember(at, "call_next")
    return called


def call_number(connection: Connection, office: Office, counter: str, number: str, *, now: datetime,
                staff_id: int | None) -> Called:
    """Call somebody out of turn, also who is held or was absent; whoever is still at the counter is finished.

    Raises Refusal unknown_number, or not_waiting.
    """
    at = office_counter(office, counter)
    act = acts.begin(connection, office, now, staff_id, calls=1)
    row = row_of_number(connection, office, act.today, number)
    if row.state not in ("waiting", "held", "absent"):
        raise Refusal("not_waiting", field="number")
    _finish_who_is_there(act, at)
    called = _call(act, row, at)
    act.remember(at, "call_number")
    return called


def recall(connection: Connection, office: Office, counter: str, *, now: datetime, staff_id: int | None) -> Called:
    """Call the person at the counter once more: a new call, which screens announce."""
    act, at, row = _at(connection, office, counter, now, staff_id, calls=1)
    act.change(row)
    connection.execute(_RECALL, {"serving": row.serving_id, "number": act.call, "at": now})
    act.note("recalled", row, counter=at.slug)
    act.remember(at, "recall")
    return _still_there(connection, office, at)


def start(connection: Connection, office: Office, counter: str, *, now: datetime, staff_id: int | None) -> Called:
    """The person is here: the service begins. Once begun, nothing changes."""
    act, at, row = _at(connection, office, counter, now, staff_id)
    if row.state == "serving":
        return shown(office, row)
    act.change(row, state="serving")
    connection.execute(_START, {"serving": row.serving_id, "at": now})
    act.note("started", row, counter=at.slug)
    act.remember(at, "start")
    return _still_there(connection, office, at)


def finish(connection: Connection, office: Office, counter: str, *, now: datetime, staff_id: int | None) -> Called:
    """The visit is done."""
    act, at, row = _at(connection, office, counter, now, staff_id)
    done = act.finish(row, at)
    act.remember(at, "finish")
    return of_values(office, done)


def absent(connection: Connection, office: Office, counter: str, *, now: datetime, staff_id: int | None) -> Called:
    """Nobody came: the visitor is called again after some others, and counts as absent after so many calls.

    The booking stays `arrived`: the person did come to the office.
    """
    act, at, row = _at(connection, office, counter, now, staff_id)
    gone = row.missed + 1 >= office.rules.absent_calls
    act.end_stay(row, "absent")
    left = act.change(row, state="absent" if gone else "waiting", counter_id=None, missed=row.missed + 1,
                      rests=0 if gone else office.rules.absent_after)
    act.note("missed", row, counter=at.slug, gone=gone)
    act.remember(at, "absent")
    return of_values(office, left)


def hold(connection: Connection, office: Office, counter: str, *, now: datetime, staff_id: int | None) -> Called:
    """Set the person aside, to fetch a paper perhaps: nobody calls them until they are put back."""
    act, at, row = _at(connection, office, counter, now, staff_id)
    act.end_stay(row, "held")
    held = act.change(row, state="held", counter_id=None)
    act.note("held", row, counter=at.slug)
    act.remember(at, "hold")
    return of_values(office, held)


def transfer(connection: Connection, office: Office, counter: str, *, service: str | None = None,
             to: str | None = None, keep: bool = True, now: datetime, staff_id: int | None) -> Called:
    """Send the person at the counter to another service, another counter (`to`, its slug), or both.

    `keep`: with the moment that counted so far, else to the end of the line. The number stays. Raises Refusal
    unknown_service, unknown_counter, or invalid_request with the field: nothing given, a service nobody serves, a
    counter that does not serve it, or where the person is already.
    """
    act, at, row = _at(connection, office, counter, now, staff_id)
    wanted = office.by_id[row.service_id] if service is None else office.service(service)
    _must_lead_elsewhere(office, at, row, wanted, to)
    only = None if to is None else office_counter(office, to, "to").id
    act.end_stay(row, "transferred")
    sent = act.change(row, state="waiting", counter_id=None, rests=0, missed=0, service_id=wanted.id,
                      queue=wanted.letter, for_counter_id=only, rejoined_at=row.rejoined_at if keep else now)
    act.note("transferred", row, counter=at.slug, to=to, service=wanted.slug, kept=keep)
    act.remember(at, "transfer")
    return of_values(office, sent)


def put_back(connection: Connection, office: Office, number: str, *, now: datetime, staff_id: int | None) -> Called:
    """Who was held, absent or taken off waits again with their moment; who was absent after some others.

    Raises Refusal unknown_number, or not_waiting when the visitor is in none of these states.
    """
    act = acts.begin(connection, office, now, staff_id)
    row = row_of_number(connection, office, act.today, number)
    if row.state not in ("held", "absent", "gone"):
        raise Refusal("not_waiting", field="number")
    rests = office.rules.absent_after if row.state == "absent" else 0
    back = act.change(row, state="waiting", rests=rests, missed=0)
    act.note("returned", row)
    return of_values(office, back)


def take_off(connection: Connection, office: Office, number: str, *, now: datetime, staff_id: int | None) -> Called:
    """Who waits or is held left the hall: nobody calls them. Raises Refusal unknown_number, or not_waiting."""
    act = acts.begin(connection, office, now, staff_id)
    row = row_of_number(connection, office, act.today, number)
    if row.state not in ("waiting", "held"):
        raise Refusal("not_waiting", field="number")
    gone = act.change(row, state="gone", rests=0)
    act.note("left", row)
    return of_values(office, gone)


def _at(connection: Connection, office: Office, counter: str, now: datetime, staff_id: int | None,
        calls: int = 0) -> tuple[Act, Counter, Any]:
    """An act about the person at the counter."""
    at = office_counter(office, counter)
    act = acts.begin(connection, office, now, staff_id, calls=calls)
    row = row_at(connection, at)
    if row is None:
        raise Refusal("nobody_called")
    return act, at, row


def _still_there(connection: Connection, office: Office, at: Counter) -> Called:
    return shown(office, row_at(connection, at))


def _must_lead_elsewhere(office: Office, at: Counter, row: Any, wanted: Service, to: str | None) -> None:
    """Raises Refusal invalid_request, unless the transfer can be followed."""
    same = wanted.id == row.service_id
    if to is None and (same or not any(wanted.slug in counter.serves for counter in office.counters)):
        raise Refusal("invalid_request", field="service")
    if to is not None and ((same and to == at.slug) or wanted.slug not in office_counter(office, to, "to").serves):
        raise Refusal("invalid_request", field="to")


def _finish_who_is_there(act: Act, at: Counter) -> None:
    row = row_at(act.connection, at)
    if row is not None:
        act.finish(row, at)


def _call(act: Act, row: Any, at: Counter) -> Called:
    called = act.change(row, state="called", counter_id=at.id, rests=0)
    stay = act.begin_stay(row, at)
    act.note("called", row, counter=at.slug)
    return of_values(act.office, {**called, **stay})
