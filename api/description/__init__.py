"""The API's description, served by ourselves: OpenAPI as JSON, a page to read, and what problem types mean.

The page is made on the server out of the description: no script, nothing loaded from elsewhere, so it stands under the
same strict policy as every other page. (The usual viewers need some hundred kilobytes of script to a
megabyte, and inline styles.)
"""

from __future__ import annotations

import re
from importlib.resources import files
from typing import Any

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from litestar import Litestar, Request, get
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from markupsafe import Markup, escape

from api import errors
from api.description import tickets
from api.languages import LANGUAGES
from api.openapi import Doc, build
from api.rest.answering import encode, json
from api.rest.schemas import ProblemTypeAnswer
from scheduler.foundation.errors import CODES

_CODE = re.compile(r"`([^`]+)`")
_templates = Environment(
    loader=PackageLoader("api.description", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters["pretty"] = lambda value: msgspec.json.format(encode(value), indent=2).decode()
_templates.filters["words"] = lambda text: Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped
_STYLE = (files("api.description") / "schema.css").read_bytes()
_HOUR = {"cache-control": "public, max-age=3600"}


class Description:
    """The description of one application, made when first asked for."""

    def __init__(self) -> None:
        self._made: tuple[bytes, bytes] | None = None

    def json(self, app: Litestar) -> bytes:
        """OpenAPI 3.1."""
        return self._make(app)[0]

    def page(self, app: Litestar) -> bytes:
        """The page."""
        return self._make(app)[1]

    def _make(self, app: Litestar) -> tuple[bytes, bytes]:
        if self._made is None:
            made = build(app, app.state.antre.settings.public_url, tickets.OPERATIONS)
            self._made = encode(made), _render(made)
        return self._made


def _render(made: dict[str, Any]) -> bytes:
    groups = {tag["name"]: {"text": tag["description"], "operations": []} for tag in made["tags"]}
    for path, methods in made["paths"].items():
        for method, operation in methods.items():
            groups[operation["tags"][0]]["operations"].append((method.upper(), path, operation))
    english = errors.WORDS["en"]
    codes = [(code, status, CODES.get(code) or english[code]["title"]) for code, status in errors.STATUS.items()]
    page = _templates.get_template("schema.html").render(
        api=made, groups=groups, schemas=made["components"]["schemas"], codes=codes)
    return page.encode()


@get("/schema/openapi.json", opt={"doc": Doc(tag="service", summary="This description", answer={"type": "object"})})
async def openapi_json(request: Request[Any, Any, Any]) -> ASGIResponse:
    """OpenAPI 3.1 as JSON."""
    return json(request.app.state.description.json(request.app), headers=_HOUR)


@get("/schema")
async def page(request: Request[Any, Any, Any]) -> ASGIResponse:
    """The description to read."""
    return ASGIResponse(body=request.app.state.description.page(request.app), media_type="text/html", headers=_HOUR)


@get("/schema/schema.css")
async def style() -> ASGIResponse:
    """The page's style sheet."""
    return ASGIResponse(body=_STYLE, media_type="text/css", headers=_HOUR)


@get("/problems/{code:str}", opt={"doc": Doc(
    tag="service", summary="What a problem means", answer=ProblemTypeAnswer, codes=("unknown_address",),
    text="Where the `type` of a problem leads.",
    example={"code": "slot_full", "status": 409, "meaning": CODES["slot_full"],
             "title": {"id": "Waktu itu sudah penuh", "en": "That time is full"},
             "detail": {language: errors.WORDS[language]["slot_full"]["detail"] for language in LANGUAGES}},
)})
async def problem_type(code: FromPath[str]) -> ASGIResponse:
    """The code in words."""
    if code not in errors.STATUS:
        raise errors.DoorError("unknown_address")
    words = {language: errors.WORDS[language][code] for language in LANGUAGES}
    return json(encode(ProblemTypeAnswer(
        code=code, status=errors.STATUS[code], meaning=CODES.get(code) or words["en"]["title"],
        title={language: word["title"] for language, word in words.items()},
        detail={language: word["detail"] for language, word in words.items()})))


ROUTES = [openapi_json, page, style, problem_type]
