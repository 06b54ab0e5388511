"""How long people waited as SVG: a bar for each span of minutes, its people on it (pure)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from api.web.pictures.paper import DARK, Plot, axis, element, fill, numbers, sheet, text

KEY = "spans"
WIDTH, HEIGHT = 1056, 300
LEFT, RIGHT, TOP, FLOOR = 64, 1040, 32, 244
BAR = 96
STEPS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 20_000, 50_000, 100_000)


def draw(spans: Sequence[tuple[str, int]], words: Mapping[str, Any]) -> Markup:
    """The bars in their order, each with its name below."""
    most = max([1, *(count for _, count in spans)])
    step = next((one for one in STEPS if one * 5 >= most), STEPS[-1])
    plot = Plot(LEFT, RIGHT, TOP, FLOOR, step * -(-most // step))
    width = (RIGHT - LEFT) / max(len(spans), 1)
    middles = [LEFT + width * (n + 0.5) for n in range(len(spans))]
    bars = [element("rect", x=middle - BAR / 2, y=plot.y(count), width=BAR, height=FLOOR - plot.y(count),
                    fill=fill(KEY, "hatch"), stroke=DARK, stroke_width=2)
            for middle, (_, count) in zip(middles, spans, strict=True) if count]
    labels = [text(middle, FLOOR + 24, name) for middle, (name, _) in zip(middles, spans, strict=True)]
    over = numbers([(count, middle, plot.y(count) - 8) for middle, (_, count) in zip(middles, spans, strict=True)])
    return sheet(KEY, WIDTH, HEIGHT, words["spans_picture"], words["spans_detail"],
                 [axis(plot, step), *bars, *labels, over, text((LEFT + RIGHT) / 2, FLOOR + 48, words["minutes"])],
                 ("hatch",))
