"""The service worker of the door's page, which lets it open while the network is down.

It stands at the top of the site, as a worker may only serve what lies below its own address. It begins with the
addresses of the files it keeps; they change with their content, so a browser that looks whether there is a newer worker
finds one whenever any of them has changed.
"""

from __future__ import annotations

import json
from typing import Any

from litestar import Request, get
from litestar.response import Response

from api.web import assets

# What the door's page is made of, also what it asks for only when it is needed.
FILES = ("antre.css", "offline.css", "camera.css", "antre.svg", "icon-192.png", "door.js", "door-online.js",
         "camera.js", "reader.js", "vendor/qr.js", "offline-tickets.js", "offline-judge.js", "offline-words.js",
         "offline-store.js", "offline.js")
HEADERS = {
    "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; connect-src 'self'; script-src 'self'",  # it holds for the worker
}


@get("/door-worker.js", include_in_schema=False, sync_to_thread=False)
def door_worker(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The worker; it says nothing about anybody, so anybody may read it."""
    kept = json.dumps([assets.address(name) for name in FILES])
    body = f"const ASSETS = {kept};\n{assets.text('offline-worker.js')}".encode()
    return assets.packed(request, body, "text/javascript", HEADERS)
