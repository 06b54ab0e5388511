"""The hours of rush as SVG: weekdays by hours, each cell the people who come on average, darker the more (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from api.web.pictures.paper import INK, LINE, element, sheet, text

KEY = "rush"
WIDTH, LEFT, TOP, ROW = 1056, 96, 36, 44
FILLS = ("#ffffff", "#e4f0f2", "#b5d3d9", "#6fa3ad", "#0b5260")  # told apart in grey; the number stands in each
LIGHT_ON_DARK = len(FILLS) - 1

Cells = Mapping[tuple[int, int], float]  # weekday (Monday 0) and hour: people on average


def draw(cells: Cells, weekdays: Sequence[int], hours: Sequence[int], words: Mapping[str, Any],
         names: Sequence[str]) -> Markup:
    """The grid; `names` are the weekdays' short ones."""
    most = max(cells.values(), default=0)
    width = (WIDTH - LEFT) / max(len(hours), 1)
    parts = [text(LEFT + width * (n + 0.5), TOP - 12, f"{hour:02}", fill=INK) for n, hour in enumerate(hours)]
    for row, weekday in enumerate(weekdays):
        y = TOP + row * ROW
        parts.append(text(LEFT - 12, y + 27, names[weekday], text_anchor="end"))
        parts += [_cell(cells.get((weekday, hour), 0.0), most, LEFT + width * n, y, width)
                  for n, hour in enumerate(hours)]
    return sheet(KEY, WIDTH, TOP + ROW * len(weekdays) + 8, words["rush_picture"], words["rush_detail"], parts)


def _cell(people: float, most: float, x: float, y: float, width: float) -> Markup:
    step = min(int(people / most * len(FILLS)), len(FILLS) - 1) if most else 0
    box = element("rect", x=x, y=y, width=width - 4, height=ROW - 4, fill=FILLS[step], stroke=LINE)
    ink = "#ffffff" if step == LIGHT_ON_DARK else INK
    return box + text(x + (width - 4) / 2, y + 26, round(people) or "", fill=ink)
