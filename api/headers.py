"""The headers every answer carries, added as it leaves: also to errors and to what no route matched.

Pages load only what we serve ourselves; nothing may frame us; addresses hold tickets, so no Referer leaves.
"""

from __future__ import annotations

from typing import Any

from litestar import Litestar
from litestar.routes import HTTPRoute
from litestar.types import Message, Scope

# `data:` images: QR pictures and charts that stand inside a page. `media-src`: the hall's chime.
PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; media-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
# A script that runs as a worker is held to what came with it, not to the page's policy.
SCRIPT_POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'"

CAMERA = "camera=(self), microphone=(), geolocation=(), payment=()"  # Permissions-Policy of the page of the door

_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"x-frame-options", b"DENY"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), payment=()"),
)
_PAGE = (*_ALWAYS, (b"content-security-policy", PAGE_POLICY.encode()))
_SCRIPT = (*_ALWAYS, (b"content-security-policy", SCRIPT_POLICY.encode()))
_DATA = (*_ALWAYS, (b"content-security-policy", DATA_POLICY.encode()))
_STRICT_TRANSPORT = (b"strict-transport-security", b"max-age=31536000")
_NO_STORE = (b"cache-control", b"no-store")


def _methods(scope: Scope) -> bytes:
    """What the address takes: Litestar's answer to OPTIONS names only what the first of its handlers takes."""
    routes = (route for route in Litestar.from_scope(scope).routes if isinstance(route, HTTPRoute))
    methods = next(route.methods for route in routes if route.path_format == scope["path_template"])
    return ", ".join(sorted(methods)).encode()


class Headers:
    """A `before_send` hook. `secure`: residents reach us by https, so browsers may be told to stay there."""

    def __init__(self, *, secure: bool) -> None:
        extra = (_STRICT_TRANSPORT,) if secure else ()
        self._by_kind = {b"text/html": (*_PAGE, *extra), b"text/javascript": (*_SCRIPT, *extra)}
        self._data = (*_DATA, *extra)

    async def __call__(self, message: Message, scope: Scope) -> None:
        """Add what is missing; a route that set a policy or a cache rule of its own keeps it."""
        if message["type"] != "http.response.start":
            return
        own: list[tuple[bytes, bytes]] = list(message["headers"])
        if scope.get("method") == "OPTIONS" and message["status"] == 204:
            own = [header for header in own if header[0] != b"allow"] + [(b"allow", _methods(scope))]
        names = {name for name, _ in own}
        own.extend(header for header in self._for(own) if header[0] not in names)
        if b"cache-control" not in names:
            own.append(_NO_STORE)
        fresh: dict[str, Any] = message  # type: ignore[assignment]
        fresh["headers"] = own

    def _for(self, headers: list[tuple[bytes, bytes]]) -> tuple[tuple[bytes, bytes], ...]:
        media_type = next((value for name, value in headers if name == b"content-type"), b"")
        return self._by_kind.get(media_type.partition(b";")[0], self._data)
