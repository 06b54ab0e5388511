"""What closures look like as JSON."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from api.rest.schemas import Answer, Day, Moment, Priority, Question

Clock = Annotated[str | None, Meta(description="The office's own time, `HH:MM`.", examples=["12:00"])]
CounterSlug = Annotated[str | None, Meta(description="The slug of the counter that is lost; without it the whole "
                                                     "office is closed.")]
ClosureReason = Annotated[str, Meta(description="3 to 120 characters, as residents read it.", max_length=200)]


class ClosureQuestion(Question, frozen=True):
    """Without `from` it is closed from the beginning of the date, without `to` until its end. With `dry_run` nothing
    is changed: the answer says who would be touched, and where each would go."""

    date: Day
    reason: ClosureReason
    from_: Clock = field(name="from", default=None)
    to: Clock = None
    counter: CounterSlug = None
    dry_run: bool = False


class ClosureFacts(Answer, frozen=True):
    """`tried`: since when everybody has been looked for a place once; `ended`: when it was taken back."""

    id: int
    date: Day
    reason: str
    at: Moment
    from_: str | None = field(name="from", default=None)
    to: str | None = None
    counter: str | None = None
    tried: Moment | None = None
    ended: Moment | None = None


class ClosurePerson(Answer, frozen=True):
    """A booking that is touched, in the order they are placed. `start` is the time that is closed, `to` the new one.

    `state` of a dry run: `moved` who would have another place, `unplaced` who would not. `called`: when staff called.
    """

    code: str | None
    name: str | None
    service: str
    start: Moment
    party: int
    state: Literal["pending", "moved", "unplaced", "gone"]
    priority: Priority = None
    to: Moment | None = None
    called: Moment | None = None


class ClosureAnswer(Answer, frozen=True):
    """Bookings: `touched` are `placed` (moved), `pending`, `unplaced` (to be called, tried again as places appear) or
    `gone` (came, cancelled or moved otherwise). A dry run has no `closure`."""

    touched: int
    placed: int
    pending: int
    unplaced: int
    gone: int
    closure: ClosureFacts | None = None
    dry_run: bool = False
    people: list[ClosurePerson] | None = None


class ClosuresAnswer(Answer, frozen=True):
    """One page of a list: `items` of `total`, page `page` of `pages` (from 1)."""

    items: list[ClosureAnswer]
    page: int
    pages: int
    total: int
