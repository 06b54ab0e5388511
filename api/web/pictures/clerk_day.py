"""A clerk's day: one bar for each person, as wide as the service lasted and as high (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from api.web.pictures.paper import ACCENT, SOFT, Plot, axis, element, round_up, sheet, text

KEY = "clerk-day"
WIDTH, HEIGHT = 1056, 220
LEFT, RIGHT, TOP, FLOOR = 48, 1040, 16, 184
HOUR = 60   # minutes
STEP = 10   # minutes between two lines
THIN = 4.0  # no bar is thinner


@dataclass(frozen=True)
class Bar:
    """One service: from which local minute of the day, and how many minutes it took."""

    minute: float
    took: float


def draw(bars: Sequence[Bar], words: Mapping[str, Any]) -> Markup:
    """The bars along the hours of the day, over lines of ten minutes."""
    ends = [bar.minute + bar.took for bar in bars]
    first = int(min((bar.minute for bar in bars), default=8 * HOUR)) // HOUR * HOUR
    last = max(-int(-max(ends, default=0) // HOUR) * HOUR, first + HOUR)
    plot = Plot(LEFT, RIGHT, TOP, FLOOR, round_up(max((bar.took for bar in bars), default=0), STEP))
    scale = (RIGHT - LEFT) / (last - first)

    def x(minute: float) -> float:
        return LEFT + (minute - first) * scale

    hours = range(first, last + 1, HOUR)
    parts = [axis(plot, STEP),
             element("path", d="".join(f"M{x(at):.1f} {FLOOR}v6" for at in hours), stroke=SOFT),
             *(text(x(at), FLOOR + 26, f"{at // HOUR:02}", fill=SOFT) for at in hours),
             *(_bar(bar, plot, x(bar.minute), max(bar.took * scale - 1, THIN)) for bar in bars)]
    return sheet(KEY, WIDTH, HEIGHT, words["picture"], words["picture_detail"], parts)


def _bar(bar: Bar, plot: Plot, left: float, width: float) -> Markup:
    top = min(plot.y(bar.took), FLOOR - 2)
    return element("rect", x=left, y=top, width=width, height=FLOOR - top, fill=ACCENT)
