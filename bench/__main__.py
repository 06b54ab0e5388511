"""`make bench`: every figure of the doors and every proof, as two tables."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Callable, Iterator

from rich.console import Console
from rich.table import Table

from bench import counted, demo, doors, drain, hall, keeping, phones, proofs
from bench.doors import Figures
from bench.judged import Proof

KINDS = ("sqlite", "postgresql")
PARTS = ("bookings", "slots", "scans", "demo", "phones", "rush", "morning", "kill", "drain", "capacity", "hall",
         "statistics")
_OF_EACH_KIND: dict[str, tuple[Callable[[str], Proof], ...]] = {
    "slots": (doors.freshness,), "rush": (proofs.rush,), "kill": (proofs.killed,),
    "drain": (drain.failed_over, drain.drained), "hall": (hall.morning,),
    "statistics": (counted.year,),
}
console = Console(width=None if sys.stdout.isatty() else 120)


def main() -> int:
    """Run the chosen parts; ends with 1 when a proof does not hold."""
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="example:\n  python -m bench --only bookings,rush --kind postgresql --seconds 10")
    parser.add_argument("--only", default=",".join(PARTS), help=f"parts, comma-separated: {', '.join(PARTS)} (all)")
    parser.add_argument("--kind", choices=KINDS, help="one database (both)")
    parser.add_argument("--seconds", type=float, default=6.0, help="length of each measurement (6)")
    options = parser.parse_args()
    parts = options.only.split(",")
    if unknown := set(parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    kinds = [options.kind] if options.kind else list(KINDS)
    console.print(f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores, "
                  f"load {os.getloadavg()[0]:.1f}; client and servers share the machine.")
    figures = [_told(made()) for made in _measures(parts, kinds, options.seconds)]
    phoned = [phones.figures(kind, way) for kind in kinds for way in phones.WAYS if "phones" in parts]
    figures += [_told(line) for line, _ in phoned]
    if figures:
        console.print(_table(figures))
    held = [_judged(proof) for _, proof in phoned]
    held += [_judged(prove()) for prove in _proofs(parts, kinds)]
    return 0 if all(held) else 1


def _measures(parts: list[str], kinds: list[str], seconds: float) -> Iterator[Callable[[], Figures]]:
    for kind in kinds:
        if "bookings" in parts:
            for offices, clients in ((1, 10), (1, 64), (1, 200), (514, 64)):
                yield lambda k=kind, o=offices, c=clients: doors.booking_figures(k, o, c, seconds)  # type: ignore[misc]
        if "slots" in parts:
            for offices, clients in ((1, 10), (1, 64), (1, 200), (514, 64)):
                yield lambda k=kind, o=offices, c=clients: doors.slot_figures(k, o, c, seconds)  # type: ignore[misc]
        if "scans" in parts:
            for clients in (10, 64):
                yield lambda k=kind, c=clients: doors.scan_figures(k, c, seconds)  # type: ignore[misc]


def _proofs(parts: list[str], kinds: list[str]) -> Iterator[Callable[[], Proof]]:
    if "demo" in parts and "sqlite" in kinds:
        yield demo.memory
    for kind in kinds:
        for part, made in _OF_EACH_KIND.items():
            if part in parts:
                yield from (lambda one=one, k=kind: one(k) for one in made)
        if "capacity" in parts:
            yield from (lambda made=proof: made for proof in keeping.proofs(kind))
    if "morning" in parts and "postgresql" in kinds:
        yield proofs.national_morning


def _told(figures: Figures) -> Figures:
    console.print(f"[dim]{figures.what}, {figures.kind}, {figures.offices} offices, {figures.clients} clients: "
                  f"{figures.rate:.0f}/s, {figures.ratio:.2f} of {figures.baseline:.0f}/s {figures.note}[/dim]")
    sys.stdout.flush()
    return figures


def _judged(proof: Proof) -> bool:
    console.print(f"{'[green]holds[/green]' if proof.holds else '[red]DOES NOT HOLD[/red]'}  "
                  f"{proof.what} ({proof.kind}): {proof.seen}")
    return proof.holds


def _table(figures: list[Figures]) -> Table:
    table = Table(title="Over HTTP, beside the baseline of the same run (bare driver; for slot reads a hello route)")
    for heading in ("what", "database", "offices", "clients", "a second", "baseline", "ratio", "p50 ms", "p99 ms",
                    "MB"):
        table.add_column(heading, justify="left" if heading in ("what", "database") else "right")
    for f in figures:
        table.add_row(f.what, f.kind, str(f.offices), str(f.clients), f"{f.rate:.0f}", f"{f.baseline:.0f}",
                      f"{f.ratio:.2f}", f"{f.p50:.0f}", f"{f.p99:.0f}", f"{f.memory_mb:.0f}")
    return table


if __name__ == "__main__":
    sys.exit(main())
