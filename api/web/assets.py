"""The style sheets, scripts, pictures and sounds of the pages: addressed by their content, so that browsers keep them.

They go packed to who takes that (RFC 9110, 12.5.3): the style sheet is then a quarter of its size, and it is what a
slow phone waits for.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from litestar import Request, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Response

SMALL = 500  # bytes that one packet carries anyhow
KINDS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "json": "application/json",
         "png": "image/png", "mp3": "audio/mpeg"}
PACKED = frozenset({"audio/mpeg", "image/png"})  # by their own nature


def _within(folder: Traversable, path: str = "") -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _within(entry, f"{path}{entry.name}/")
        else:
            yield path + entry.name, entry


def _read() -> dict[str, tuple[str, bytes]]:
    found = {}
    for name, entry in _within(files("api.web").joinpath("static")):
        stem, _, kind = entry.name.rpartition(".")
        if kind in KINDS:
            body = entry.read_bytes()
            mark = hashlib.sha256(body).hexdigest()[:12]
            found[name] = (f"{stem}-{mark}.{kind}", body)
    return found


_ASSETS = _read()
_BODIES = dict(_ASSETS.values())


def address(name: str) -> str:
    """The address of the file `name` of static/ (`vendor/qr.js`); it changes with the content. Raises KeyError."""
    return f"/static/{_ASSETS[name][0]}"


def text(name: str) -> str:
    """What the file `name` of static/ says. Raises KeyError."""
    return _ASSETS[name][1].decode()


@get("/static/{name:str}", include_in_schema=False, sync_to_thread=False, opt={"limit": "screen"})
def static(name: FromPath[str], request: Request[Any, Any, Any]) -> Response[bytes]:
    """One file, for a year: another content has another address."""
    body = _BODIES.get(name)
    if body is None:
        raise NotFoundException
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return packed(request, body, KINDS[name.rpartition(".")[2]], headers)


def packed(request: Request[Any, Any, Any], body: bytes, media_type: str, headers: dict[str, str]) -> Response[bytes]:
    """A file of ours, packed if the asker takes that and it pays. Not for pages: they may hold secrets."""
    headers = headers | {"Vary": "Accept-Encoding"}
    if len(body) > SMALL and media_type not in PACKED and takes_gzip(request):
        return Response(_pack(body), media_type=media_type, headers=headers | {"Content-Encoding": "gzip"})
    return Response(body, media_type=media_type, headers=headers)


def takes_gzip(request: Request[Any, Any, Any]) -> bool:
    """Whether the asker unpacks gzip."""
    wishes = [wish.replace(" ", "").lower() for wish in request.headers.get("accept-encoding", "").split(",")]
    return any(wish == "gzip" or (wish.startswith("gzip;q=") and wish[7:].strip("0.") != "") for wish in wishes)


@cache
def _pack(body: bytes) -> bytes:
    return gzip.compress(body, 9, mtime=0)
