"""Screenshots made small: cut, put one below or beside the other, and packed with few colours."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image, ImageChops

COLOURS = 48
BETWEEN = 16
DESK = (226, 234, 234)  # what lies between two pictures


def picture(shot: bytes) -> Image.Image:
    """A screenshot as a picture."""
    return Image.open(io.BytesIO(shot)).convert("RGB")


def pile(pictures: list[Image.Image], *, beside: bool = False) -> Image.Image:
    """The pictures one below the other, or beside it, framed and with a gap between."""
    widths, heights = [one.width for one in pictures], [one.height for one in pictures]
    gaps = BETWEEN * (len(pictures) + 1)
    wide, high = (sum(widths) + gaps, max(heights) + 2 * BETWEEN), (max(widths) + 2 * BETWEEN, sum(heights) + gaps)
    sheet, x, y = Image.new("RGB", wide if beside else high, DESK), BETWEEN, BETWEEN
    for one in pictures:
        sheet.paste(one, (x, y))
        x, y = (x + one.width + BETWEEN, y) if beside else (x, y + one.height + BETWEEN)
    return sheet


def trimmed(one: Image.Image) -> Image.Image:
    """Without the empty edges, but for a little."""
    found = ImageChops.difference(one, Image.new("RGB", one.size, one.getpixel((0, 0)))).getbbox()
    left, top, right, bottom = found or (0, 0, *one.size)
    room = Image.new("RGB", (right - left + 2 * BETWEEN, bottom - top + 2 * BETWEEN), one.getpixel((0, 0)))
    room.paste(one.crop((left, top, right, bottom)), (BETWEEN, BETWEEN))
    return room


def narrower(one: Image.Image, width: int) -> Image.Image:
    """The picture at that width."""
    return one.resize((width, round(one.height * width / one.width)), Image.Resampling.LANCZOS)


def save(one: Image.Image, path: Path) -> int:
    """Written with few colours; answers how many bytes it has."""
    few = one.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    return path.stat().st_size
