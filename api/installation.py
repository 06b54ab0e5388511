"""An installation with all that its doors do for its jobs: what every process begins with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from api.assembly import Antre, build
from api.phone import forgetting, inbound
from notifications.gateways.base import Gateway, Heard, Mailer
from scheduler.foundation.clock import Clock
from scheduler.foundation.config import Settings
from ticketing import notes


def install(settings: Settings, *, clock: Clock | None = None, gateway: Gateway | None = None,
            mailer: Mailer | None = None) -> Antre:
    """As `assembly.build`, which raises the same."""
    return build(settings, clock=clock, gateway=gateway, mailer=mailer, hear=_hear,
                 sweepers=[forgetting.forget, notes.forget])


def _hear(connection: Connection, antre: Antre, carrier: str, one: Heard, now: datetime) -> None:
    inbound.hear(connection, antre, inbound.sms_of(carrier, one), now)
