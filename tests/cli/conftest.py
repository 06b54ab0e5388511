"""Settings of an installation as its environment would have them."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

import pytest

from tests import postgres
from tests.conftest import SECRET

Environment = dict[str, str]


@pytest.fixture
def installed(database_url: str) -> Environment:
    """An installation over a fresh, migrated database."""
    return {"DATABASE_URL": database_url, "SECRET_KEY": SECRET, "HOOK_SECRET": "hook-secret-of-tests",
            "PUBLIC_URL": "https://antre.test", "TEST_PEOPLE": "yes"}


@pytest.fixture
def postgresql_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's own programs on the PATH, of the version the tests' server has."""
    found = importlib.util.find_spec(postgres.WHEEL)
    assert found is not None
    assert found.submodule_search_locations is not None
    programs = Path(next(iter(found.submodule_search_locations))) / postgres.FOLDER / "bin"
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
