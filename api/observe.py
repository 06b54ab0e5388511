"""What can be seen from outside: metrics for Prometheus and a line of log for each request.

Both know routes by their template: a path holds tickets. Numbers of the whole installation (messages, visitors
waiting) are read from the database when asked for; counts of requests are one process's own, unless
`PROMETHEUS_MULTIPROC_DIR` names a directory that all processes share.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from http import HTTPStatus
from typing import Any

import sqlalchemy as sa
import structlog
from litestar import Litestar, Request, get
from litestar.di import NamedDependency
from litestar.enums import HttpMethod, ScopeType
from litestar.response.base import ASGIResponse
from litestar.types import Message, Receive, Scope, Send
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection, bindparam

from api import bodies
from api.addresses import masked
from api.assembly import Antre
from api.openapi import Doc
from notifications.tables import STATES, outbox
from scheduler.foundation.journal import journal
from scheduler.offices import Office
from ticketing.tables import visits

UNMATCHED = "unmatched"
STREAM = b"text/event-stream"
_BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_QUIET = frozenset({"/livez", "/readyz", "/metrics"})  # asked every few seconds: counted, not logged

_MESSAGES = sa.select(outbox.c.state, sa.func.count()).group_by(outbox.c.state)
_UNTOLD = sa.select(sa.func.count()).where(journal.c.unread)
_WAITING = sa.select(visits.c.office_id, visits.c.date, sa.func.count()).where(
    visits.c.date.in_(bindparam("dates", expanding=True)), visits.c.state == "waiting"
).group_by(visits.c.office_id, visits.c.date)

class Metrics:
    """One process's counts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "antre_requests_total", "Answered requests.", ["method", "route", "status"], registry=self.registry)
        self.seconds = Histogram(
            "antre_request_seconds", "Time from request to answer.", ["route"], buckets=_BUCKETS,
            registry=self.registry)
        self.refusals = Counter("antre_refusals_total", "Refusals by code.", ["code"], registry=self.registry)
        self._children: dict[tuple[str, str, int], tuple[Any, Any]] = {}
        self.bookings = Counter(
            "antre_bookings_total", "Bookings made, on pages and by programs.", ["office"], registry=self.registry)

    def booked(self, office: str) -> None:
        """A booking was made at the office."""
        self.bookings.labels(office).inc()

    def answered(self, method: str, route: str, status: int, seconds: float, code: str | None) -> None:
        """A request was answered; `code` is that of a refusal."""
        children = self._children.get((method, route, status))
        if children is None:
            children = self.requests.labels(method, route, status), self.seconds.labels(route)
            self._children[method, route, status] = children
        children[0].inc()
        children[1].observe(seconds)
        if code is not None:
            self.refusals.labels(code).inc()


class Observed:
    """Outermost around the application: Litestar's own middleware never sees what no route matched.

    Nobody is waited for long (`bodies`), and HEAD is answered as GET is, without the body: no route need know it.
    """

    def __init__(self, app: Litestar) -> None:
        self._app = app.asgi_handler
        self._state = app.state
        self._log = structlog.get_logger("antre.requests").bind()  # once: as logging was configured by then

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Time the request and note how it was answered."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status, streaming = 500, False

        async def note(message: Message) -> None:
            nonlocal status, streaming
            if message["type"] == "http.response.start":
                status = message["status"]
                streaming = any(name == b"content-type" and value.startswith(STREAM)
                                for name, value in message["headers"])
                if streaming:  # it is answered now: how long a screen listens says nothing
                    self._note(scope, method, status, time.perf_counter() - started)
            await send(message)

        method = scope["method"]
        answer: Send = note
        if method == HttpMethod.HEAD:
            scope["method"] = HttpMethod.GET
            answer = bodies.without_body(note)
        try:
            await self._app(scope, bodies.in_time(receive), answer)
        finally:
            if not streaming:
                self._note(scope, method, status, time.perf_counter() - started)
        if method not in _SAFE and status < HTTPStatus.BAD_REQUEST:
            self._state.doorway.hub.nudge()  # it may have been an act in a hall

    def _note(self, scope: Any, asked: str, status: int, seconds: float) -> None:
        route = _template(scope)
        method = asked if asked in _METHODS else "OTHER"
        code: str | None = scope.get("antre.code")
        doorway = self._state.doorway
        doorway.metrics.answered(method, route, status, seconds, code)
        if route not in _QUIET:
            self._log.info("request", method=method, route=route, status=status, ms=round(seconds * 1000, 1),
                           code=code, client=masked(doorway.addresses.client(scope)))


def _template(scope: Any) -> str:
    """The route's template, like `/api/v1/bookings/{token}`."""
    template: str | None = scope.get("path_template")
    return UNMATCHED if template is None else template


class _Installation(Collector):
    """Numbers of the whole installation, as read for one answer."""

    def __init__(self, messages: dict[str, int], untold: int, waiting: dict[str, int]) -> None:
        self._messages = messages
        self._untold = untold
        self._waiting = waiting

    def collect(self) -> Iterable[Metric]:
        """The gauges."""
        messages = GaugeMetricFamily("antre_messages", "Messages by state.", labels=["state"])
        for state in STATES:
            messages.add_metric([state], self._messages.get(state, 0))
        yield messages
        yield GaugeMetricFamily("antre_untold", "Journal entries that no job has made messages of.", self._untold)
        waiting = GaugeMetricFamily("antre_waiting", "Visitors waiting in the hall today.", labels=["office"])
        for office, count in self._waiting.items():
            waiting.add_metric([office], count)
        yield waiting


@get("/metrics", opt={"limit": None, "doc": Doc(
    tag="service", summary="Figures for Prometheus", answer={"type": "string"}, media_type="text/plain")})
async def metrics(request: Request[Any, Any, Any], antre: NamedDependency[Antre]) -> ASGIResponse:
    """Prometheus' text format; holds no personal data. Keep it from the public at the proxy."""
    now = antre.clock.now()

    def work(connection: Connection) -> _Installation:
        messages = {str(state): int(count) for state, count in connection.execute(_MESSAGES)}
        untold = connection.execute(_UNTOLD).scalar_one()
        return _Installation(messages, untold, _waiting(connection, antre.offices.all(connection), now))

    own: Metrics = request.app.state.doorway.metrics
    installation = CollectorRegistry()
    installation.register(await antre.database.fetch(work))
    body = generate_latest(_counts(own)) + generate_latest(installation)
    return ASGIResponse(body=body, headers={"content-type": CONTENT_TYPE_LATEST})


def _waiting(connection: Connection, offices: Sequence[Office], now: datetime) -> dict[str, int]:
    """Waiting visits by office, each on its own today."""
    today = {office.id: office.today(now) for office in offices}
    rows = connection.execute(_WAITING, {"dates": sorted(set(today.values()))}).all() if today else []
    counts = {(row[0], row[1]): int(row[2]) for row in rows}
    return {office.slug: counts.get((office.id, today[office.id]), 0) for office in offices}


def _counts(own: Metrics) -> CollectorRegistry:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return own.registry
    everyone = CollectorRegistry()
    multiprocess.MultiProcessCollector(everyone)  # type: ignore[no-untyped-call]
    return everyone


ROUTES = [metrics]
