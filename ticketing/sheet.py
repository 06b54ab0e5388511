"""Paper: a page drawn from the top left in millimetres, over reportlab's canvas.

Only the standard fonts are used, so a file stays at a few kilobytes and nothing need be embedded. They know the
characters of Windows-1252; others are written by their nearest plain letter, or left out.
"""

from __future__ import annotations

import io
import unicodedata

from reportlab.lib.units import mm
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from ticketing import qr

REGULAR, BOLD = "Helvetica", "Helvetica-Bold"
BLACK, GREY, LINE = 0.0, 0.35, 0.75  # share of white
LEADING = 1.28                       # lines apart, in font sizes

_STROKED = {"Đ": "D", "đ": "d", "Ł": "L", "ł": "l", "Ħ": "H", "ħ": "h", "ı": "i"}  # Unicode takes no stroke off

A6 = (105.0, 148.0)
A4 = (210.0, 297.0)


class Sheet:
    """Pages of one size. Positions and widths in mm from the top left, font sizes in points."""

    def __init__(self, size: tuple[float, float], *, title: str, author: str, language: str) -> None:
        self.width, self.height = size
        self._file = io.BytesIO()
        # invariant: no time of making inside, so that the same ticket gives the same bytes
        self._canvas = Canvas(self._file, pagesize=(size[0] * mm, size[1] * mm), invariant=True, lang=language)
        self._canvas.setTitle(plain(title))
        self._canvas.setAuthor(plain(author))
        self._canvas.setSubject(plain(title))
        self._canvas.setCreator("Antre")

    def text(self, x: float, y: float, words: str, size: float, *, font: str = REGULAR, grey: float = BLACK) -> None:
        """One line whose baseline is at `y`."""
        self._canvas.setFillGray(grey)
        self._canvas.setFont(font, size)
        self._canvas.drawString(x * mm, (self.height - y) * mm, plain(words))

    def centred(self, x: float, y: float, words: str, size: float, *, font: str = REGULAR, grey: float = BLACK) -> None:
        """One line around `x`, its baseline at `y`."""
        self.text(x - _width(words, font, size) / 2, y, words, size, font=font, grey=grey)

    def right(self, x: float, y: float, words: str, size: float, *, font: str = REGULAR, grey: float = BLACK) -> None:
        """One line that ends at `x`, its baseline at `y`."""
        self.text(x - _width(words, font, size), y, words, size, font=font, grey=grey)

    def fitted(self, x: float, y: float, words: str, size: float, width: float, *, font: str = BOLD) -> None:
        """One line, set smaller if it would be wider than `width`."""
        room = width * mm / max(stringWidth(plain(words), font, size), 0.001)
        self.text(x, y, words, size * min(1.0, room), font=font)

    def paragraph(self, x: float, y: float, words: str, size: float, width: float, *,
                  font: str = REGULAR, grey: float = BLACK) -> float:
        """Lines broken at `width`, the top of the first at `y`; answers where the next thing may begin."""
        for line in simpleSplit(plain(words), font, size, width * mm):
            y += size * LEADING / mm
            self.text(x, y - size * (LEADING - 1) / mm, line, size, font=font, grey=grey)
        return y

    def rule(self, x: float, y: float, width: float, *, dark: bool = False) -> None:
        """A thin level line; `dark` to be written on."""
        self._canvas.setStrokeGray(BLACK if dark else LINE)
        self._canvas.setLineWidth(0.5)
        self._canvas.line(x * mm, (self.height - y) * mm, (x + width) * mm, (self.height - y) * mm)

    def block(self, x: float, y: float, width: float, height: float) -> None:
        """A filled bar of a drawing."""
        self._canvas.setFillGray(GREY)
        self._canvas.rect(x * mm, (self.height - y - height) * mm, width * mm, height * mm, stroke=0, fill=1)

    def box(self, x: float, y: float, side: float) -> None:
        """An empty square to tick."""
        self._canvas.setStrokeGray(GREY)
        self._canvas.setLineWidth(0.7)
        self._canvas.rect(x * mm, (self.height - y - side) * mm, side * mm, side * mm)

    def fold(self, x0: float, y0: float, x1: float, y1: float) -> None:
        """A dashed line to fold along."""
        self._canvas.saveState()
        self._canvas.setStrokeGray(LINE)
        self._canvas.setLineWidth(0.5)
        self._canvas.setDash(3, 4)
        self._canvas.line(x0 * mm, (self.height - y0) * mm, x1 * mm, (self.height - y1) * mm)
        self._canvas.restoreState()

    def qr(self, x: float, y: float, side: float, url: str) -> None:
        """The QR of `url` with its quiet zone in a square, as one shape, and a link for those who read on a screen."""
        rows = qr.modules(url)
        unit = side / (len(rows) + 2 * qr.QUIET)
        path = self._canvas.beginPath()
        for column, row, length in qr.bars(rows):
            left, below = x + (column + qr.QUIET) * unit, y + (row + qr.QUIET + 1) * unit
            path.rect(left * mm, (self.height - below) * mm, length * unit * mm, unit * mm)
        self._canvas.setFillGray(BLACK)
        self._canvas.drawPath(path, stroke=0, fill=1)
        self._canvas.linkURL(url, (x * mm, (self.height - y - side) * mm, (x + side) * mm, (self.height - y) * mm))

    def next_page(self) -> None:
        """End this page; what follows is drawn on another of the same size."""
        self._canvas.showPage()

    def finish(self) -> bytes:
        """The file."""
        self._canvas.showPage()
        self._canvas.save()
        return self._file.getvalue()


def _width(words: str, font: str, size: float) -> float:
    return float(stringWidth(plain(words), font, size)) / mm


def plain(words: str) -> str:
    """`words` in the characters the standard fonts have: accents they lack are dropped, foreign scripts left out."""
    if _is_known(words):
        return words
    return " ".join(filter(None, map(_plain_word, unicodedata.normalize("NFC", words).split())))


def _plain_word(word: str) -> str:
    kept = "".join(c if _is_known(c) else _bare(c) for c in word)
    return kept if any(c.isalnum() for c in kept) or not any(c.isalnum() for c in word) else ""


def _bare(character: str) -> str:
    letter = _STROKED.get(character, character)
    return "".join(c for c in unicodedata.normalize("NFKD", letter) if _is_known(c))


def _is_known(words: str) -> bool:
    try:
        words.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return words.isprintable()
