"""What the demo says when it is up."""

from __future__ import annotations

from pathlib import Path

from rich.markup import escape
from rich.table import Table

from api.commands.ground import screen
from api.demo.demo import Demo

_PAGES = (("book a time", "/"), ("clock, phones, everything", "/demo"), ("the door", "/scan"),
          ("the counter", "/counter"), ("the hall's screen", "/board/{office}"), ("the manager's day", "/manage"),
          ("the API", "/schema"))


def show(demo: Demo, directory: Path) -> None:
    """Print where everything is and who may sign in."""
    url, now, speed = demo.antre.settings.public_url, demo.now(), demo.clock.speed
    pace = {0.0: "stands still", 1.0: "runs"}.get(speed, f"runs {speed:g} times as fast")
    table = Table.grid(padding=(0, 2))
    for words, place in _PAGES:
        path = place.format(office=demo.office_slug)
        table.add_row(words, f"[link={url}{path}]{url}{path}[/link]")
    table.add_row("", "")
    for account in demo.accounts:
        table.add_row(f"sign in as {account.role}", escape(f"{account.username}  {account.password}"))
    console = screen()
    console.print(f"[bold]Antre, a demonstration[/]: {escape(demo.office.name)}")
    console.print(f"The office clock says {now:%A %d %B %Y %H:%M} and {pace}.")
    console.print(table)
    console.print(f"For programs: {escape(str(directory / 'access.json'))}. The demo goes on from there the next time.")
    console.print("Ctrl-C stops.")
