"""The style sheet, scripts and pictures of the pages: addressed by their content, so that browsers keep them."""

from __future__ import annotations

import hashlib
from importlib.resources import files

from litestar import get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath
from litestar.response import Response

KINDS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}


def _read() -> dict[str, tuple[str, bytes]]:
    found = {}
    for entry in files("api.web").joinpath("static").iterdir():
        stem, _, kind = entry.name.rpartition(".")
        if kind in KINDS:
            body = entry.read_bytes()
            mark = hashlib.sha256(body).hexdigest()[:12]
            found[entry.name] = (f"{stem}-{mark}.{kind}", body)
    return found


_ASSETS = _read()
_BODIES = dict(_ASSETS.values())


def address(name: str) -> str:
    """The address of the file `name` of static/; it changes with the content. Raises KeyError."""
    return f"/static/{_ASSETS[name][0]}"


@get("/static/{name:str}", include_in_schema=False, sync_to_thread=False)
def static(name: FromPath[str]) -> Response[bytes]:
    """One file, for a year: another content has another address."""
    body = _BODIES.get(name)
    if body is None:
        raise NotFoundException
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return Response(body, media_type=KINDS[name.rpartition(".")[2]], headers=headers)
