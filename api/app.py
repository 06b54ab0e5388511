"""The application: every route, the middleware around them, and the life of the jobs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from litestar import Litestar, Request
from litestar.datastructures import State
from litestar.di import Provide
from litestar.response import Response
from litestar.types import ControllerRouterHandler

from api import description, errors, health, observe, rest, web
from api.assembly import Antre
from api.doorway import Doorway
from api.headers import Headers
from api.phone import routes as phone
from api.web import problems
from scheduler.foundation.clock import Clock, SystemClock

MAX_BODY = 64 * 1024


def _as_page_or_problem(kind: int | type[Exception]) -> Any:
    """What answers a refusal or fault outside the pages, and what no route matched: a page to a browser that wants to
    look at something, a problem to a program."""
    as_page, as_problem = problems.HANDLERS[kind], errors.EXCEPTION_HANDLERS[kind]

    def handle(request: Request[Any, Any, Any], exception: Exception) -> Response[Any]:
        answer: Response[Any] = (as_page if problems.wants_page(request) else as_problem)(request, exception)
        return answer

    return handle


def create_app(antre: Antre, *, also: Sequence[ControllerRouterHandler] = (), jobs: bool = False,
               trust_loopback: bool = False, limits_clock: Clock | None = None) -> Litestar:
    """The application over an assembled installation.

    `also` adds routes (the demo's); `jobs` runs the timetable in this process while the application is up;
    `trust_loopback` lets this machine's own clients through the rate limits, whose minutes are those of
    `limits_clock` (the machine's own, unless a test wants them to stand still).
    """
    doorway = Doorway(antre, trust_loopback=trust_loopback, limits_clock=limits_clock or SystemClock())

    def provide() -> Antre:
        return antre

    def start() -> None:
        if jobs:
            antre.timetable.start()

    def stop() -> None:
        doorway.close()
        antre.close()

    return doorway.observe(Litestar(
        route_handlers=[*rest.ROUTES, *web.ROUTES, *phone.ROUTES, *health.ROUTES, *observe.ROUTES,
                        *description.ROUTES, *also],
        dependencies={"antre": Provide(provide, sync_to_thread=False)},
        exception_handlers={kind: _as_page_or_problem(kind) for kind in errors.EXCEPTION_HANDLERS},
        middleware=[doorway.limit],
        before_send=[Headers(secure=antre.settings.secure)],
        openapi_config=None,  # `description` serves our own
        on_startup=[start],
        on_shutdown=[stop],
        request_max_body_size=MAX_BODY,
        state=State({"antre": antre, "doorway": doorway, "description": description.Description()}),
        logging_config=None,
        debug=False,
    ))
