"""What signed in, in short: `Firefox, Windows`, for the list of places where an account is signed in (pure)."""

from __future__ import annotations

import re

LONGEST = 60

# Browsers call themselves by the names of others as well: the one that says most comes first.
_BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser/", "Samsung Internet"), ("YaBrowser/", "Yandex"),
             ("FxiOS/", "Firefox"), ("Firefox/", "Firefox"), ("CriOS/", "Chrome"), ("Chrome/", "Chrome"),
             ("Safari/", "Safari"))
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
            ("CrOS", "ChromeOS"), ("Mac OS X", "macOS"), ("Linux", "Linux"))
_PROGRAM = re.compile(r"[A-Za-z][A-Za-z0-9._-]{0,39}")


def short_name(user_agent: str) -> str | None:
    """Browser and system of a User-Agent header; of a program its own name; None for what says neither."""
    known = [next((name for sign, name in names if sign in user_agent), None) for names in (_BROWSERS, _SYSTEMS)]
    found = [name for name in known if name is not None]
    if found:
        return ", ".join(found)
    program = _PROGRAM.match(user_agent)
    return program.group() if program else None
