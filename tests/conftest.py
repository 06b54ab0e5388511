"""Fixtures of the whole suite.

`database` runs each test that needs one twice, on SQLite and on PostgreSQL, on a copy of a template that is made
once a session: a file copied, a database copied by the server (some 25 ms). A test that asks for `balikpapan` gets a
copy of the template in which that office is imported and its days are open and released.
"""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from argon2 import PasswordHasher, profiles

import api.schema
from scheduler.foundation.clock import SettableClock, SystemClock
from scheduler.foundation.config import PREFIX, Settings
from scheduler.foundation.database import Database
from scheduler.foundation.privacy import Vault
from scheduler.offices import Office, Offices
from tests import compiled, postgres, scratch, seed
from tests.fakes import FakeGateway, FakeMailer
from ticketing.codes import Mint

if TYPE_CHECKING:  # the doors are heavy to import, and most tests need none
    from litestar import Litestar
    from litestar.testing import TestClient

    from api.assembly import Antre

NOW = datetime(2026, 11, 24, 8, tzinfo=ZoneInfo("Asia/Makassar"))  # a Tuesday, half an hour after opening
CHEAP = PasswordHasher.from_parameters(profiles.CHEAPEST)  # for tests that are not about the hash
SECRET = "a secret for tests only and known to everyone"

Copies = Callable[[str, bool], AbstractContextManager[str]]

_names = (f"test_{n}" for n in itertools.count(1))


def pytest_configure() -> None:
    """Forget settings of the person who runs this: no test may reach an installation of theirs.

    And compile statements once, before the first engine is made.
    """
    for variable in [name for name in os.environ if name.startswith(PREFIX)]:
        del os.environ[variable]
    compiled.share()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """One server for the session (each xdist worker has its own), started when first asked for."""
    with postgres.running() as server:
        yield server


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Callable[[str, bool], str]:
    """Answers the address of a migrated database nobody is connected to, seeded with Balikpapan or not."""
    made: dict[tuple[str, bool], str] = {}
    folder = tmp_path_factory.mktemp("templates")

    def make(kind: str, seeded: bool) -> str:
        name = "seeded" if seeded else "empty"
        if kind == "sqlite":
            url = f"sqlite:///{folder / name}.sqlite3"
        else:
            url = request.getfixturevalue("postgres_server").create(name)
        with closing(Database(url, connections=1, durable=False)) as database:
            api.schema.upgrade(database)
            if seeded:
                seed.balikpapan(database, NOW)
        return url

    def template(kind: str, seeded: bool) -> str:
        if (kind, seeded) not in made:
            made[kind, seeded] = make(kind, seeded)
        return made[kind, seeded]

    return template


@pytest.fixture(scope="session")
def copies(templates: Callable[[str, bool], str], request: pytest.FixtureRequest) -> Iterator[Copies]:
    """`with copies(kind, seeded) as url`: a copy of a template as long as the block runs."""

    @contextmanager
    def copy(kind: str, seeded: bool) -> Iterator[str]:
        template = templates(kind, seeded)
        if kind == "sqlite":
            with TemporaryDirectory(dir=place) as folder:
                file = shutil.copyfile(template.removeprefix("sqlite:///"), Path(folder) / "antre.sqlite3")
                yield f"sqlite:///{file}"
            return
        server, name = request.getfixturevalue("postgres_server"), next(_names)
        yield server.create(name, "seeded" if seeded else "empty")
        server.drop(name)

    with scratch.folder() as place:
        yield copy


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, copies: Copies) -> Iterator[str]:
    """The address of a fresh migrated database; ask for one kind with `parametrize(..., indirect=True)`."""
    with copies(request.param, "balikpapan" in request.fixturenames) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A fresh migrated database, on SQLite and on PostgreSQL; not durable, for speed."""
    with closing(Database(database_url, connections=4, durable=False)) as database:
        yield database


@pytest.fixture
def clock() -> SettableClock:
    """Stands still at `NOW` until a test puts it forward."""
    return SettableClock(NOW)


@pytest.fixture(scope="session")
def vault() -> Vault:
    """Seals with a secret of the tests."""
    return Vault([SECRET])


@pytest.fixture
def offices() -> Offices:
    """A registry that has read nothing yet."""
    return Offices()


@pytest.fixture
def mint(vault: Vault) -> Mint:
    """Makes codes and tokens under the vault's keys."""
    return Mint(vault.derive("ticket"))


@pytest.fixture
def balikpapan(database: Database, offices: Offices) -> Office:
    """The example office as imported, with its days open and released at `NOW`."""
    with database.read() as connection:
        return offices.get(connection, "balikpapan")


@pytest.fixture
def settings(database_url: str) -> Settings:
    """Settings of an installation under test, limits off."""
    return Settings(
        database_url=database_url,
        secret_key=SECRET,
        public_url="https://antre.test",
        hook_secret="hook-secret-of-tests",
        rate_limit=0,
        test_people=True,
        database_connections=4,
    )


@pytest.fixture
def gateway() -> FakeGateway:
    """Takes every message, sends none, keeps all."""
    return FakeGateway()


@pytest.fixture
def mailer() -> FakeMailer | None:
    """Nobody carries e-mail, as most installations begin; a test file that is about it has its own."""
    return None


@pytest.fixture
def antre(settings: Settings, clock: SettableClock, gateway: FakeGateway, mailer: FakeMailer | None,
          balikpapan: Office) -> Iterator[Antre]:
    """The assembled system around Balikpapan; its jobs run only when told to."""
    from api.installation import install

    antre = install(settings, clock=clock, gateway=gateway, mailer=mailer)
    yield antre
    antre.close()


@pytest.fixture(scope="session")
def application() -> Callable[[Antre], Litestar]:
    """The application with that installation behind it. Its routes are read once: that takes longer than most tests."""
    from api.app import create_app, put_behind
    from api.doorway import Doorway

    made: dict[bool, Litestar] = {}

    def application(antre: Antre) -> Litestar:
        app = made.get(antre.settings.secure)
        if app is None:
            app = made[antre.settings.secure] = create_app(antre, hasher=CHEAP)
        else:
            put_behind(app, antre, Doorway(antre, trust_loopback=False, limits_clock=SystemClock(), hasher=CHEAP))
        return app

    return application


@pytest.fixture
def client(antre: Antre, application: Callable[[Antre], Litestar]) -> Iterator[TestClient[Litestar]]:
    """Speaks HTTP with the application in this process."""
    from litestar.testing import TestClient

    with TestClient(application(antre), base_url=antre.settings.public_url) as client:
        yield client
