"""The sheet a drawing stands on, and the strokes all drawings share (pure).

Lengths are units of the drawing's own `viewBox`; the page decides how large that is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

INK, SOFT, LINE, TINT = "#16212b", "#4a5762", "#c3ccd3", "#e4f0f2"
DARK, ACCENT = "#07363f", "#0b5260"
ROUND_TO = 20  # people between two lines of an axis

# What tells areas apart without colour: stripes that lean one way for the band, the other way for bookings.
_PATTERNS = {
    "ribbon": Markup('<pattern id="{id}" width="8" height="8" patternUnits="userSpaceOnUse"'
                     ' patternTransform="rotate(45)"><rect width="8" height="8" fill="#e4f0f2"/>'
                     '<rect width="2" height="8" fill="#9cc3cb"/></pattern>'),
    "hatch": Markup('<pattern id="{id}" width="6" height="6" patternUnits="userSpaceOnUse"'
                    ' patternTransform="rotate(-45)"><rect width="6" height="6" fill="#fff"/>'
                    '<rect width="2" height="6" fill="#0b5260"/></pattern>'),
}


@dataclass(frozen=True)
class Plot:
    """Where numbers lie on the sheet: `most` at `top`, 0 at `floor`, between `left` and `right`."""

    left: float
    right: float
    top: float
    floor: float
    most: float

    def y(self, value: float) -> float:
        """The height of a number, no higher than the plot."""
        return round(self.floor - (self.floor - self.top) * min(value, self.most) / self.most, 1)


def sheet(key: str, width: int, height: int, title: str, description: str, parts: Iterable[Markup],
          patterns: Sequence[str] = ()) -> Markup:
    """The whole drawing. `key` begins the ids inside it, one of a kind on its page."""
    head = Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" role="img" aria-labelledby="{key}-t {key}-d"'
        ' font-family="inherit" font-size="16" fill="{ink}"><title id="{key}-t">{t}</title>'
        '<desc id="{key}-d">{d}</desc><defs>{defs}</defs>'
    ).format(w=width, h=height, key=key, ink=INK, t=title, d=description,
             defs=Markup("").join(_PATTERNS[name].format(id=f"{key}-{name}") for name in patterns))
    return Markup("").join([head, *parts, Markup("</svg>")])


def fill(key: str, pattern: str) -> str:
    """How an area of that drawing is filled with one of its patterns."""
    return f"url(#{key}-{pattern})"


def element(name: str, inside: Any = None, **attributes: Any) -> Markup:
    """`element("rect", x=4, stroke_width=2)` as SVG; numbers lose what no eye sees, None is left out."""
    given = Markup("").join(Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), _short(value))
                            for key, value in attributes.items() if value is not None)
    if inside is None:
        return Markup("<{}{}/>").format(name, given)
    return Markup("<{0}{1}>{2}</{0}>").format(name, given, inside)


def text(x: float, y: float, words: Any, **attributes: Any) -> Markup:
    """Words with their foot at `y`, around `x` unless `text_anchor` says otherwise."""
    return element("text", words, x=x, y=y, **{"text_anchor": "middle", **attributes})


def numbers(values: Iterable[tuple[Any, float, float]]) -> Markup:
    """Numbers, each with its place, that stay readable on whatever lies under them."""
    return element("g", Markup("").join(element("text", value, x=x, y=y) for value, x, y in values), font_weight=700,
                   stroke="#fff", stroke_width=5, stroke_linejoin="round", paint_order="stroke", text_anchor="middle")


def axis(plot: Plot, step: int = ROUND_TO) -> Markup:
    """A line and its number for every `step` from 0."""
    return Markup("").join(
        element("path", d=f"M{_short(plot.left)} {plot.y(n)}H{_short(plot.right)}", stroke=LINE)
        + text(plot.left - 10, plot.y(n) + 5, n, text_anchor="end", fill=SOFT)
        for n in range(0, int(plot.most) + 1, step))


def ribbon(plot: Plot, low: int, high: int, filled: str) -> Markup:
    """The band that a day should end in, as a striped ribbon; what is drawn after it covers it."""
    top, foot = plot.y(high), plot.y(low)
    return element("rect", x=plot.left, y=top, width=plot.right - plot.left, height=round(foot - top, 1), fill=filled)


def edges(plot: Plot, low: int, high: int, **strokes: Any) -> Markup:
    """Both ends of the band, as lines over whatever is there."""
    left, right = _short(plot.left), _short(plot.right)
    return element("path", d=f"M{left} {plot.y(high)}H{right}M{left} {plot.y(low)}H{right}",
                   **{"stroke": ACCENT, "stroke_width": 1.5, **strokes})


def round_up(most: float, step: int = ROUND_TO) -> int:
    """The top of an axis that shows `most` with some air above it."""
    return max(step, -(-int(most + 4) // step) * step)


def legend(left: float, y: float, entries: Iterable[tuple[Markup, str]]) -> Markup:
    """Samples, drawn in a box of 20 by 14 with its upper left corner at 0, each with its words, in one line."""
    parts, x = [], left
    for sample, words in entries:
        parts += [element("g", sample, transform=f"translate({_short(x)} {_short(y)})"),
                  text(x + 28, y + 13, words, text_anchor="start")]
        x += 28 + 9.2 * len(words) + 20
    return Markup("").join(parts)


def box(filled: str, stroke: str = DARK) -> Markup:
    """The sample of an area."""
    return element("rect", width=20, height=14, fill=filled, stroke=stroke, stroke_width=2)


def _short(value: Any) -> Any:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else value
