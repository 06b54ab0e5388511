"""Messages of some days as SVG: one bar a day in three parts, told apart in grey as well (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

WIDTH, HEIGHT = 1056, 340
LEFT, RIGHT, TOP, FLOOR = 56, 16, 56, 262  # the plot's edges; below the floor stand the days
BAR = 64
ROOM = 24  # a number needs so much height inside its part
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000)
FILLS = {"delivered": "#07363f", "unsure": "url(#unsure)", "failed": "#fff"}


@dataclass(frozen=True)
class Stack:
    """One day: messages that arrived, that may have or still wait, and that failed; `label` its weekday and date."""

    label: tuple[str, str]
    delivered: int
    unsure: int
    failed: int
    today: bool

    @property
    def total(self) -> int:
        """All of them."""
        return self.delivered + self.unsure + self.failed


def draw(stacks: Sequence[Stack], words: Mapping[str, Any]) -> Markup:
    """The days side by side, the numbers on their parts, a legend above."""
    most = max([1, *(stack.total for stack in stacks)])
    step = next((one for one in STEPS if one * 5 >= most), STEPS[-1])
    top = max(step * -(-most // step), step)
    width = (WIDTH - LEFT - RIGHT) / max(len(stacks), 1)
    parts = [_head(words), _axis(top, step)]
    parts += [_stack(stack, LEFT + width * (n + 0.5), top, words) for n, stack in enumerate(stacks)]
    return Markup("").join([*parts, _legend(words), Markup("</svg>")])


def _y(value: float, top: int) -> float:
    return round(FLOOR - (FLOOR - TOP) * value / top, 1)


def _head(words: Mapping[str, Any]) -> Markup:
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" role="img" aria-labelledby="bars-t bars-d"'
        ' font-family="inherit" font-size="16" fill="#16212b">'
        '<title id="bars-t">{t}</title><desc id="bars-d">{d}</desc>'
        '<defs><pattern id="unsure" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">'
        '<rect width="6" height="6" fill="#fff"/><rect width="2" height="6" fill="#0b5260"/></pattern></defs>'
    ).format(w=WIDTH, h=HEIGHT, t=words["picture"], d=words["picture_detail"])


def _axis(top: int, step: int) -> Markup:
    return Markup("").join(
        Markup('<path d="M{x} {y}H{right}" stroke="#c3ccd3"/>'
               '<text x="{tx}" y="{ty}" text-anchor="end" fill="#4a5762">{n}</text>').format(
            x=LEFT, y=_y(n, top), right=WIDTH - RIGHT, tx=LEFT - 10, ty=_y(n, top) + 5, n=n)
        for n in range(0, top + 1, step)
    )


def _stack(stack: Stack, middle: float, top: int, words: Mapping[str, Any]) -> Markup:
    parts, under = [_label(stack, middle, words)], 0
    for name, fill in FILLS.items():
        value = getattr(stack, name)
        if value:
            parts.append(_part(value, under, middle, top, fill))
            under += value
    if stack.total:
        parts.append(_number(stack.total, middle, _y(stack.total, top) - 8, "#16212b", "#fff"))
    return Markup("").join(parts)


def _part(value: int, under: int, middle: float, top: int, fill: str) -> Markup:
    y, height = _y(under + value, top), round(_y(under, top) - _y(under + value, top), 1)
    drawn = Markup('<rect x="{}" y="{}" width="{}" height="{}" fill="{}" stroke="#07363f" stroke-width="2"/>').format(
        round(middle - BAR / 2, 1), y, BAR, height, fill)
    if height < ROOM:
        return drawn
    dark = fill == FILLS["delivered"]
    return drawn + _number(value, middle, round(y + height / 2 + 6, 1), "#fff" if dark else "#16212b",
                           "#07363f" if dark else "#fff")


def _number(value: int, x: float, y: float, ink: str, halo: str) -> Markup:
    return Markup(
        '<text x="{}" y="{}" text-anchor="middle" font-weight="700" fill="{}" stroke="{}" stroke-width="5"'
        ' stroke-linejoin="round" paint-order="stroke">{}</text>'
    ).format(round(x, 1), round(y, 1), ink, halo, value)


def _label(stack: Stack, middle: float, words: Mapping[str, Any]) -> Markup:
    return Markup(
        '<text x="{x}" y="{a}" text-anchor="middle" font-weight="{w}">{first}</text>'
        '<text x="{x}" y="{b}" text-anchor="middle" font-weight="{w}">{second}</text>'
        '<text x="{x}" y="{c}" text-anchor="middle" font-weight="700">{third}</text>'
    ).format(x=round(middle, 1), a=FLOOR + 24, b=FLOOR + 43, c=FLOOR + 66, w="700" if stack.today else "400",
             first=stack.label[0], second=stack.label[1], third=words["today"] if stack.today else "")


def _legend(words: Mapping[str, Any]) -> Markup:
    parts, x = [], LEFT
    for name, fill in FILLS.items():
        parts.append(Markup(
            '<rect x="{}" y="8" width="20" height="14" fill="{}" stroke="#07363f" stroke-width="2"/>'
            '<text x="{}" y="21">{}</text>'
        ).format(x, fill, x + 28, words[f"legend_{name}"]))
        x += 28 + 9 * len(str(escape(words[f"legend_{name}"]))) + 24
    return Markup("").join(parts)
