"""Who may call back, and what a callback's form may hold."""

from __future__ import annotations

import hmac
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from api.errors import DoorError
from scheduler.foundation.errors import Refusal

MAX_BODY = 16 * 1024  # a form of the vendor has some 300 bytes, with the longest SMS inside some 2,000


async def knows_secret(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    """A guard: the address holds this installation's secret. Raises DoorError unknown_address."""
    given = str(connection.path_params["secret"])
    if not hmac.compare_digest(given.encode(), connection.app.state.antre.settings.hook_secret.encode()):
        raise DoorError("unknown_address")


async def read_form(request: Request[Any, Any, Any], longest: dict[str, int]) -> dict[str, str]:
    """Those fields of the form that `longest` names, with at most so many characters each; absent ones are "".

    Raises Refusal invalid_request (400) for a field that is too long, a file, or holds control characters.
    """
    form = await request.form()
    values = {}
    for name, most in longest.items():
        value = form.get(name, "")
        if not isinstance(value, str) or len(value) > most or any(character < " " for character in value):
            raise Refusal("invalid_request", field=name, status=400)
        values[name] = value
    return values


async def read_loosely(request: Request[Any, Any, Any], longest: dict[str, int]) -> dict[str, str]:
    """As `read_form`, of fields that only add to what is said: cut to what a column can hold, a space for what is not
    printable. Refused for their sake, the callback would be repeated for hours and what it says be lost."""
    form = await request.form()
    values = {}
    for name, most in longest.items():
        value = form.get(name, "")
        text = value if isinstance(value, str) else ""
        values[name] = "".join(character if character.isprintable() else " " for character in text).strip()[:most]
    return values


def require(values: dict[str, str], *names: str) -> None:
    """Raises Refusal invalid_request (400) when one of the fields is empty."""
    for name in names:
        if not values[name]:
            raise Refusal("invalid_request", field=name, status=400)
