"""The one place that puts the pieces together: settings in, a working installation out.

Everything else is handed what it needs; fakes slot in here without patching.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from api import upkeep
from api.mailing import Composer
from notifications import collecting, letters, reached, reminders, spending
from notifications.carriers import Carriers
from notifications.delivery import Courier
from notifications.gateways import make_gateways, make_mailer
from notifications.gateways.base import Gateway, Heard, Mailer
from notifications.gateways.http import HttpGateway
from notifications.gateways.template import Template
from notifications.outbox import erase_addresses, erase_waiting
from scheduler import offers, rebooking
from scheduler.foundation.clock import Clock, SystemClock
from scheduler.foundation.config import Settings
from scheduler.foundation.database import Database
from scheduler.foundation.errors import SettingsError
from scheduler.foundation.privacy import Vault
from scheduler.jobs import job_ticks
from scheduler.offices import Office, Offices
from scheduler.timetable import Tick, Timetable
from ticketing import desks, nonces, qr, soon, survey
from ticketing.codes import TOKEN_LENGTH, Mint


@dataclass(frozen=True)
class Antre:
    """One process's installation: what doors and jobs are handed."""

    settings: Settings
    clock: Clock
    database: Database
    vault: Vault
    offices: Offices
    mint: Mint
    courier: Courier
    timetable: Timetable
    template: Template | None = None  # of the carrier that a file describes: it says what its calls to us mean
    mails: bool = False  # whether e-mail can be sent: then an address is asked for, kept and written to

    @property
    def opening_key(self) -> bytes:
        """Draws the moments at which places open: see `scheduler.portions`."""
        return _opening_key(self.vault)

    def close(self) -> None:
        """Stop the jobs, finish what is being written, close every connection."""
        self.timetable.stop()
        self.courier.close()
        self.database.close()


# Works, within the transaction, on a message to us that the carrier of that name kept.
HearFor = Callable[[Connection, Antre, str, Heard, datetime], None]


def build(
    settings: Settings, *, clock: Clock | None = None, gateway: Gateway | None = None, mailer: Mailer | None = None,
    hear: HearFor | None = None, sweepers: Sequence[upkeep.Sweeper] = (),
) -> Antre:
    """Put an installation together; the timetable is made but not started.

    `gateway` and `mailer` stand in for those of the settings. `hear` works on what phones send to carriers that must
    be asked; without it that stays with them. `sweepers` forget what doors kept.

    Doors are handed an installation, so what they do for its jobs is handed in: see `installation.py`.
    Raises SettingsError when the public address does not fit into a ticket's QR code.
    """
    clock = clock or SystemClock()
    _tickets_must_fit(settings)
    database = Database(settings.database_url, connections=settings.database_connections)
    vault = Vault(settings.secrets)
    offices = Offices()
    gateways = [gateway] if gateway is not None else make_gateways(settings)
    mailer = mailer or make_mailer(settings)
    mails = mailer is not None
    courier = Courier(database, vault, Carriers(gateways, mailer), clock, offices,
                      letters=Composer(settings.public_url, vault, offices, clock).compose)

    def heard(connection: Connection, carrier: str, one: Heard, now: datetime) -> None:
        assert hear is not None
        hear(connection, antre, carrier, one, now)

    def invite(connection: Connection, office: Office, visit_id: int, now: datetime) -> str | None:
        token = survey.invite(connection, office, visit_id, now)
        return None if token is None else f"{settings.public_url}/s/{token}"

    mint, tried = Mint(vault.derive("ticket")), rebooking.Tried()
    ticks = [
        # Before the rest: whom nothing was found for must not be taken for absent, nor what is free be offered first.
        Tick("closures", timedelta(seconds=15), lambda now: rebooking.place_all(database, offices, mint, now, tried),
             nudged=True),
        *job_ticks(database, offices, key=_opening_key(vault), erasers=[erase_addresses],
                   waiting_erasers=[erase_waiting]),
        # A counter that fell silent first gives its person back, so that the line is as it is to be.
        Tick("counters", timedelta(seconds=15), lambda now: desks.free_silent(database, offices, now)),
        Tick("soon", timedelta(seconds=30), lambda now: soon.note_all(database, offices, now)),
        Tick("offers", timedelta(seconds=15), lambda now: offers.tend(database, offices, now, reached.untold),
             nudged=True),
        Tick("reminders", timedelta(minutes=1),
             lambda now: reminders.prepare_all(database, offices, vault, now, mails=mails)),
        Tick("letters", timedelta(seconds=0.5),
             lambda now: letters.write_all(database, offices, vault, now, mails=mails, invite=invite), nudged=True),
        *(Tick(f"modem {carrier.name}", timedelta(seconds=2),
               partial(collecting.collect, database, vault, carrier, heard if hear else None))
          for carrier in collecting.polled(gateways)),
        Tick("limits", timedelta(minutes=1), lambda now: spending.release_all(database, offices, now)),
        Tick("delivery", timedelta(seconds=0.5), lambda _now: courier.deliver(), nudged=True),
        Tick("doors", timedelta(minutes=15), lambda now: upkeep.sweep_all(database, now, sweepers)),
        Tick("scans", timedelta(hours=1), lambda now: nonces.forget_all(database, now)),
        Tick("survey", timedelta(hours=6), lambda now: survey.forget_all(database, now)),
    ]
    antre = Antre(
        settings=settings, clock=clock, database=database, vault=vault, offices=offices,
        mint=mint, courier=courier,
        timetable=Timetable(database, clock, ticks), mails=mails,
        template=next((one.template for one in gateways if isinstance(one, HttpGateway)), None),
    )
    return antre


def _opening_key(vault: Vault) -> bytes:
    return vault.derive("portions")[0]


def _tickets_must_fit(settings: Settings) -> None:
    try:
        qr.modules(f"{settings.public_url}/t/{'0' * TOKEN_LENGTH}")
    except ValueError:
        raise SettingsError(
            f"ANTRE_PUBLIC_URL is {settings.public_url}: a ticket's QR code holds a shorter address of "
            "letters, digits, dots and hyphens."
        ) from None
