"""Simulated years drawn: how many days had how many visitors, and each day of one; for a terminal and as SVG (pure).

Readable in black and white: days over the band point up, days under it point down.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

from scheduler.simulation.results import Result

BAR, LINE = "█", 72
WIDTH, PANEL, LEFT, RIGHT, FLOOR, TOP, STRIP = 960, 400, 56, 16, 220, 56, 100


def histogram(results: Sequence[Result], low: int, high: int) -> list[str]:
    """A line for each number of visitors: how many days had it; the band between two rules."""
    days = Counter(result.visitors for result in results)
    if not days:
        return []
    most = max(days.values())
    lines = []
    for number in range(min(*days, low), max(*days, high) + 1):
        if number in (low, high + 1):
            lines.append(f"     {'-' * 40} {'band begins' if number == low else 'band ends'}")
        lines.append(f"{number:4} {BAR * round(40 * days[number] / most)} {days[number] or ''}".rstrip())
    return lines


def strip(results: Sequence[Result], low: int, high: int) -> list[str]:
    """A sign for each open day: `.` in the band, `^` over it, `v` under it; a line for each month."""
    months: dict[str, str] = {}
    for result in results:
        month = f"{result.date:%b %Y}"
        months[month] = months.get(month, "") + _sign(result.visitors, low, high)
    return [f"{month}  {signs}" for month, signs in months.items()]


def _sign(visitors: int, low: int, high: int) -> str:
    return "v" if visitors < low else "^" if visitors > high else "."


def svg(played: Mapping[str, Sequence[Result]], low: int, high: int, title: str) -> str:
    """One panel for each policy: the histogram with the band, and below it the first year day by day."""
    height = PANEL * len(played) + 8
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        'aria-labelledby="t d" font-family="sans-serif" font-size="14" fill="#16212b">',
        f'<title id="t">{escape(title)}</title>',
        f'<desc id="d">For each policy: on how many days so many people came, the band from {low} to {high} striped; '
        'below, each open day of the first year, triangles where it left the band.</desc>',
        '<defs><pattern id="band" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect width="8" height="8" fill="#e4f0f2"/><rect width="2" height="8" fill="#9cc3cb"/></pattern></defs>',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
    ]
    for n, (name, results) in enumerate(played.items()):
        parts += [f'<g transform="translate(0 {n * PANEL})">', *_panel(name, results, low, high), "</g>"]
    return "\n".join([*parts, "</svg>", ""])


def _panel(name: str, results: Sequence[Result], low: int, high: int) -> list[str]:
    days = Counter(result.visitors for result in results)
    first, last = min([*days, low]) - 2, max([*days, high]) + 2
    wide, most = (WIDTH - LEFT - RIGHT) / (last - first + 1), max(days.values(), default=1)
    inside = sum(count for number, count in days.items() if low <= number <= high)

    def x(number: float) -> float:
        return round(LEFT + (number - first) * wide, 1)

    parts = [
        f'<text x="{LEFT}" y="24" font-size="19">{escape(name)}: {inside} of {len(results)} days from {low} to {high}'
        "</text>",
        f'<rect x="{x(low)}" y="{TOP - 16}" width="{round(wide * (high - low + 1), 1)}" height="{FLOOR - TOP + 16}" '
        'fill="url(#band)"/>',
        f'<path d="M{LEFT} {FLOOR}H{WIDTH - RIGHT}" stroke="#16212b"/>',
    ]
    for number, count in sorted(days.items()):
        tall = round((FLOOR - TOP) * count / most, 1)
        parts.append(f'<rect x="{x(number + 0.12)}" y="{round(FLOOR - tall, 1)}" width="{round(wide * 0.76, 1)}" '
                     f'height="{tall}" fill="{"#0b5260" if low <= number <= high else "#16212b"}"/>')
    parts += [f'<text x="{x(number + 0.5)}" y="{FLOOR + 18}" text-anchor="middle">{number}</text>'
              for number in range(first, last + 1) if number % 5 == 0]
    return [*parts, *_year(results, low, high)]


def _year(results: Sequence[Result], low: int, high: int) -> list[str]:
    year = [result for result in results if result.date.year == results[0].date.year] if results else []
    if not year:
        return []
    least, most = min([low, *(day.visitors for day in year)]), max([high, *(day.visitors for day in year)])
    step, top = (WIDTH - LEFT - RIGHT) / len(year), FLOOR + 44

    def y(visitors: float) -> float:
        return round(top + STRIP * (most - visitors) / max(most - least, 1), 1)

    parts = [f'<rect x="{LEFT}" y="{y(high)}" width="{WIDTH - LEFT - RIGHT}" height="{round(y(low) - y(high), 1)}" '
             'fill="url(#band)"/>',
             f'<text x="{LEFT - 8}" y="{y(high) + 5}" text-anchor="end">{high}</text>',
             f'<text x="{LEFT - 8}" y="{y(low) + 5}" text-anchor="end">{low}</text>']
    for n, day in enumerate(year):
        across, up = round(LEFT + step * (n + 0.5), 1), y(day.visitors)
        tip = 5 if day.visitors > high else -5
        parts.append(f'<circle cx="{across}" cy="{up}" r="1.6" fill="#0b5260"/>' if low <= day.visitors <= high else
                     f'<path d="M{across - 4} {up + tip}h8L{across} {up - tip}z"/>')
    parts.append(f'<text x="{LEFT}" y="{top + STRIP + 24}">{year[0].date:%B %Y} to {year[-1].date:%B %Y}, '
                 "each open day</text>")
    return parts
