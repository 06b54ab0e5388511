"""Browsers that an account of staff signed in from before.

A lock on the name alone would let anybody keep a clerk out by guessing wrong. So a browser that signed in once keeps a
cookie that says so, and its attempts are counted by themselves; those of all other browsers are counted together
(OWASP, "Slow Down Online Guessing Attacks with Device Cookies"). The cookie lets nobody in: it only names a count.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Any

from litestar import Request
from litestar.datastructures import Cookie

from api.doorway import doorway_of
from api.staff import as_kept
from api.web.render import cookie

LASTS = timedelta(days=90)

Asker = Request[Any, Any, Any]


def known(request: Asker, username: str) -> str | None:
    """What the browser is counted as, if that account signed in from it before; else None."""
    name, _, seal = request.cookies.get(_cookie(username), "").partition(".")
    return name if hmac.compare_digest(seal.encode(), _seal(request, username, name).encode()) else None


def remember(request: Asker, username: str) -> Cookie:
    """The cookie of a browser that account has just signed in from; each account of a shared computer has its own."""
    name = known(request, username) or secrets.token_urlsafe(12)
    value = f"{name}.{_seal(request, username, name)}"
    return cookie(request, _cookie(username), value, int(LASTS.total_seconds()))


def _cookie(username: str) -> str:
    return f"antre_known_{hashlib.sha256(as_kept(username).encode()).hexdigest()[:12]}"


def _seal(request: Asker, username: str, name: str) -> str:
    text = f"browser {as_kept(username)} {name}".encode()
    return hmac.digest(doorway_of(request).counts_key, text, hashlib.sha256).hex()
