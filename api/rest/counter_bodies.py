"""Bodies and answers of the counters and of the queue they call from."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from api.rest.schemas import Answer, EstimateAnswer, Moment, Question, ServiceSlug

CounterSlug = Annotated[str, Meta(pattern="^[a-z0-9-]{1,40}$", description="The counter's short name, of the clerk's "
                                                                           "own office.", examples=["loket-1"])]
QueueNumber = Annotated[str, Meta(min_length=1, max_length=12, description="As on the ticket: A-012, or a12.",
                                  examples=["A-012"])]
State = Literal["waiting", "held", "called", "serving", "done", "absent", "gone"]


class WaitingAnswer(Struct, frozen=True):
    """`before`: how many of the queue are called sooner. No `estimate` while no counter serves the visitor."""

    number: str
    service: str
    since: Moment
    priority: str | None
    before: int
    estimate: EstimateAnswer | None


class AtCounterAnswer(Struct, frozen=True):
    number: str
    counter: str | None
    state: State
    since: Moment


class QueueAnswer(Struct, frozen=True):
    waiting: list[WaitingAnswer]
    called: list[AtCounterAnswer]


class TransferQuestion(Question, frozen=True):
    """`service`, `to` or both: what for, and to which counter. `keep`: with the place in the order so far, else to the
    end of the line."""

    service: ServiceSlug | None = None
    to: CounterSlug | None = None
    keep: bool = True


class CallQuestion(Question, frozen=True):
    number: QueueNumber


class CounterVisitAnswer(Answer, frozen=True):
    """A visit as it stands; `counter` while it is at one, `calls` how often it was called there, `missed` how many
    calls it did not answer."""

    number: str
    service: str
    state: State
    since: Moment
    party: int
    calls: int
    missed: int
    counter: str | None = None
    priority: str | None = None
    called_at: Moment | None = None
    started_at: Moment | None = None
