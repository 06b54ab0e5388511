"""The house keeps its order: import contracts, charters that are true, files of a size, one clock, no addresses."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("api", "notifications", "scheduler", "ticketing")
LONGEST = 310  # "some 300 lines"; a version of the schema is as long as the schema
SOURCES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")) if "versions" not in path.parts]


def test_the_import_contracts_hold() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter, "--no-logo"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_whoever_says_that_it_is_pure_is_held_to_it() -> None:
    """A file whose own sentence ends in `(pure)` is in the contract, or its folder is."""
    linter = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    held = next(one for one in linter["contracts"] if one["name"].startswith("Rules and pictures"))["source_modules"]
    files = {path: ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or "" for path in SOURCES}
    pure = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path, text in files.items()
            if path.name != "__init__.py" and "(pure)" in text.partition("\n\n")[0]}
    assert {name for name in pure if not any(name == one or name.startswith(f"{one}.") for one in held)} == set()


def charter(package: str) -> str:
    return import_module(package).__doc__ or ""


@pytest.mark.parametrize("room", ROOMS)
def test_each_room_opens_with_its_charter(room: str) -> None:
    text = charter(room)
    assert "What lives here" in text
    assert "What may be imported" in text


@pytest.mark.parametrize("room", ROOMS)
def test_a_charter_names_every_folder_and_none_that_is_not_there(room: str) -> None:
    named = set(re.findall(r"\b\w+/", charter(room).split("What may be imported")[0]))
    assert named == {f"{path.name}/" for path in (ROOT / room).iterdir() if path.is_dir() and path.name[0] not in "._"}


@pytest.mark.parametrize("package", [*ROOMS, "api.rest", "api.web", "api.phone", "api.phone.grammar", "api.demo"])
def test_a_charter_names_every_file_and_none_that_is_not_there(package: str) -> None:
    named = re.findall(r"\b\w+\.py", charter(package).split("What may be imported")[0])
    assert set(named) == {path.name for path in ROOT.joinpath(*package.split(".")).glob("*.py")} - {"__init__.py"}
    assert len(named) == len(set(named)), "named twice"


def test_a_file_says_what_it_is_and_is_not_too_long() -> None:
    texts = {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in SOURCES}
    assert [name for name, text in texts.items() if not ast.get_docstring(ast.parse(text))] == []
    assert [name for name, text in texts.items() if text.count("\n") > LONGEST] == []


def calls(path: Path) -> Iterator[str]:
    """What a file calls, as `name.attribute`."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            value = node.func.value
            name = value.id if isinstance(value, ast.Name) else value.attr if isinstance(value, ast.Attribute) else ""
            yield f"{name}.{node.func.attr}"


# Real time where office time would be wrong: how long ago a tick ran, when a demo begins.
REAL_TIME = {"scheduler/foundation/clock.py", "scheduler/timetable.py", "api/demo/run.py"}


def test_there_is_one_clock() -> None:
    forbidden = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "func.now"}
    asking = {str(path.relative_to(ROOT)) for path in SOURCES if forbidden & set(calls(path))}
    assert asking <= REAL_TIME
    assert [path for path in SOURCES if "CURRENT_TIMESTAMP" in path.read_text(encoding="utf-8")] == []


def test_what_rows_keep_is_read_by_readers_made_while_modules_load() -> None:
    """Elsewhere msgspec would look at a class when the first thread needs it: see scheduler/foundation/kept.py."""
    converting = {str(path.relative_to(ROOT)) for path in SOURCES if "msgspec.convert" in path.read_text("utf-8")}
    assert converting == {"scheduler/foundation/kept.py"}
    inside = [path for path in SOURCES for one in ast.walk(ast.parse(path.read_text("utf-8")))
              if isinstance(one, ast.FunctionDef) and any(
                  isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "reader"
                  for call in ast.walk(one))]
    assert inside == []


def test_rooms_never_commit() -> None:
    forbidden = {"connection.commit", "connection.rollback", "connection.begin", "engine.begin", "engine.connect"}
    rooms = [path for path in SOURCES if path.relative_to(ROOT).parts[0] != "api"]
    committing = {str(path.relative_to(ROOT)) for path in rooms if forbidden & set(calls(path))}
    theirs = {"notifications/gateways/gammu.py"}  # a carrier's own database: to commit there is to send
    assert committing == {"scheduler/foundation/database.py"} | theirs


def committed() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [path for name in filter(None, listed.stdout.split("\0")) if (path := ROOT / name).is_file()]


def text_files() -> Iterator[Path]:
    """What is committed, as far as it is text."""
    return (path for path in committed() if b"\0" not in path.read_bytes()[:4096])


def test_what_is_not_code_is_delivered_too() -> None:
    """Checkouts find every file beside the code; an installed wheel has only what the packaging lists."""
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    kinds = set(listed["tool"]["setuptools"]["package-data"]["*"])
    beside = {path for path in committed() if path.relative_to(ROOT).parts[0] in ROOMS and path.suffix != ".py"}
    assert {f"*{path.suffix}" for path in beside} == kinds


def test_no_file_names_a_registry_or_somebodys_machine() -> None:
    parts = ("pypi" r"\.org", "python" "hosted", "npm" r"js\.(org|com)", "/work" "/", "/home" r"/\w+/")
    forbidden = re.compile("|".join(parts))
    assert [path for path in text_files() if forbidden.search(path.read_text(encoding="utf-8"))] == []


def test_every_dependency_is_locked_by_hash_and_the_tests_run_on_what_is_delivered() -> None:
    run, dev = (locked(ROOT / "requirements" / f"{kind}.txt") for kind in ("run", "dev"))
    assert all(hashes for hashes in [*run.values(), *dev.values()])
    assert run.items() <= dev.items()


def locked(path: Path) -> dict[str, frozenset[str]]:
    """Requirement -> hashes of a requirements file."""
    entries = re.split(r"\n(?=\S)", path.read_text(encoding="utf-8").strip())
    hashes = re.compile(r"--hash=(sha256:[0-9a-f]{64})")
    return {entry.split("\\")[0].strip(): frozenset(hashes.findall(entry)) for entry in entries}
