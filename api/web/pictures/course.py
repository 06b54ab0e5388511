"""A day as it runs: who came so far as a stair, who is expected until closing as a widening fan (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from api.web.pictures.paper import (
    ACCENT,
    DARK,
    LINE,
    SOFT,
    Plot,
    axis,
    edges,
    element,
    fill,
    legend,
    numbers,
    round_up,
    sheet,
    text,
)
from api.web.pictures.weeks import Spread

KEY = "course"
WIDTH, HEIGHT = 1056, 360
LEFT, RIGHT, TOP, FLOOR = 48, 960, 56, 316  # the plot's edges; to the right of it the band
HOUR = 60  # minutes


@dataclass(frozen=True)
class Point:
    """So many people in all by that local minute of the day, counted from midnight."""

    minute: int
    people: float


@dataclass(frozen=True)
class Course:
    """A day between two local minutes. `came` counts up to now, or to the end of a day that is over; `ahead` goes on
    from there to closing, where `spread` says how many it may be; both are empty and None once it is over."""

    opens: int
    closes: int
    came: Sequence[Point]
    ahead: Sequence[Point] = ()
    spread: Spread | None = None
    now: int | None = None


def draw(course: Course, low: int, high: int, words: Mapping[str, Any]) -> Markup:
    """The stair, the fan, and at its right edge the band that the day should end in."""
    most = max([high, *(point.people for point in course.came), course.spread.most if course.spread else 0])
    plot = Plot(LEFT, RIGHT, TOP, FLOOR, round_up(most))
    scale = _Hours(course)
    parts = [axis(plot), _hours(scale), _band(plot, low, high, words), _fan(course, plot, scale),
             _stair(course, plot, scale), _now(course, scale, words), _legend(course, words)]
    title, detail = words["picture"], words["picture_detail"].format(low=low, high=high)
    return sheet(KEY, WIDTH, HEIGHT, title, detail, parts, ("ribbon",))


class _Hours:
    """Minutes of the day along the sheet, in whole hours."""

    def __init__(self, course: Course) -> None:
        self.first = course.opens // HOUR * HOUR
        self.last = max(-(-course.closes // HOUR) * HOUR, self.first + HOUR)

    def x(self, minute: float) -> float:
        """Where a minute lies; what is earlier or later than the sheet, at its edge."""
        at = min(max(minute, self.first), self.last)
        return round(LEFT + (RIGHT - LEFT) * (at - self.first) / (self.last - self.first), 1)


def _hours(scale: _Hours) -> Markup:
    hours = range(scale.first, scale.last + 1, HOUR)
    ticks = "".join(f"M{scale.x(minute)} {FLOOR}v6" for minute in hours)
    return element("path", d=ticks, stroke=SOFT) + Markup("").join(
        text(scale.x(minute), FLOOR + 26, f"{minute // HOUR:02}", fill=SOFT) for minute in hours)


def _band(plot: Plot, low: int, high: int, words: Mapping[str, Any]) -> Markup:
    top, foot = plot.y(high), plot.y(low)
    return (edges(plot, low, high, stroke_dasharray="3 5")
            + element("rect", x=RIGHT, y=top, width=WIDTH - RIGHT - 8, height=round(foot - top, 1),
                      fill=fill(KEY, "ribbon"), stroke=ACCENT, stroke_width=1.5)
            + text(WIDTH - 8, top - 8, words["band"].format(low=low, high=high), text_anchor="end", font_weight=700,
                   fill=DARK))


def _stair(course: Course, plot: Plot, scale: _Hours) -> Markup:
    if not course.came:
        return Markup("")
    first, last = course.came[0], course.came[-1]
    left = scale.x(min(course.opens, first.minute))
    right = scale.x(max(course.closes if course.now is None else course.now, last.minute))
    steps = "".join(f"H{scale.x(point.minute)}V{plot.y(point.people)}" for point in course.came)
    return (element("path", d=f"M{left} {FLOOR}{steps}H{right}", fill="none", stroke=DARK, stroke_width=4)
            + numbers([(round(last.people), max(right - 22, LEFT + 16.0), plot.y(last.people) - 10)]))


def _fan(course: Course, plot: Plot, scale: _Hours) -> Markup:
    """From now on: the middle as a dashed line, and what it may become with 90 %, the wider the more is still open."""
    if not course.ahead or course.spread is None:
        return Markup("")
    spread, start = course.spread, course.ahead[0].people
    open_ = max(spread.expected - start, 1e-9)
    points = [(scale.x(p.minute), p.people, (p.people - start) / open_) for p in course.ahead]
    upper = [f"{x} {plot.y(start + share * (spread.most - start))}" for x, _, share in points]
    lower = [f"{x} {plot.y(start + share * (spread.least - start))}" for x, _, share in reversed(points)]
    middle = [f"{x} {plot.y(people)}" for x, people, _ in points]
    return (element("path", d=f"M{'L'.join(upper + lower)}z", fill="#f1f5f6", stroke=SOFT)
            + element("path", d=f"M{'L'.join(middle)}", fill="none", stroke=DARK, stroke_width=2.5,
                      stroke_dasharray="8 5")
            + _end(plot, spread))


def _end(plot: Plot, spread: Spread) -> Markup:
    """The spread at closing, drawn over the band: in it or beside it."""
    x, top, foot, y = RIGHT + 24, plot.y(spread.most), plot.y(spread.least), plot.y(spread.expected)
    line = f"M{x - 7} {top}h14m-7 0V{foot}m-7 0h14"
    return (element("path", d=line, fill="none", stroke="#fff", stroke_width=6)
            + element("path", d=line, fill="none", stroke=DARK, stroke_width=2.5)
            + element("circle", cx=x, cy=y, r=5, fill="#fff", stroke=DARK, stroke_width=2.5)
            + numbers([(round(spread.expected), x + 28, y + 6)]))


def _now(course: Course, scale: _Hours, words: Mapping[str, Any]) -> Markup:
    if course.now is None or not course.ahead:
        return Markup("")
    x = scale.x(course.now)
    return (element("path", d=f"M{x} {TOP - 8}V{FLOOR}", stroke=LINE, stroke_width=2)
            + text(x, TOP - 14, words["now"], font_weight=700, text_anchor="start" if x < LEFT + 60 else "middle"))


def _legend(course: Course, words: Mapping[str, Any]) -> Markup:
    entries = [(element("path", d="M0 12h7V3h13", fill="none", stroke=DARK, stroke_width=4), words["legend_came"])]
    if course.ahead and course.spread is not None:
        entries.append((element("path", d="M0 8h20", stroke=DARK, stroke_width=2.5, stroke_dasharray="8 5"),
                        words["legend_ahead"]))
    return legend(LEFT, 4, entries)
