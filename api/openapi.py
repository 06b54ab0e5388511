"""OpenAPI 3.1, made from what each route says of itself.

Litestar's own generator is not used: it reads bodies from handler arguments (which Litestar decodes leniently, "1"
for 1, whatever the content type), knows one shape for errors that is not ours, and one answer for each status.
Here a route carries a `Doc`; schemas come from the very msgspec structures that decode and encode.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Litestar
from litestar.routes import HTTPRoute

from api import errors
from api.errors import Problem
from scheduler.foundation.errors import CODES, Refusal

VERSION = "1.0.0"
_WORD = re.compile(r"[a-z0-9]+")
JSON = "application/json"


@dataclass(frozen=True)
class Parameter:
    """A query, header or path parameter: its JSON schema and an example."""

    name: str
    meaning: str
    schema: Mapping[str, Any]
    example: Any
    place: str = "query"
    required: bool = False


@dataclass(frozen=True)
class Doc:
    """What a route says of itself. `codes` are the problems it may answer with, besides what every route may."""

    tag: str
    summary: str
    text: str = ""
    answer: Any = None                      # type of the body of the good answer; None: none
    example: Any = None
    status: int = 200
    media_type: str = JSON
    other: Mapping[str, str] = field(default_factory=dict)    # further media types of the good answer: an example
    body: Any = None                        # type of the JSON body
    body_examples: Mapping[str, Any] = field(default_factory=dict)
    parameters: tuple[Parameter, ...] = ()
    codes: tuple[str, ...] = ()
    role: str | None = None
    once: bool = False                      # takes an Idempotency-Key
    also: Mapping[int, str] = field(default_factory=dict)     # further statuses without a body
    also_answer: tuple[int, ...] = ()                         # further statuses with the same body
    headers: Mapping[str, str] = field(default_factory=dict)  # of the good answer
    links: tuple[str, ...] = ()             # operations that take the `token` of the good answer
    links_as: str = "token"                 # how they call it
    as_page: bool = False                   # browsers ask for it too: they get what goes wrong as a page


TOKEN = Parameter("token", "The ticket's token, in either case.",
                  {"type": "string", "pattern": "^[0-9A-Za-z]{1,64}$"}, "1C5A4002KZ7QX3M9N4T8V2BDEFGH5J6K7MNP",
                  "path", True)
ENTRY = Parameter("entry", "The token of an entry of the waiting list, in either case.",
                  {"type": "string", "pattern": "^[0-9A-Za-z]{1,64}$"}, "7Q2M0CV5K9T3WX1B8ZD4HNRJFA", "path", True)
OFFICE = Parameter("office", "The office's short name.", {"type": "string", "pattern": "^[a-z0-9-]{1,40}$"},
                   "balikpapan", "path", True)
DATE = Parameter("date", "A date of the office's own calendar.", {"type": "string", "format": "date"},
                 "2026-11-25", "path", True)
PATH_PARAMETERS = {
    "token": TOKEN, "entry": ENTRY, "office": OFFICE, "date": DATE,
    "counter": Parameter("counter", "A counter of the clerk's own office, by its short name.",
                         {"type": "string", "pattern": "^[a-z0-9-]{1,40}$"}, "loket-1", "path", True),
    "closure": Parameter("closure", "The number of a closure.",
                         {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}, 7, "path", True),
    "code": Parameter("code", "A problem code.", {"type": "string", "enum": sorted(errors.STATUS)}, "slot_full",
                      "path", True),
}
IDEMPOTENCY_KEY = Parameter(
    "Idempotency-Key", "Chosen by the client, unlike any other of its keys: a repeated request gets the first answer "
    "again, for a day.", {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]([ -~]*[!-~])?$"},
    "6f1f1a52-0c0f-4f39-9df2-1b6c3c8f5a10", "header",
)
ACCEPT_LANGUAGE = Parameter("Accept-Language", "`id` (the default) or `en`: the language of all words.",
                            {"type": "string"}, "id", "header")

TAGS = {
    "offices": "Offices, their services, and what can be booked now.",
    "bookings": "A resident's booking: make, read, move, cancel. No account: whoever holds the token holds the ticket.",
    "waiting list": "For who finds no place: joining, and answering what is offered. Whoever holds the token may.",
    "tickets": "The ticket as picture, paper and calendar entry.",
    "hall": "What the screens of the hall show.",
    "staff": "Signing in; the door; the manager's day. Needs a session.",
    "counters": "Calling and serving at a counter. Needs a session.",
    "service": "For those who run and monitor the system.",
}
_ABOUT = """\
Appointments for people who must come to a public office in person.

- Times are RFC 3339 with the office's offset; dates are the office's own.
- What goes wrong is `application/problem+json` (RFC 9457): rely on `code`; `title` and `detail` are words in the
  asker's language (`Accept-Language`, Indonesian first; `Content-Language` names it). Where there is no place,
  `alternatives` are starts that can be booked, and `waiting_list` is where one can wait for that day instead.
- Writes take an `Idempotency-Key`: the same key and body give the same answer again and have one effect.
- Limits hold for each client and route; `429` says in `Retry-After` how many seconds to wait.
- Fields may be added to answers; unknown fields in requests are refused.
"""


Operation = tuple[str, str, Doc]  # path, method in lower case, what it says of itself


def build(app: Litestar, url: str, further: Iterable[Operation] = ()) -> dict[str, Any]:
    """The description of every documented route of the application, served at `url`, and of `further` ones."""
    operations = sorted([*_operations(app), *further], key=lambda found: (found[0], found[1]))
    types = [Problem, *(kind for _, _, doc in operations for kind in (doc.answer, doc.body) if _is_struct(kind))]
    schemas, components = msgspec.json.schema_components(types, ref_template="#/components/schemas/{name}")
    shapes = dict(zip(map(id, types), schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for path, method, doc in operations:
        paths.setdefault(path, {})[method] = _operation(path, method, doc, shapes)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Antre", "version": VERSION, "description": _ABOUT,
                 "license": {"name": "MIT", "identifier": "MIT"}},
        "servers": [{"url": url}],
        "tags": [{"name": name, "description": text} for name, text in TAGS.items()],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "The token of POST /api/v1/session."},
            },
        },
    }


def _operations(app: Litestar) -> Iterable[Operation]:
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            continue
        for handler, _ in route.route_handler_map.values():
            doc = handler.opt.get("doc")
            if doc is not None:
                yield route.path_format, next(iter(handler.http_methods)).lower(), doc


def _operation(path: str, method: str, doc: Doc, shapes: Mapping[int, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": _operation_id(path, method), "tags": [doc.tag], "summary": doc.summary,
        "parameters": [_parameter(p) for p in _parameters(path, doc)],
        "responses": _responses(doc, shapes),
    }
    if doc.text:
        operation["description"] = doc.text
    if doc.body is not None:
        examples = {name: {"value": value} for name, value in doc.body_examples.items()}
        operation["requestBody"] = {
            "required": True, "content": {JSON: {"schema": _schema(doc.body, shapes), "examples": examples}},
        }
    operation["security"] = [{"bearer": []}] if doc.role else []
    return operation


def _operation_id(path: str, method: str) -> str:
    return "_".join([method, *_WORD.findall(path.removeprefix("/api/v1"))])


def _parameters(path: str, doc: Doc) -> Iterable[Parameter]:
    for name in _path_names(path):
        yield PATH_PARAMETERS[name]
    yield from doc.parameters
    if doc.once:
        yield IDEMPOTENCY_KEY
    if doc.codes or doc.parameters or doc.body is not None:
        yield ACCEPT_LANGUAGE


def _path_names(path: str) -> list[str]:
    return [part.partition("}")[0] for part in path.split("{")[1:]]


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name, "in": parameter.place, "description": parameter.meaning,
        "required": parameter.required, "schema": dict(parameter.schema), "example": parameter.example,
    }


def codes_of(doc: Doc) -> list[str]:
    """Every problem code the route may answer with, in the order of the list of codes."""
    codes = set(doc.codes) | {"too_many_requests", "internal_error", "unavailable"}
    if doc.role:
        codes |= {"not_authenticated", "not_allowed"}
    if doc.once:
        codes.add("idempotency_key_reused")
    if doc.body is not None or doc.once or (doc.parameters and not doc.as_page):
        codes.add("invalid_request")
    return [code for code in errors.STATUS if code in codes]


def _responses(doc: Doc, shapes: Mapping[int, Any]) -> dict[str, Any]:
    good: dict[str, Any] = {"description": HTTPStatus(doc.status).phrase}
    if doc.answer is not None:
        content: dict[str, Any] = {"schema": _schema(doc.answer, shapes)}
        if doc.example is not None:
            content["example"] = doc.example
        good["content"] = {doc.media_type: content}
    for media_type, example in doc.other.items():
        good["content"][media_type] = {"schema": {"type": "string"}, "example": example}
    if doc.links:
        good["links"] = {name: {"operationId": name, "parameters": {doc.links_as: "$response.body#/token"}}
                         for name in doc.links}
    if doc.headers:
        good["headers"] = {name: {"description": text, "schema": {"type": "string"}}
                           for name, text in doc.headers.items()}
    responses: dict[str, Any] = {str(doc.status): good}
    for status in doc.also_answer:
        responses[str(status)] = good | {"description": HTTPStatus(status).phrase}
    for status, text in doc.also.items():
        responses[str(status)] = {"description": text}
    return dict(sorted((_problems(doc) | responses).items()))


def _problems(doc: Doc) -> dict[str, Any]:
    by_status: dict[int, dict[str, Any]] = {}
    for name, refusal in _refusals(doc):
        made = errors.problem(refusal, "id")
        by_status.setdefault(made.status, {})[name] = {
            "summary": CODES.get(refusal.code, made.title), "value": msgspec.to_builtins(made)}
    return {str(status): _problem_response(status, examples, doc.as_page) for status, examples in by_status.items()}


def _problem_response(status: int, examples: dict[str, Any], as_page: bool) -> dict[str, Any]:
    content = {errors.MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}}
    if as_page:
        content["text/html"] = {"schema": {"type": "string"}}
    response: dict[str, Any] = {
        "description": f"{HTTPStatus(status).phrase}: {', '.join(examples)}", "content": content,
    }
    if status in _PROBLEM_HEADERS:
        response["headers"] = _PROBLEM_HEADERS[status]
    return response


def _refusals(doc: Doc) -> Iterable[tuple[str, Refusal | errors.DoorError]]:
    for code in codes_of(doc):
        details = dict(_EXAMPLE_DETAILS.get(code, {}))
        yield code, Refusal(code, **details) if code in CODES else errors.DoorError(code, **details)
    whys = ["json", "media_type"] if doc.body is not None else []
    if doc.body is not None or doc.once:  # then the body is read
        whys += ["too_large", "slow"]
    for why in whys:
        yield f"invalid_request_{why}", Refusal("invalid_request", why=why)


_WAIT = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
_PROBLEM_HEADERS = {
    401: {"WWW-Authenticate": {"description": "How to sign in: with a bearer token.", "schema": {"type": "string"}}},
    429: _WAIT, 503: _WAIT,
}
_STARTS = [datetime.fromisoformat(f"2026-11-25T{hour}:00+08:00") for hour in ("08:00", "08:15", "08:30")]
_EXAMPLE_DETAILS: dict[str, dict[str, Any]] = {
    "invalid_nik": {"field": "nik", "why": "date"},
    "invalid_phone": {"field": "phone", "why": "not_mobile"},
    "invalid_name": {"field": "name", "why": "digits"},
    "invalid_email": {"field": "email", "why": "domain"},
    "invalid_request": {"field": "start", "why": "time_zone"},
    "unknown_office": {"field": "office"},
    "unknown_service": {"field": "service"},
    "reason_required": {"field": "reason"},
    "already_booked": {"field": "nik"},
    "already_waiting": {"field": "nik"},
    "too_many_for_phone": {"field": "phone", "limit": 5},
    "move_limit": {"limit": 3},
    "too_many_requests": {"retry_after": 17},
    "unavailable": {"retry_after": 5},
    "idempotency_key_reused": {"field": "Idempotency-Key"},
    **{code: {"alternatives": _STARTS, "waiting_list": "https://antre.example.go.id/api/v1/waiting-list"}
       for code in ("slot_full", "day_full", "outside_hours", "too_soon")},
    **{code: {"alternatives": _STARTS} for code in ("office_closed", "too_far")},
}


def _is_struct(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, msgspec.Struct)


def _schema(kind: Any, shapes: Mapping[int, Any]) -> Any:
    return shapes.get(id(kind), kind)
