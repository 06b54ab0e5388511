"""What the doors of one process share beside the installation: sessions, limits, ready answers, screens, counts.

Made once for each application and kept in its state.
"""

from __future__ import annotations

from typing import Any

from argon2 import PasswordHasher
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency

from api.addresses import Addresses
from api.assembly import Antre
from api.clients import short_name
from api.hub import Hub
from api.limits import Limiter
from api.observe import Metrics
from api.passwords import HASHER, Passwords
from api.printing import Printers
from api.sessions import Sessions
from api.shelf import Shelf
from api.staff import Asker
from api.watch import Watch
from scheduler.foundation.clock import Clock


class Doorway:
    """`trust_loopback` lets this machine's own clients through the rate limits (the demo); their minutes are those of
    `limits_clock`; `hasher` is that of passwords."""

    def __init__(self, antre: Antre, *, trust_loopback: bool, limits_clock: Clock,
                 hasher: PasswordHasher = HASHER) -> None:
        settings = antre.settings
        self.sessions = Sessions(antre.database)
        self.passwords = Passwords(hasher)
        self.printers = Printers()
        self.addresses = Addresses(settings.trusted_proxies)
        self.limiter = Limiter(antre.database, limits_clock, settings.rate_limit)
        self.trust_loopback = trust_loopback
        self.shelf = Shelf(Watch(antre.database))
        self.hub = Hub(antre.database, antre.offices, antre.clock)
        self.metrics = Metrics()
        self.csrf_key = antre.vault.derive("csrf")[0]
        self.answers_key = antre.vault.derive("answers")[0]
        self.counts_key = antre.vault.derive("counts")[0]

    def close(self) -> None:
        """End what is being watched, and let go of threads."""
        self.hub.close()
        self.passwords.close()
        self.printers.close()


def doorway_of(connection: ASGIConnection[Any, Any, Any, Any]) -> Doorway:
    """The doorway of the application that answers this request.

    Not a dependency: Litestar runs two or more of them in a task group, at some 80 microseconds a request.
    """
    doorway: Doorway = connection.app.state.doorway
    return doorway


def asker_of(connection: ASGIConnection[Any, Any, Any, Any], browser: str | None = None) -> Asker:
    """Who offers a password or a pairing code with this request; `browser` as in `Asker`."""
    doorway = doorway_of(connection)
    return Asker(doorway.addresses.client(connection.scope), doorway.counts_key,
                 short_name(connection.headers.get("user-agent", "")), browser)


FromAntre = NamedDependency[Antre]
