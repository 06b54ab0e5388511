"""The application: every route, the middleware around them, and the life of the jobs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from argon2 import PasswordHasher
from litestar import Litestar, Request
from litestar.datastructures import State
from litestar.di import Provide
from litestar.response import Response
from litestar.types import ControllerRouterHandler

from api import description, errors, health, observe, rest, web
from api.assembly import Antre
from api.doorway import Doorway
from api.headers import Headers
from api.limits import LimitMiddleware
from api.passwords import HASHER
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
               trust_loopback: bool = False, limits_clock: Clock | None = None,
               hasher: PasswordHasher = HASHER) -> Litestar:
    """The application over an assembled installation.

    `also` adds routes (the demo's); `jobs` runs the timetable in this process while the application is up;
    `trust_loopback` lets this machine's own clients through the rate limits, whose minutes are those of
    `limits_clock` (the machine's own, unless a test wants them to stand still); `hasher` is that of passwords.
    """
    app = Litestar(
        route_handlers=[*rest.ROUTES, *web.ROUTES, *phone.ROUTES, *health.ROUTES, *observe.ROUTES,
                        *description.ROUTES, *also],
        dependencies={"antre": Provide(_antre, sync_to_thread=False)},
        exception_handlers={kind: _as_page_or_problem(kind) for kind in errors.EXCEPTION_HANDLERS},
        middleware=[LimitMiddleware],
        before_send=[Headers(secure=antre.settings.secure)],
        openapi_config=None,  # `description` serves our own
        on_startup=[_start_jobs] if jobs else [],
        on_shutdown=[_close],
        request_max_body_size=MAX_BODY,
        logging_config=None,
        debug=False,
    )
    put_behind(app, antre, Doorway(antre, trust_loopback=trust_loopback, limits_clock=limits_clock or SystemClock(),
                                   hasher=hasher))
    app.asgi_handler = observe.Observed(app)
    return app


def put_behind(app: Litestar, antre: Antre, doorway: Doorway) -> None:
    """Let the application's routes, which know nothing else, work with that installation."""
    app.state.update({"antre": antre, "doorway": doorway, "description": description.Description()})


def _antre(state: State) -> Antre:
    antre: Antre = state.antre
    return antre


def _start_jobs(app: Litestar) -> None:
    app.state.antre.timetable.start()


def _close(app: Litestar) -> None:
    app.state.doorway.close()
    app.state.antre.close()
