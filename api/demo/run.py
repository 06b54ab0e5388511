"""From the command line to a running demo, and to its clean end."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from litestar import Litestar

from api import logs
from api.app import create_app
from api.commands.ground import announce
from api.demo import forms, office, page, routes, simulator
from api.demo.banner import show
from api.demo.clerks import Clerks
from api.demo.demo import Account, Demo
from api.demo.handset import Handset
from api.demo.moment import read_moment
from api.demo.place import ACCOUNTS, INVENTED, Place, Secrets, State
from api.demo.residents import Residents
from api.demo.standin import Hooks, StandIn
from api.demo.standin import router as vendor
from api.demo.visitor import Doors
from api.installation import install
from api.serving import check_free, listening
from scheduler import jobs
from scheduler.foundation import config
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.config import Settings
from scheduler.foundation.database import Database
from scheduler.keeper import Keeper

HOST = "127.0.0.1"
PASSED_ON = ("ANTRE_RATE_LIMIT",)  # of the environment, what the demo heeds
VENDOR_PATH, VENDOR_USER = "/demo/africastalking", "demo"
HOOKS_PATH = "/hooks/africastalking/"
EVERY_S = 0.5  # real seconds between looks at what the residents want to do


def play(port: int, directory: Path, at: str | None, speed: float, residents: int) -> None:
    """Run the demo until SIGTERM or SIGINT. Raises Failure for what stands in its way."""
    check_free(HOST, port)
    place = Place(directory)
    try:
        secrets = place.secrets()
        settings = _settings(place, secrets, f"http://{HOST}:{port}")
        logs.configure(settings.log_level)
        clock = SettableClock(_begin(place, settings, at), speed)
        with _assembled(place, settings, secrets, clock, residents) as demo:
            asyncio.run(_serve(demo, place, port))
    finally:
        place.close()


def _settings(place: Place, secrets: Secrets, url: str) -> Settings:
    """The settings of an installation whose vendor is the stand-in. Raises SettingsError for what is passed on."""
    return config.load({
        "ANTRE_LOG_LEVEL": "WARNING",
        **{name: os.environ[name] for name in PASSED_ON if os.environ.get(name)},
        "ANTRE_DATABASE_URL": f"sqlite:///{place.database}",
        "ANTRE_SECRET_KEY": secrets.secret_key,
        "ANTRE_HOOK_SECRET": secrets.hook_secret,
        "ANTRE_PUBLIC_URL": url,
        "ANTRE_SMS_GATEWAY": "africastalking",
        "ANTRE_AFRICASTALKING_USERNAME": VENDOR_USER,
        "ANTRE_AFRICASTALKING_API_KEY": secrets.api_key,
        "ANTRE_AFRICASTALKING_URL": f"{url}{VENDOR_PATH}",
        "ANTRE_TEST_PEOPLE": "yes",
    })


def _begin(place: Place, settings: Settings, at: str | None) -> datetime:
    """Where the clock begins: at the moment asked for, else now; never before what an existing demo has seen.

    A moment before that begins a new demo, and the old one is kept under another name.
    """
    now = datetime.now(UTC)
    wanted = read_moment(at, office.zone(), now) if at is not None else None
    database = Database(settings.database_url, connections=1)
    try:
        seen = (office.prepare(database), place.read_state().now)
    finally:
        database.close()
    reached = max((moment for moment in seen if moment is not None), default=None)
    if reached is None or (wanted or now) >= reached:
        return wanted or now
    if wanted is None:
        return reached
    aside = place.set_aside(reached)
    announce(f"The demo in {place.directory} had got past {at}: it is kept as {aside.name}, and a new one begins.")
    return wanted


@contextmanager
def _assembled(
    place: Place, settings: Settings, secrets: Secrets, clock: SettableClock, residents: int
) -> Iterator[Demo]:
    """The demo with its office seeded, its days open, and what residents had in mind the last time."""
    antre = install(settings, clock=clock)
    try:
        file = office.example()
        office.prepare(antre.database)
        office.seed(antre.database, file, secrets.passwords, clock.now())
        jobs.open_days(antre.database, antre.offices, clock.now(), key=antre.opening_key)
        jobs.keep_capacity(antre.database, antre.offices, clock.now(), Keeper(antre.opening_key))
        accounts = tuple(Account(*known, secrets.passwords[key]) for key, known in ACCOUNTS.items())
        doors = Doors(settings.public_url, file.slug, INVENTED, secrets.passwords[INVENTED])
        chance = random.Random()  # noqa: S311 - who comes is no secret
        agenda = place.read_state().agenda
        players = Residents(doors, office.zone(), residents, agenda, chance) if residents else None
        hooks = Hooks(**hook_addresses(settings))
        sender = file.sms_number or "ANTRE"
        standin = StandIn(clock, hooks, username=VENDOR_USER, api_key=secrets.api_key, sender=sender)
        clerks = Clerks(doors, partial(office.taken_counters, antre.database), chance) if residents else None
        yield Demo(antre, clock, file.slug, accounts, standin, Handset(standin, hooks), players, clerks)
        place.write_state(State(clock.now(), agenda))
    finally:
        antre.close()


async def _serve(demo: Demo, place: Place, port: int) -> None:
    """Answer until told to stop. What asks this process over HTTP ends first, while it still answers."""
    doors = [module.router(demo) for module in (routes, page, forms, simulator)]
    also = [*doors, vendor(demo.standin, VENDOR_PATH)]
    unlimited = demo.antre.settings.rate_limit is None
    app = create_app(demo.antre, also=also, jobs=True, trust_loopback=unlimited)
    demo.handset.open_hooks = _open_hooks(app)
    async with listening(app, HOST, port) as stopped:
        if not stopped.is_set():
            place.write_access(access(demo))
            show(demo, place.directory)
        while not stopped.is_set():
            await demo.in_thread(demo.play)
            await _wait(stopped)
        await demo.in_thread(demo.antre.timetable.stop)
        await demo.in_thread(demo.standin.close)


def _open_hooks(app: Litestar) -> frozenset[str]:
    """The names of the vendor's hooks that the application has."""
    return frozenset(route.path.rpartition("/")[2] for route in app.routes if route.path.startswith(HOOKS_PATH))


async def _wait(stopped: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(stopped.wait(), EVERY_S)
    except TimeoutError:
        return


def hook_addresses(settings: Settings) -> dict[str, str]:
    """Where the vendor calls, by the hook's name."""
    base = f"{settings.public_url}{HOOKS_PATH}{settings.hook_secret}"
    return {name: f"{base}/{name}" for name in ("sms", "delivery", "ussd")}


def access(demo: Demo) -> dict[str, object]:
    """What `access.json` says: the addresses, and who may sign in."""
    settings = demo.antre.settings
    return {
        "url": settings.public_url,
        "phone_simulator": f"{settings.public_url}/demo/phones",
        "hooks": hook_addresses(settings),
        "staff": [{"role": a.role, "username": a.username, "password": a.password} for a in demo.accounts],
        "office": demo.office_slug,
    }
