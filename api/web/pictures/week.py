"""Drawings for the manager as SVG, made here: readable in grey, with a title and a description (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

WIDTH, HEIGHT = 1056, 380
LEFT, RIGHT, TOP, FLOOR = 56, 16, 48, 300  # the plot's edges; below the floor stand the days
BAR = 72
ROOM = 26  # a number needs so much height inside its part


@dataclass(frozen=True)
class Bar:
    """One day: people counted, `label` its weekday and date in two lines; None for a day that does not exist yet."""

    label: tuple[str, str]
    released: int
    booked: int
    came: int
    closed: bool
    today: bool
    chosen: bool


def week(bars: Sequence[Bar], low: int, high: int, words: Mapping[str, Any]) -> Markup:
    """The week: the band as a striped ribbon, one bar a day for places opened, booked, and visitors."""
    top = _round_up(max([high, *(max(bar.released, bar.booked, bar.came) for bar in bars)]))
    parts = [_head(low, high, words), _axis(top), _band(low, high, top, words)]
    step = (WIDTH - LEFT - RIGHT) / max(len(bars), 1)
    parts += [_bar(bar, LEFT + step * (n + 0.5), step, top, words) for n, bar in enumerate(bars)]
    return Markup("").join([*parts, _legend(words), Markup("</svg>")])


def _round_up(most: int) -> int:
    return max(20, -(-(most + 4) // 20) * 20)


def _y(value: float, top: int) -> float:
    return round(FLOOR - (FLOOR - TOP) * value / top, 1)


def _head(low: int, high: int, words: Mapping[str, Any]) -> Markup:
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" role="img" aria-labelledby="week-t week-d"'
        ' font-family="inherit" font-size="16" fill="#16212b">'
        '<title id="week-t">{t}</title><desc id="week-d">{d}</desc>'
        '<defs><pattern id="ribbon" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect width="8" height="8" fill="#e4f0f2"/><rect width="2" height="8" fill="#9cc3cb"/></pattern>'
        '<pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)">'
        '<rect width="6" height="6" fill="#fff"/><rect width="2" height="6" fill="#0b5260"/></pattern></defs>'
    ).format(w=WIDTH, h=HEIGHT, t=words["picture"], d=words["picture_detail"].format(low=low, high=high))


def _axis(top: int) -> Markup:
    lines = [
        Markup('<path d="M{x} {y}H{right}" stroke="#c3ccd3"/>'
               '<text x="{tx}" y="{ty}" text-anchor="end" fill="#4a5762">{n}</text>').format(
            x=LEFT, y=_y(n, top), right=WIDTH - RIGHT, tx=LEFT - 10, ty=_y(n, top) + 5, n=n)
        for n in range(0, top + 1, 20)
    ]
    return Markup("").join(lines)


def _band(low: int, high: int, top: int, words: Mapping[str, Any]) -> Markup:
    y, floor = _y(high, top), _y(low, top)
    return Markup(
        '<rect x="{x}" y="{y}" width="{w}" height="{h}" fill="url(#ribbon)"/>'
        '<path d="M{x} {y}h{w}M{x} {f}h{w}" stroke="#0b5260" stroke-width="1.5"/>'
        '<text x="{right}" y="{ty}" text-anchor="end" font-weight="700" fill="#07363f">{label}</text>'
    ).format(x=LEFT, y=y, w=WIDTH - LEFT - RIGHT, h=round(floor - y, 1), f=floor, right=WIDTH - RIGHT, ty=y - 8,
             label=words["band"].format(low=low, high=high))


def _bar(bar: Bar, middle: float, step: float, top: int, words: Mapping[str, Any]) -> Markup:
    x = round(middle - BAR / 2, 1)
    parts = [_day_label(bar, middle, step, words)]
    if bar.closed:
        parts.append(Markup('<text x="{}" y="{}" text-anchor="middle" fill="#4a5762">{}</text>')
                     .format(round(middle, 1), FLOOR - 10, words["closed"]))
        return Markup("").join(parts)
    for value, fill, inset in ((bar.released, "#fff", 0), (bar.booked, "url(#hatch)", 0), (bar.came, "#07363f", 14)):
        if value:
            parts.append(_column(x + inset, BAR - 2 * inset, _y(value, top), fill))
    return Markup("").join([*parts, *_numbers(bar, middle, top)])


def _column(x: float, width: int, y: float, fill: str) -> Markup:
    return Markup('<rect x="{}" y="{}" width="{}" height="{}" fill="{}" stroke="#07363f" stroke-width="2"/>').format(
        x, y, width, round(FLOOR - y, 1), fill)


def _numbers(bar: Bar, middle: float, top: int) -> list[Markup]:
    """Each number at the upper end of its own part; one that would cover the part above it is left to the table."""
    came, booked = _y(bar.came, top), _y(bar.booked, top)
    parts = []
    if bar.released:
        parts.append(_number(bar.released, middle, _y(max(bar.released, bar.booked), top) - 8, "#16212b", "#fff"))
    if bar.booked and FLOOR - booked > ROOM and abs(came - booked) > ROOM:
        parts.append(_number(bar.booked, middle, booked + 20, "#16212b", "#fff"))
    if bar.came and FLOOR - came > ROOM:
        parts.append(_number(bar.came, middle, came + 20, "#fff", "#07363f"))
    return parts


def _number(value: int, x: float, y: float, ink: str, halo: str) -> Markup:
    return Markup(
        '<text x="{}" y="{}" text-anchor="middle" font-weight="700" fill="{}" stroke="{}" stroke-width="5"'
        ' stroke-linejoin="round" paint-order="stroke">{}</text>'
    ).format(round(x, 1), y, ink, halo, value)


def _day_label(bar: Bar, middle: float, step: float, words: Mapping[str, Any]) -> Markup:
    x = round(middle, 1)
    ground = Markup("")
    if bar.chosen:
        ground = Markup('<rect x="{}" y="{}" width="{}" height="46" rx="6" fill="#e4f0f2" stroke="#0b5260"/>').format(
            round(middle - step / 2 + 8, 1), FLOOR + 8, round(step - 16, 1))
    weight = "700" if bar.today else "400"
    return ground + Markup(
        '<text x="{x}" y="{a}" text-anchor="middle" font-weight="{w}">{first}</text>'
        '<text x="{x}" y="{b}" text-anchor="middle" font-weight="{w}" font-size="16">{second}</text>'
        '<text x="{x}" y="{c}" text-anchor="middle" font-weight="700">{third}</text>'
    ).format(x=x, a=FLOOR + 27, b=FLOOR + 46, c=FLOOR + 72, w=weight, first=bar.label[0], second=bar.label[1],
             third=words["today"] if bar.today else "")


def _legend(words: Mapping[str, Any]) -> Markup:
    parts, x = [], LEFT
    for fill, key in (("#fff", "released"), ("url(#hatch)", "booked"), ("#07363f", "visitors")):
        parts.append(Markup(
            '<rect x="{}" y="{}" width="20" height="14" fill="{}" stroke="#07363f" stroke-width="2"/>'
            '<text x="{}" y="{}">{}</text>'
        ).format(x, TOP - 38, fill, x + 28, TOP - 25, words[key]))
        x += 28 + 10 * len(str(escape(words[key]))) + 24
    return Markup("").join(parts)
