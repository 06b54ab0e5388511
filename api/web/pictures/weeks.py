"""Some weeks on one sheet: for each day what is open, booked, expected with its spread, and who came (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from markupsafe import Markup

from api.web.pictures.paper import (
    ACCENT,
    DARK,
    LINE,
    SOFT,
    TINT,
    Plot,
    axis,
    box,
    edges,
    element,
    fill,
    legend,
    numbers,
    ribbon,
    round_up,
    sheet,
    text,
)

KEY = "weeks"
WIDTH, HEIGHT = 1056, 424
LEFT, RIGHT, TOP, FLOOR = 48, 1044, 76, 340  # the plot's edges; above it the legend, below it the days
NARROW = 0.3     # of a day's width, where the office is closed every week
SHARE = 0.7      # of a day's width that its bar takes
EDGE = 6         # of the bar that the solid part, who came, leaves on both sides


@dataclass(frozen=True)
class Spread:
    """How many people are expected, and between which numbers with 90 %."""

    expected: float
    least: int
    most: int


@dataclass(frozen=True)
class Column:
    """One day, in people. `label` is its weekday and number, `month` its month's name where that begins on the sheet.

    `came` is None until somebody can have come, `spread` None once a day is over. `weekly`: the office is closed on
    this weekday every week; `closed` otherwise; `unopened`: not in the book (yet, or any more). `by_hand`: a manager
    set its number of places.
    """

    label: tuple[str, str]
    month: str = ""
    released: int = 0
    booked: int = 0
    came: int | None = None
    spread: Spread | None = None
    closed: bool = False
    weekly: bool = False
    unopened: bool = False
    by_hand: bool = False
    today: bool = False
    chosen: bool = False


@dataclass(frozen=True)
class _Place:
    column: Column
    x: float      # of its left edge
    width: float

    @property
    def middle(self) -> float:
        return self.x + self.width / 2

    @property
    def bar(self) -> tuple[float, float]:
        """The left edge and the width of its bar."""
        return self.x + self.width * (1 - SHARE) / 2, self.width * SHARE


def draw(columns: Sequence[Column], low: int, high: int, words: Mapping[str, Any]) -> Markup:
    """The band as a ribbon; a bar a day for what is open and booked, solid for who came; a dot on a line with two
    ends for who is expected."""
    plot = Plot(LEFT, RIGHT, TOP, FLOOR, round_up(max([high, *(_most(column) for column in columns)])))
    places = _places(columns)
    shown = [place for place in places if not (place.column.closed or place.column.weekly or place.column.unopened)]
    parts = [
        axis(plot), ribbon(plot, low, high, fill(KEY, "ribbon")), _bars(shown, plot), edges(plot, low, high),
        _spreads(shown, plot), _numbers(shown, plot), _marks(shown, plot), _months(places),
        *(_label(place, words) for place in places),
        _legend(low, high, words),
    ]
    return sheet(KEY, WIDTH, HEIGHT, words["picture_weeks"], words["picture_weeks_detail"].format(low=low, high=high),
                 parts, ("ribbon", "hatch"))


def _most(column: Column) -> int:
    return max(column.released, column.booked, column.came or 0, column.spread.most if column.spread else 0)


def _places(columns: Sequence[Column]) -> list[_Place]:
    """The columns side by side over the plot's whole width; one with a box around its label has room for that."""
    shares = [NARROW if column.weekly and not (column.today or column.chosen) else 1.0 for column in columns]
    unit = (RIGHT - LEFT) / max(sum(shares), 1.0)
    places, x = [], float(LEFT)
    for column, share in zip(columns, shares, strict=True):
        places.append(_Place(column, x, unit * share))
        x += unit * share
    return places


def _bars(places: Sequence[_Place], plot: Plot) -> Markup:
    layers = [
        ("#fff", 0, [(place, place.column.released) for place in places]),
        (fill(KEY, "hatch"), 0, [(place, place.column.booked) for place in places]),
        (DARK, EDGE, [(place, place.column.came or 0) for place in places]),
    ]
    return Markup("").join(
        element("path", d="".join(_bar(place, value, inset, plot) for place, value in bars if value),
                fill=filled, stroke=DARK, stroke_width=1.5)
        for filled, inset, bars in layers)


def _bar(place: _Place, value: int, inset: int, plot: Plot) -> str:
    x, width = place.bar
    return f"M{x + inset:.1f} {FLOOR}V{plot.y(value)}h{width - 2 * inset:.1f}V{FLOOR}z"


def _spreads(places: Sequence[_Place], plot: Plot) -> Markup:
    found = [(place.middle, place.column.spread) for place in places if place.column.spread]
    lines = "".join(_whisker(x, spread, plot) for x, spread in found)
    dots = "".join(_dot(x, plot.y(spread.expected)) for x, spread in found)
    return (element("path", d=lines, fill="none", stroke="#fff", stroke_width=6)
            + element("path", d=lines, fill="none", stroke=DARK, stroke_width=2.5)
            + element("path", d=dots, fill="#fff", stroke=DARK, stroke_width=2.5))


def _whisker(x: float, spread: Spread, plot: Plot) -> str:
    top, foot = plot.y(spread.most), plot.y(spread.least)
    return f"M{x - 5:.1f} {top}h10m-5 0V{foot}m-5 0h10"


def _dot(x: float, y: float) -> str:
    return f"M{x - 5:.1f} {y}a5 5 0 1 0 10 0a5 5 0 1 0-10 0z"


def _numbers(places: Sequence[_Place], plot: Plot) -> Markup:
    """Who is expected, above the line that says between which numbers; where a day is over, who came."""
    return numbers(
        (round(column.spread.expected) if column.spread else column.came, place.middle,
         plot.y(column.spread.most if column.spread else column.came or 0) - 7)
        for place in places if (column := place.column).spread or column.came is not None)


def _marks(places: Sequence[_Place], plot: Plot) -> Markup:
    """A diamond above each day whose number a manager set."""
    marks = "".join(f"M{place.middle:.1f} {plot.y(_most(place.column)) - 40:.1f}{_DIAMOND}"
                    for place in places if place.column.by_hand)
    return element("path", d=marks, fill=DARK, stroke="#fff") if marks else Markup("")


_DIAMOND = "l7 7-7 7-7-7z"


def _label(place: _Place, words: Mapping[str, Any]) -> Markup:
    """The weekday and the number of the day; today in a dark box, the chosen day in a frame."""
    column, x = place.column, place.middle
    drawn = _closed(place, words)
    if column.weekly and not (column.today or column.chosen):
        return drawn
    ink = SOFT if column.unopened else None
    if column.today or column.chosen:
        drawn += element("rect", x=place.x + 1, y=FLOOR + 6, width=place.width - 2, height=42, rx=5, stroke=ACCENT,
                         stroke_width=2, fill=DARK if column.today else TINT)
        ink = "#fff" if column.today else None
    weight = 700 if column.today else None
    return (drawn + text(x, FLOOR + 23, column.label[0], font_weight=weight, fill=ink, font_size=14)
            + text(x, FLOOR + 42, column.label[1], font_weight=weight, fill=ink))


def _months(places: Sequence[_Place]) -> Markup:
    """A line where a month begins, and its name, unless the next one begins before the name is over."""
    drawn, begin = Markup(""), [place for place in places if place.column.month]
    for place, after in zip_longest(begin, begin[1:]):
        drawn += element("path", d=f"M{place.x:.1f} {TOP}V{FLOOR + 70}", stroke=LINE, stroke_dasharray="2 4")
        if after is None or after.x - place.x > _MONTH_WIDTH:
            last = place.x + 6 + _MONTH_WIDTH > WIDTH
            drawn += text(WIDTH - 2 if last else place.x + 6, FLOOR + 68, place.column.month,
                          text_anchor="end" if last else "start", font_weight=700)
    return drawn


_MONTH_WIDTH = 100  # of the longest name, with a space behind it


def _closed(place: _Place, words: Mapping[str, Any]) -> Markup:
    """A cross where the office is closed on a day that is one of its own; nothing where it is closed each week."""
    if not place.column.closed or place.column.weekly:
        return Markup("")
    return (element("path", d=f"M{place.middle - 7:.1f} {FLOOR - 17}l14 14m0-14l-14 14", stroke=SOFT, stroke_width=2.5)
            + text(place.middle + 5, FLOOR - 26, words["closed"], text_anchor="start", fill=SOFT,
                   transform=f"rotate(-90 {place.middle + 5:.1f} {FLOOR - 26})"))


def _legend(low: int, high: int, words: Mapping[str, Any]) -> Markup:
    whisker = element("path", d="M5 0h10m-5 0V14m-5 0h10", fill="none", stroke=DARK, stroke_width=2.5) + element(
        "circle", cx=10, cy=7, r=4, fill="#fff", stroke=DARK, stroke_width=2.5)
    return legend(LEFT, 6, [
        (box(fill(KEY, "ribbon"), ACCENT), words["band"].format(low=low, high=high)), (box("#fff"), words["released"]),
        (box(fill(KEY, "hatch")), words["booked"]), (box(DARK), words["visitors"]),
        (whisker, words["legend_expected"]),
        (element("path", d="M10 0" + _DIAMOND, fill=DARK), words["legend_by_hand"]),
    ])
