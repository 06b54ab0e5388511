"""What makes the page of the door a program of its own on a phone or computer: its name, its pictures, where it begins.

W3C, Web Application Manifest. Browsers fetch it without cookies, so it is open to all and in the language they ask for.
"""

from __future__ import annotations

import json
from typing import Any

from litestar import Request, get
from litestar.response import Response

from api.web.assets import address
from api.web.render import WORDS, language

# Pixels of a side, file, and whether a system may cut it to a shape of its own.
_ICONS = ((192, "icon-192.png", "any"), (512, "icon-512.png", "any"), (512, "icon-maskable-512.png", "maskable"))


@get("/scan/app.webmanifest", include_in_schema=False, sync_to_thread=False)
def manifest(request: Request[Any, Any, Any]) -> Response[str]:
    """The page of the door as a program to install."""
    lang = language(request)
    words = WORDS[lang]["camera"]
    described = {
        "id": "/scan", "start_url": "/scan", "scope": "/", "display": "standalone", "lang": lang, "dir": "ltr",
        "name": words["app_name"], "short_name": words["app_short"], "description": words["app_about"],
        "theme_color": "#0b5260", "background_color": "#ffffff",
        "icons": [{"src": address(name), "sizes": f"{side}x{side}", "type": "image/png", "purpose": purpose}
                  for side, name, purpose in _ICONS],
    }
    return Response(json.dumps(described), media_type="application/manifest+json",
                    headers={"Cache-Control": "no-cache", "Vary": "Accept-Language"})
