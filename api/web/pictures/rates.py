"""Shares as dots on lines: how sure each is shows in the line's length (pure)."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from api.web.pictures.paper import ACCENT, DARK, LINE, SOFT, TINT, element, numbers, sheet, text

KEY = "rates"
WIDTH = 1056
LABELS, LEFT, RIGHT, TOP = 24, 372, 1016, 30  # where labels begin; the plot's edges
ROW, GAP = 30, 12                             # the height of a line, and above each group
STEP = 10                                     # percent between two lines of the axis
LONGEST = 40                                  # letters of a label before the plot; the table has it whole


@dataclass(frozen=True)
class Dot:
    """A share from 0 to 1, which lies between `low` and `high` with 90 %. `group` names what the label is one of,
    where a new group begins."""

    label: str
    share: float
    low: float
    high: float
    group: str = ""
    all: bool = False


@dataclass(frozen=True)
class _Line:
    dot: Dot
    y: float


def draw(dots: Sequence[Dot], words: Mapping[str, Any]) -> Markup:
    """A line for each share, group by group; the share of all as a line down the sheet."""
    first = min([90, *(int(dot.low * 100) // STEP * STEP for dot in dots)])
    lines, floor = _lines(dots)
    parts = [_axis(first, floor), *(_all(dot, first, floor) for dot in dots if dot.all),
             *(_line(line, first) for line in lines),
             numbers((round(line.dot.share * 100), WIDTH - 16.0, line.y + 6) for line in lines)]
    return sheet(KEY, WIDTH, int(floor + 40), words["picture"], words["picture_detail"], parts)


def _lines(dots: Sequence[Dot]) -> tuple[list[_Line], float]:
    lines, y = [], float(TOP)
    for dot in dots:
        y += GAP + ROW if dot.group else 0
        lines.append(_Line(dot, y + ROW / 2))
        y += ROW
    return lines, y + 4


def _x(share: float, first: int) -> float:
    return round(LEFT + (RIGHT - LEFT) * max(share * 100 - first, 0) / (100 - first), 1)


def _axis(first: int, floor: float) -> Markup:
    steps = range(first, 101, STEP)
    ticks = "".join(f"M{_x(n / 100, first)} {TOP - 8}V{floor:.0f}" for n in steps)
    return element("path", d=ticks, stroke=LINE) + Markup("").join(
        text(_x(n / 100, first), floor + 22, f"{n} %", fill=SOFT) for n in steps)


def _all(dot: Dot, first: int, floor: float) -> Markup:
    x = _x(dot.share, first)
    return element("path", d=f"M{x} {TOP - 8}V{floor:.0f}", stroke=ACCENT, stroke_width=2, stroke_dasharray="6 5")


def _line(line: _Line, first: int) -> Markup:
    dot, y = line.dot, line.y
    drawn = text(0, y - ROW + 7, dot.group, text_anchor="start", font_weight=700) if dot.group else Markup("")
    left, right = _x(dot.low, first), _x(dot.high, first)
    label = textwrap.shorten(dot.label, LONGEST, placeholder="…")
    return (drawn + text(0 if dot.all else LABELS, y + 6, label, text_anchor="start",
                         font_weight=700 if dot.all else None)
            + element("path", d=f"M{left} {y}H{right}M{left} {y - 5}v10M{right} {y - 5}v10", stroke=DARK,
                      stroke_width=2.5)
            + element("circle", cx=_x(dot.share, first), cy=y, r=6, fill=DARK if dot.all else TINT, stroke=DARK,
                      stroke_width=2.5))
