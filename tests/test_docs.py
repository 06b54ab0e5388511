"""What the documents and `deploy/` list is what there is: settings, commands, problem codes, journal kinds, links."""

from __future__ import annotations

import re
import tomllib
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from api.cli import COMMANDS
from api.errors import STATUS
from scheduler.foundation.config import PREFIX, Settings, load
from scheduler.foundation.errors import CODES
from scheduler.foundation.journal import KINDS

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])
DEPLOY = sorted((ROOT / "deploy").iterdir())
NEEDED = {"secret_key", "public_url", "hook_secret"}


def table(page: Path) -> dict[str, list[str]]:
    """The rows of a page's tables that begin with `code`: that code, and the other cells."""
    lines = page.read_text(encoding="utf-8").splitlines()
    rows = [line.strip("|").split("|") for line in lines if line.startswith("| `")]
    return {cells[0].strip().strip("`"): [cell.strip() for cell in cells[1:]] for cells in rows}


def test_every_setting_is_listed_with_its_default_and_meaning() -> None:
    expected = {}
    for one in fields(Settings):
        assert one.default is not MISSING
        shown = {"": "none", (): "none", None: "none", False: "no"}.get(one.default, str(one.default))
        default = "needed" if one.name in NEEDED else shown if shown == "none" else f"`{shown}`"
        secret = "yes" if one.metadata["secret"] else ""
        expected[PREFIX + one.name.upper()] = [default, secret, one.metadata["meaning"]]
    assert table(DOCS / "settings.md") == expected


@pytest.mark.parametrize("page", [*PAGES, *DEPLOY], ids=lambda page: page.name)
def test_no_page_names_a_setting_that_is_none(page: Path) -> None:
    known = {PREFIX + one.name.upper() for one in fields(Settings)}
    known |= {f"{PREFIX}{one.name.upper()}_FILE" for one in fields(Settings) if one.metadata["secret"]}
    assert set(re.findall(r"\bANTRE_[A-Z_]*[A-Z]", page.read_text(encoding="utf-8"))) <= known


def test_the_settings_to_copy_start_an_installation(tmp_path: Path) -> None:
    text = (ROOT / "deploy" / "antre.env").read_text(encoding="utf-8").replace("/etc/antre", str(tmp_path))
    for name in ("secret_key", "hook_secret"):
        (tmp_path / name).write_text("a" * 48)
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    settings = load(dict(line.split("=", 1) for line in lines))
    assert settings.secure
    assert not settings.test_people


@pytest.mark.parametrize("unit", [path for path in DEPLOY if path.suffix == ".service"], ids=lambda unit: unit.name)
def test_a_unit_runs_commands_that_are_there(unit: Path) -> None:
    run = re.findall(r"^ExecStart=.*/bin/antre ([a-z]+)", unit.read_text(encoding="utf-8"), re.MULTILINE)
    assert run
    assert set(run) <= set(COMMANDS)


def test_every_problem_code_is_listed_with_its_status() -> None:
    rows = table(DOCS / "errors.md")
    listed = {code: int(cells[0]) for code, cells in rows.items() if cells[0].isdecimal()}
    assert listed == STATUS
    assert {code: rows[code][1] for code in CODES} == CODES


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_problem_code_has_words(language: str) -> None:
    words = tomllib.loads((ROOT / "api" / "words" / f"problems.{language}.toml").read_text(encoding="utf-8"))
    assert {code for code, value in words.items() if isinstance(value, dict)} == set(STATUS)


def test_every_kind_of_journal_entry_is_listed() -> None:
    listed = {kind: (cells[0] == "yes", cells[-1]) for kind, cells in table(DOCS / "journal.md").items()}
    assert listed == {kind: (one.told, one.meaning) for kind, one in KINDS.items()}


def written() -> str:
    return "\n".join(page.read_text(encoding="utf-8") for page in PAGES)


def test_every_command_is_written_about_and_none_that_is_not_there() -> None:
    assert set(re.findall(r"\bantre ([a-z]+)(?=[ `\n])", code(written()))) == set(COMMANDS)


def test_every_make_target_is_written_about_and_none_that_is_not_there() -> None:
    targets = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)(?=[ `\n])", code(written()))) == targets


def code(text: str) -> str:
    """What stands in code spans and blocks: the rest is prose, where `make` is a verb."""
    blocks = re.findall(r"^```.*?^```", text, re.DOTALL | re.MULTILINE)
    spans = re.findall(r"`[^`\n]+`", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))
    return "\n".join([*blocks, *spans])


def test_every_file_the_map_names_beside_another_is_there() -> None:
    cells = re.findall(r"^\|.*\| (`.*`.*) \|$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    for cell in cells:
        folder = ROOT
        for name in re.findall(r"`([\w./]+(?:\.\w+|/))`", cell):
            folder = (ROOT / name).parent if "/" in name else folder
            assert (folder / Path(name).name).exists(), name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    inside = [link for link in links if not re.match(r"[a-z]+:", link)]
    assert [link for link in inside if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_a_page_names_is_there(page: Path) -> None:
    named = re.findall(r"`((?:api|bench|deploy|docs|notifications|scheduler|tests|ticketing)/[\w./-]+)`",
                       page.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).exists()] == []
