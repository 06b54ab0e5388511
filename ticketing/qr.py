"""The QR picture of a ticket's address, as PNG, as SVG and as modules to draw elsewhere.

Drawn in upper case, as the symbol's alphanumeric mode needs (ISO/IEC 18004), at level M and at most version
4: large modules that an old phone's camera and a cheap scanner read from a scratched screen. The quiet zone
of four modules is part of every picture. Always black on white.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import lru_cache

import qrcode
from PIL import Image
from qrcode.constants import ERROR_CORRECT_M

MAX_VERSION = 4
MAX_CHARACTERS = 90  # alphanumeric, version 4, level M
QUIET = 4            # modules of white around the symbol
BOX = 10             # pixels a module in the PNG

# Any of the eight masks decodes; trying them all to pick the prettiest takes three times as long.
_MASK = 3
_ALPHANUMERIC = re.compile(r"[0-9A-Z $%*+\-./:]+", re.ASCII)

Modules = tuple[tuple[bool, ...], ...]


@lru_cache(maxsize=256)
def modules(url: str) -> Modules:
    """The symbol without its quiet zone, row by row, True for black.

    Raises ValueError if the address, in upper case, holds other characters than QR's alphanumeric mode has
    or is longer than version 4 at level M can hold: then the host's name is too long for tickets.
    """
    address = url.upper()
    if not _ALPHANUMERIC.fullmatch(address) or len(address) > MAX_CHARACTERS:
        raise ValueError(f"an address of a ticket has at most {MAX_CHARACTERS} letters, digits and - . / :")
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=_MASK)
    code.add_data(address, optimize=0)  # one stretch, alphanumeric throughout
    code.make()
    assert code.version <= MAX_VERSION
    return tuple(tuple(bool(module) for module in row) for row in code.get_matrix())


@lru_cache(maxsize=256)
def png(url: str) -> bytes:
    """The picture as a PNG of one bit a pixel, ten pixels a module. Raises ValueError as `modules`."""
    rows = modules(url)
    side = len(rows) + 2 * QUIET
    picture = Image.new("1", (side, side), 1)
    picture.putdata([0 if black else 1 for row in with_quiet(rows) for black in row])
    file = io.BytesIO()
    picture.resize((side * BOX, side * BOX), Image.Resampling.NEAREST).save(file, "PNG")
    return file.getvalue()


@lru_cache(maxsize=256)
def svg(url: str) -> str:
    """The picture as an SVG of one path, a unit a module. Raises ValueError as `modules`.

    Says nothing to a screen reader: the page that shows it has the words.
    """
    return _drawn(modules(url))


def svg_as_written(address: str) -> str:
    """The picture of any address, letter by letter (byte mode), as an SVG like that of `svg`."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=_MASK)
    code.add_data(address.encode(), optimize=0)
    code.make()
    return _drawn(tuple(tuple(bool(module) for module in row) for row in code.get_matrix()))


def _drawn(rows: Modules) -> str:
    side = len(rows) + 2 * QUIET
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" width="{side * 8}" height="{side * 8}"'
        f' shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{_path(rows)}"/></svg>'
    )


def bars(rows: Modules) -> Iterator[tuple[int, int, int]]:
    """The black of the symbol as horizontal bars (column, row, length), to draw it elsewhere."""
    for y, row in enumerate(rows):
        x = 0
        while x < len(row):
            length = 0
            while x + length < len(row) and row[x + length]:
                length += 1
            if length:
                yield x, y, length
            x += length + 1


def _path(rows: Modules) -> str:
    """Each bar drawn from where the one before ended, which keeps the numbers short."""
    parts, pen_x, pen_y = [], 0, 0
    for x, y, length in bars(rows):
        x, y = x + QUIET, y + QUIET
        parts.append(f"m{x - pen_x} {y - pen_y}h{length}v1h-{length}z")
        pen_x, pen_y = x, y
    return "".join(parts)


def with_quiet(rows: Modules) -> Modules:
    """The symbol with its quiet zone."""
    side, edge = len(rows) + 2 * QUIET, (False,) * QUIET
    blank = ((False,) * side,) * QUIET
    return (*blank, *(edge + row + edge for row in rows), *blank)
