"""A receipt printer for tests: takes ESC/POS, refuses what it does not know, shows what is on the paper.

It knows the few commands that slips are made of, with their meaning in Epson's ESC/POS reference: 48 columns of 12 by
24 dots, 576 dots across. So a test can read the words, decode the QR, and somebody can look at the picture.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import zxingcpp
from PIL import Image, ImageDraw, ImageFont

DOTS = 576
CELL = (12, 24)
MONO = "DejaVuSansMono.ttf"


@dataclass
class Line:
    """One printed line: its letters, how many times their own size, bold or not, and where."""

    text: str
    times: int
    bold: bool
    align: int


@dataclass
class Paper:
    """What one job left behind. `rows` holds lines and pictures from top to bottom; `cuts` how often it was cut."""

    rows: list[Any] = field(default_factory=list)
    cuts: int = 0

    @property
    def lines(self) -> list[str]:
        """The words, line by line, without empty ones."""
        return [row.text for row in self.rows if isinstance(row, Line) and row.text]

    @property
    def text(self) -> str:
        """All words in one line, as people read them."""
        return " ".join(self.lines)

    def line(self, words: str) -> Line:
        """The line that has these words."""
        return next(row for row in self.rows if isinstance(row, Line) and words in row.text)

    def scanned(self) -> list[str]:
        """What a scanner reads from the whole paper."""
        return [one.text for one in zxingcpp.read_barcodes(self.picture())]

    def picture(self) -> Image.Image:
        """The paper as it would look, a pixel a dot."""
        tall = [row.height if isinstance(row, Image.Image) else CELL[1] * row.times + 6 for row in self.rows]
        sheet, y = Image.new("L", (DOTS, sum(tall) + 60), 255), 20
        for row, height in zip(self.rows, tall, strict=True):
            drawn = row if isinstance(row, Image.Image) else _drawn(row)
            align = 1 if isinstance(row, Image.Image) else row.align
            sheet.paste(drawn, ((DOTS - drawn.width) * align // 2, y))
            y += height
        return sheet


def _drawn(line: Line) -> Image.Image:
    wide, tall = CELL[0] * line.times, CELL[1] * line.times
    drawn = Image.new("L", (max(1, wide * len(line.text)), tall), 255)
    try:
        font: Any = ImageFont.truetype(MONO, tall * 0.8)
    except OSError:  # any letters will do to look at
        font = ImageFont.load_default(tall * 0.8)
    for n, letter in enumerate(line.text):
        ImageDraw.Draw(drawn).text((n * wide, 0), letter, fill=0, font=font, stroke_width=int(line.bold))
    return drawn


def read(job: bytes) -> Paper:
    """Print the job. Raises ValueError for a command or a byte the printer does not know."""
    paper, at, state = Paper(), 0, Line("", 1, bold=False, align=0)
    while at < len(job):
        at = _step(job, at, state, paper)
    assert not state.text, "the last line was not fed"
    return paper


def _step(job: bytes, at: int, state: Line, paper: Paper) -> int:
    two = job[at:at + 2]
    if job[at:at + 1] == b"\n":
        assert CELL[0] * state.times * len(state.text) <= DOTS, f"wider than the paper: {state}"
        paper.rows.append(Line(state.text, state.times, state.bold, state.align))
        state.text = ""
    elif 0x20 <= job[at] <= 0x7E:
        state.text += chr(job[at])
    elif two == b"\x1b@":
        state.times, state.bold, state.align = 1, False, 0
        return at + 2
    elif two in (b"\x1ba", b"\x1bE", b"\x1d!"):
        _set(state, two, job[at + 2])
        return at + 3
    elif job[at:at + 4] == b"\x1dVB\x00":
        paper.cuts += 1
        return at + 4
    elif job[at:at + 4] == b"\x1dv0\x00":
        return _raster(job, at + 4, paper)
    else:
        raise ValueError(f"byte {at}: {job[at:at + 4]!r}")
    return at + 1


def _set(state: Line, command: bytes, value: int) -> None:
    if command == b"\x1ba":
        state.align = value
    elif command == b"\x1bE":
        state.bold = bool(value)
    else:
        assert value >> 4 == value & 15
        state.times = (value & 15) + 1


def _raster(job: bytes, at: int, paper: Paper) -> int:
    across, down = (int.from_bytes(job[n:n + 2], "little") for n in (at, at + 2))
    assert across * 8 <= DOTS
    end = at + 4 + across * down
    bits = bytes(byte ^ 0xFF for byte in job[at + 4:end])  # in a raster 1 is black
    paper.rows.append(Image.frombytes("1", (across * 8, down), bits).convert("L"))
    return end
