"""The one map from refusal codes to HTTP: a status, and words in the asker's language.

    STATUS       code -> HTTP status
    problem      a refusal as problem+json (RFC 9457)
    EXCEPTION_HANDLERS  what Litestar calls for refusals, its own exceptions and everything unexpected

`words/problems.{id,en}.toml` hold the sentences. A problem never repeats what was typed: it may be a NIK.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from typing import Annotated, Any

import msgspec
from litestar import Request
from litestar.exceptions import HTTPException
from litestar.response import Response
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from api import faults
from api.languages import LANGUAGES, preferred
from scheduler.foundation.errors import CODES, Refusal
from scheduler.offices import Office

MEDIA_TYPE = "application/problem+json"

STATUS: dict[str, int] = {
    "invalid_nik": 422,
    "invalid_phone": 422,
    "invalid_name": 422,
    "invalid_email": 422,
    "invalid_request": 422,
    "unknown_office": 404,
    "unknown_service": 404,
    "unknown_booking": 404,
    "reason_required": 422,
    "outside_hours": 422,
    "office_closed": 422,
    "too_soon": 422,
    "too_far": 422,
    "slot_full": 409,
    "day_full": 409,
    "already_booked": 409,
    "already_waiting": 409,
    "offer_over": 409,
    "too_many_for_phone": 409,
    "already_cancelled": 409,
    "already_admitted": 409,
    "move_limit": 409,
    "unknown_counter": 404,
    "unknown_number": 404,
    "nobody_called": 409,
    "not_waiting": 409,
    "nothing_to_undo": 409,
    "not_authenticated": 401,
    "not_allowed": 403,
    "too_many_requests": 429,
    "idempotency_key_reused": 422,
    # What no rule refuses, but the door itself.
    "unknown_address": 404,
    "internal_error": 500,
    "unavailable": 503,
}

# The door's own refusals keep Litestar's status where the one of `invalid_request` would say less.
_OWN_STATUS = {"json": 400, "media_type": 415, "too_large": 413, "method": 405, "slow": 408, "origin": 403,
               "form": 403}

BACK_IN_S = 5  # when to try again while the database is out of reach: about what a restart takes

# Where the office can help further, its number is given as a way on.
_CALL = frozenset({"already_booked", "already_waiting", "too_many_for_phone", "already_admitted", "move_limit",
                   "slot_full", "day_full", "office_closed", "unknown_booking", "invalid_nik", "invalid_phone",
                   "invalid_name"})

_OUT_OF_REACH = (OperationalError, InterfaceError, NoConnectionFree)

# Where the refusal came too late to know the office, a handler leaves it in the scope under this key.
OFFICE = "antre.office"


_Start = Annotated[str, msgspec.Meta(extra_json_schema={"format": "date-time"})]


class Problem(msgspec.Struct, omit_defaults=True, frozen=True):
    """RFC 9457, with our extensions: what clients may rely on is `code`."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    field: Annotated[str | None, msgspec.Meta(description="The input at fault, by its name.")] = None
    why: Annotated[str | None, msgspec.Meta(description="A word on what is wrong with it.")] = None
    alternatives: Annotated[list[_Start] | None, msgspec.Meta(
        description="Up to three starts that can be booked.")] = None
    ask_again: Annotated[_Start | None, msgspec.Meta(
        description="When somebody without booking may ask again: there may be room if people who booked have not come "
                    "by then. No promise.")] = None
    waiting_list: Annotated[str | None, msgspec.Meta(
        description="Where one can join the waiting list for that day, by POST.",
        extra_json_schema={"format": "uri"})] = None
    retry_after: Annotated[int | None, msgspec.Meta(description="Seconds to wait, as in Retry-After.")] = None
    phone: Annotated[str | None, msgspec.Meta(description="Whom to call: the office.")] = None


class DoorError(Exception):
    """The door itself says no, with a code that no rule has: unknown_address, internal_error, unavailable."""

    def __init__(self, code: str, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


def _load(language: str) -> dict[str, Any]:
    return tomllib.loads((files("api") / "words" / f"problems.{language}.toml").read_text(encoding="utf-8"))


WORDS: dict[str, dict[str, Any]] = {language: _load(language) for language in LANGUAGES}
_encode = msgspec.json.Encoder().encode


class _Blanks(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


def describe(refusal: Refusal | DoorError, language: str, office: Office | None = None) -> tuple[str, str]:
    """Title and detail in `language` (`id` or `en`): what happened and what to do, without the way on."""
    words = WORDS[language][refusal.code]
    details = refusal.details
    why = "missed" if details.get("missed") else "because" if details.get("because") else details.get("why")
    title = words.get("why_title", {}).get(why, words["title"])
    sentence = words.get("why", {}).get(why, words["detail"])
    values = _Blanks(details, wait=_wait(details.get("retry_after"), language),
                     phone=office.phone if office else "")
    return title, sentence.format_map(values)


def way_on(code: str, language: str, office: Office | None) -> str:
    """The sentence with the office's number, where the office can help; else empty."""
    if office is None or code not in _CALL:
        return ""
    return str(WORDS[language]["way_on"]).format(phone=office.phone)


def ask_again(refusal: Refusal | DoorError, language: str, office: Office | None) -> str:
    """The sentence on when a place may have become free, where that is known; else empty."""
    at = refusal.details.get("ask_again")
    if at is None or office is None:
        return ""
    hour = office.local(at).strftime("%H.%M" if language == "id" else "%H:%M")
    return str(WORDS[language][refusal.code]["ask_again"]).format(hour=hour)


def problem(refusal: Refusal | DoorError, language: str, office: Office | None = None) -> Problem:
    """The refusal as a problem; alternatives carry the office's offset."""
    title, sentence = describe(refusal, language, office)
    further = way_on(refusal.code, language, office)
    details, again = refusal.details, refusal.details.get("ask_again")
    return Problem(
        type=f"/problems/{refusal.code}",
        title=title,
        status=status_of(refusal),
        detail=" ".join(filter(None, (sentence, ask_again(refusal, language, office), further))),
        code=refusal.code,
        field=details.get("field"),
        why=details.get("why"),
        alternatives=_alternatives(details.get("alternatives"), office),
        ask_again=_rfc3339(again, office) if again is not None else None,
        waiting_list=details.get("waiting_list"),
        retry_after=details.get("retry_after"),
        phone=office.phone if further and office else None,
    )


def status_of(refusal: Refusal | DoorError) -> int:
    """The HTTP status of a refusal."""
    if refusal.code == "invalid_request":
        return _OWN_STATUS.get(str(refusal.details.get("why")), int(refusal.details.get("status", 422)))
    return STATUS[refusal.code]


def answer(refusal: Refusal | DoorError, language: str, office: Office | None = None) -> tuple[int, bytes]:
    """Status and body of the problem."""
    made = problem(refusal, language, office)
    return made.status, _encode(made)


def headers_of(refusal: Refusal | DoorError) -> dict[str, str]:
    """The headers that go with a refusal."""
    headers: dict[str, str] = {"cache-control": "no-store"}
    if (seconds := refusal.details.get("retry_after")) is not None:
        headers["retry-after"] = str(seconds)
    if refusal.code == "not_authenticated":
        headers["www-authenticate"] = 'Bearer realm="antre"'
    if allow := refusal.details.get("allow"):
        headers["allow"] = allow
    return headers


def language_of(request: Request[Any, Any, Any]) -> str:
    """The asker's language by Accept-Language, Indonesian first."""
    return preferred(request.headers.get("accept-language"))


def in_language(language: str) -> dict[str, str]:
    """The headers of an answer with words in it."""
    return {"content-language": language, "vary": "accept-language"}


def _alternatives(starts: Any, office: Office | None) -> list[str] | None:
    if starts is None:
        return None
    return [_rfc3339(start, office) for start in starts]


def _rfc3339(start: datetime, office: Office | None) -> str:
    return (office.local(start) if office else start).isoformat()


def _wait(seconds: int | None, language: str) -> str:
    if seconds is None:
        return ""
    if seconds < 120:
        return f"{seconds} detik" if language == "id" else f"{seconds} seconds"
    minutes = -(-seconds // 60)
    return f"{minutes} menit" if language == "id" else f"{minutes} minutes"


# -- what Litestar calls ---------------------------------------------------------------------------------


def on_refusal(request: Request[Any, Any, Any], refusal: Any) -> Response[bytes]:
    """Answer a refusal; its code is left in the scope for the log and the metrics."""
    scope: dict[str, Any] = request.scope  # type: ignore[assignment]
    language = language_of(request)
    status, body = answer(refusal, language, scope.get(OFFICE))
    scope["antre.code"] = refusal.code
    return Response(body, status_code=status, media_type=MEDIA_TYPE,
                    headers=headers_of(refusal) | in_language(language))


def on_http_exception(request: Request[Any, Any, Any], exception: HTTPException) -> Response[bytes]:
    """Answer one of Litestar's own exceptions."""
    return on_refusal(request, _translated(exception))


def on_unexpected(request: Request[Any, Any, Any], exception: Exception) -> Response[bytes]:
    """A fault of ours: a bare problem for the asker, the place in the code for the log."""
    return on_refusal(request, fault(request, exception))


def fault(request: Request[Any, Any, Any], exception: Exception) -> DoorError:
    """Report the fault; answers what it is to the asker: `unavailable` while the database is out of reach or too
    busy, which passes, else `internal_error`."""
    faults.report(exception, request.scope.get("path_template"))
    if isinstance(exception, _OUT_OF_REACH):
        return DoorError("unavailable", retry_after=BACK_IN_S)
    return DoorError("internal_error")


def _translated(exception: HTTPException) -> Refusal | DoorError:
    match exception.status_code:
        case 401:
            return Refusal("not_authenticated")
        case 403:
            return Refusal("not_allowed")
        case 404:
            return DoorError("unknown_address")
        case 405:
            return Refusal("invalid_request", why="method", allow=_allow(exception.headers))
        case 413:
            return Refusal("invalid_request", why="too_large")
        case status if status >= 500:
            return DoorError("unavailable" if status == 503 else "internal_error")
        case status:
            return Refusal("invalid_request", status=status, field="body")


def _allow(headers: Mapping[str, str] | None) -> str:
    return next((value for name, value in (headers or {}).items() if name.lower() == "allow"), "")


EXCEPTION_HANDLERS: dict[int | type[Exception], Any] = {
    Refusal: on_refusal,
    DoorError: on_refusal,
    HTTPException: on_http_exception,
    Exception: on_unexpected,
}

assert set(CODES) <= set(STATUS), "every refusal code needs a status"
