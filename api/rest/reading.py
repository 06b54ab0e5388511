"""What a request says, checked: bodies, query values, times, dates, the office it is about.

Bodies are decoded here, strictly and only as JSON: Litestar's own argument would take "1" for 1, and a form of
another site for JSON. A refusal never repeats a value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar
from urllib.parse import parse_qsl

import msgspec
from litestar import Request

from api import errors
from api.assembly import Antre
from scheduler.foundation.errors import Refusal
from scheduler.offices import Office

T = TypeVar("T")
HttpRequest = Request[Any, Any, Any]

_RFC3339 = re.compile(
    r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d(?:\.\d{1,6}\d*)?)?(?:[Zz]|[+-]\d\d:\d\d)", re.ASCII
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_PATH = re.compile(r"at `\$\.?([A-Za-z_.\[\]0-9]*)`")
_NAMED = re.compile(r"(missing required|unknown) field `([^`]*)`")


class Body(Generic[T]):
    """Decodes one kind of JSON body."""

    def __init__(self, kind: type[T]) -> None:
        self._decoder = msgspec.json.Decoder(kind)

    async def of(self, request: HttpRequest) -> T:
        """The body of the request. Raises Refusal invalid_request, with the field at fault where there is one."""
        if request.content_type[0] != "application/json":
            raise Refusal("invalid_request", why="media_type")
        try:
            return self._decoder.decode(await request.body())
        except msgspec.ValidationError as problem:
            raise _at_fault(str(problem)) from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            raise Refusal("invalid_request", why="json") from None


def _at_fault(message: str) -> Refusal:
    """msgspec's message names the field, and sometimes the value: only the field is passed on."""
    path = _PATH.search(message)
    inside = path.group(1) if path else ""
    named = _NAMED.search(message)
    if named is None:
        return Refusal("invalid_request", field=inside or "body")
    name = f"{inside}.{named.group(2)}" if inside else named.group(2)
    if named.group(1) == "unknown":
        return Refusal("invalid_request", why="unknown_field", field=name[:60])
    return Refusal("invalid_request", why="missing", field=name)


def moment(text: str, field: str) -> datetime:
    """An RFC 3339 time with its offset, in UTC. Raises Refusal invalid_request."""
    if _RFC3339.fullmatch(text):
        try:
            return datetime.fromisoformat(text.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise Refusal("invalid_request", why="time_zone", field=field)


def day(text: str, field: str) -> date:
    """A date like 2026-11-25. Raises Refusal invalid_request."""
    if _DATE.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            pass
    raise Refusal("invalid_request", why="date", field=field)


def query(request: HttpRequest, *known: str) -> dict[str, str]:
    """The query's values. Raises Refusal invalid_request for an unknown or repeated name."""
    text = request.scope["query_string"]
    if not text:
        return {}
    values: dict[str, str] = {}
    for name, value in parse_qsl(text.decode("latin-1"), keep_blank_values=True):
        if name not in known or name in values:
            raise Refusal("invalid_request", why="unknown_field", field=name[:60])
        values[name] = value
    return values


def whole(values: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    """A whole number from `low` to `high` out of the query. Raises Refusal invalid_request."""
    text = values.get(name)
    if text is None:
        return default
    if text.isascii() and text.isdigit() and len(text) <= 9 and low <= int(text) <= high:
        return int(text)
    raise Refusal("invalid_request", why="number", field=name, low=low, high=high)


def required(values: Mapping[str, str], name: str) -> str:
    """A query value that must be there. Raises Refusal invalid_request."""
    try:
        return values[name]
    except KeyError:
        raise Refusal("invalid_request", why="missing", field=name) from None


async def office_of(request: HttpRequest, antre: Antre, slug: str) -> Office:
    """The office of that slug, remembered for a refusal's words and offset. Raises Refusal unknown_office."""
    office = antre.offices.peek(slug)
    if office is None:
        office = await antre.database.fetch(lambda connection: antre.offices.get(connection, slug))
    return about(request, office)


def about(request: HttpRequest, office: Office) -> Office:
    """Remember which office the request is about, for a refusal's words and offset."""
    scope: dict[str, Any] = request.scope  # type: ignore[assignment]
    scope[errors.OFFICE] = office
    return office


async def office_by_id(request: HttpRequest, antre: Antre, office_id: int) -> Office:
    """The office of that id, which must exist; remembered as in `office_of`."""
    office = antre.offices.peek_by_id(office_id)
    if office is None:
        office = await antre.database.fetch(lambda connection: antre.offices.by_id(connection, office_id))
    return about(request, office)
