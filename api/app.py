"""The application: every route, the middleware around them, and the life of the jobs."""

from __future__ import annotations

from collections.abc import Sequence

from litestar import Litestar
from litestar.datastructures import State
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from api import errors, headers, limits, observe, openapi, phone, rest, web
from api.assembly import Antre
from api.web.render import template_config

MAX_BODY = 64 * 1024


def create_app(antre: Antre, *, also: Sequence[ControllerRouterHandler] = (), jobs: bool = False) -> Litestar:
    """The application over an assembled installation.

    `also` adds routes (the demo's); `jobs` runs the timetable in this process while the application is up.
    """

    def provide() -> Antre:
        return antre

    def start() -> None:
        if jobs:
            antre.timetable.start()

    def stop() -> None:
        antre.close()

    return Litestar(
        route_handlers=[*rest.ROUTES, *web.ROUTES, *phone.ROUTES, *observe.ROUTES, *also],
        dependencies={"antre": Provide(provide, sync_to_thread=False)},
        exception_handlers=errors.EXCEPTION_HANDLERS,
        middleware=[headers.middleware(antre), observe.middleware(antre), limits.middleware(antre)],
        openapi_config=openapi.config(antre),
        template_config=template_config(antre),
        on_startup=[start],
        on_shutdown=[stop],
        request_max_body_size=MAX_BODY,
        state=State({"antre": antre}),
        logging_config=None,
        debug=False,
    )
