"""Refusals and faults as pages: what happened, what to do instead, and a way on."""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.exceptions import HTTPException
from litestar.response import Response

from api import errors
from api.errors import OFFICE, DoorError
from api.web import files
from api.web.render import Reason, go, language, page, query, refusal_words, words_of
from scheduler.foundation.errors import Refusal

Asker = Request[Any, Any, Any]

# Codes that pages say in words of their own: those all doors share speak of addresses and fields.
_OWN = {"unknown_address": "not_found", "unknown_office": "not_found", "unknown_service": "not_found",
        "not_allowed": "not_allowed", "internal_error": "server", "unavailable": "server"}


def on_refusal(request: Asker, refusal: Refusal | DoorError) -> Response[Any]:
    """The refusal as a page; whoever has not signed in is asked to. A program that fetches a file gets a problem."""
    if _wants_file(request):
        return errors.on_refusal(request, refusal)
    if refusal.code == "not_authenticated":
        return go(query("/sign-in", next=request.url.path))
    if refusal.details.get("why") == "must_change":
        return go("/me/password")
    scope: dict[str, Any] = request.scope  # type: ignore[assignment]
    scope["antre.code"] = refusal.code
    office = scope.get(OFFICE)
    answer = page(request, "problem.html", status=errors.status_of(refusal), office=office,
                  reason=_reason(request, refusal, office))
    answer.headers.update({name.title(): value for name, value in errors.headers_of(refusal).items()})
    return answer


def _reason(request: Asker, refusal: Refusal | DoorError, office: Any) -> Reason:
    words = words_of(language(request))
    if refusal.code == "unknown_booking":
        return Reason(words["ticket"]["unknown"], words["ticket"]["unknown_detail"], "")
    if refusal.code == "invalid_request":
        key = "expired" if refusal.details.get("why") in ("form", "origin") else "request"
    else:
        key = _OWN.get(refusal.code, "")
    if not key:
        return refusal_words(refusal, request, office)
    return Reason(words["problem"][key], words["problem"][f"{key}_detail"], "")


def on_http_exception(request: Asker, exception: HTTPException) -> Response[Any]:
    """One of Litestar's own exceptions as a page."""
    if exception.status_code in (404, 405):
        return on_refusal(request, DoorError("unknown_address"))
    if exception.status_code >= 500:
        return on_refusal(request, DoorError("unavailable"))
    return on_refusal(request, Refusal("invalid_request", status=exception.status_code))


def on_unexpected(request: Asker, exception: Exception) -> Response[Any]:
    """A fault of ours: an apology for the asker, the place in the code for the log."""
    return on_refusal(request, errors.fault(request, exception))


def wants_page(request: Asker) -> bool:
    """Whether a browser asks for something to look at, rather than a program for data."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith(("/api/", "/hooks/"))


def _wants_file(request: Asker) -> bool:
    """Whether a picture, paper or calendar entry was asked for, and not by somebody who looks at what comes."""
    ending = request.url.path.rpartition(".")[2].lower()
    return ending in files.KINDS and "text/html" not in request.headers.get("accept", "")


HANDLERS: dict[int | type[Exception], Any] = {
    Refusal: on_refusal, DoorError: on_refusal, HTTPException: on_http_exception, Exception: on_unexpected,
}
