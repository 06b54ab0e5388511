"""A slip as the bytes a receipt printer takes: ESC/POS for 80 mm paper, 48 columns of font A, 576 dots (pure).

Only commands that every such printer knows (Epson's ESC/POS reference; clones follow it): initialise, align, bold,
size, raster picture, cut. Text goes out in ASCII, as the table above it differs between printers, and Indonesian needs
no more; what is not in it is written by its nearest plain letter.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator

from ticketing import qr
from ticketing.sheet import plain
from ticketing.slip import Slip

COLUMNS = 48
LARGEST = 8   # times a letter's own size, in each direction
BOX = 8       # dots a module of the QR: one byte of a raster's row, and 41 mm for the largest

INITIALISE = b"\x1b@"
CENTRE, LEFT = b"\x1ba\x01", b"\x1ba\x00"
BOLD, REGULAR = b"\x1bE\x01", b"\x1bE\x00"
CUT = b"\x1dVB\x00"  # feed to the knife, then cut

_TYPED = str.maketrans({
    "–": "-", "—": "-", "·": "-", "•": "*", "“": '"', "”": '"', "‘": "'", "’": "'", "…": "...", "×": "x", "ß": "ss",
    "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "€": "EUR", "½": "1/2",
})


def encode(slip: Slip) -> bytes:
    """The whole job: from a fresh start to the cut. The same slip gives the same bytes."""
    return b"".join(_parts(slip))


def ascii_of(words: str) -> str:
    """`words` in printable ASCII: accents are dropped, foreign scripts left out, what else is unknown becomes `?`."""
    decomposed = unicodedata.normalize("NFKD", plain(words).translate(_TYPED))
    bare = "".join(c for c in decomposed if not unicodedata.combining(c))
    return "".join(c if " " <= c <= "~" else "?" for c in bare)


def _parts(slip: Slip) -> Iterator[bytes]:
    yield INITIALISE + CENTRE
    yield _bold(slip.office)
    yield _lines(slip.heading)
    yield _large(slip.large)
    for words in slip.bold:
        yield _bold(words)
    if slip.url is not None:
        yield _picture(slip.url)
    if slip.code is not None:
        yield _size(2) + _lines(slip.code, COLUMNS // 2) + _size(1)
    yield b"\n" + (LEFT if slip.url else b"")
    for words in slip.facts:
        yield _lines(words)
    yield b"\n"
    for words in slip.advice:
        yield _lines(words)
    yield CUT


def _bold(words: str) -> bytes:
    return BOLD + _lines(words) + REGULAR


def _large(words: str) -> bytes:
    """As large as fits into one line."""
    times = max(1, min(LARGEST, COLUMNS // max(len(ascii_of(words)), 1)))
    return b"\n" + _size(times) + _lines(words, COLUMNS // times) + _size(1) + b"\n"


def _size(times: int) -> bytes:
    return bytes([0x1D, 0x21, 0x11 * (times - 1)])


def _lines(words: str, columns: int = COLUMNS) -> bytes:
    lines = textwrap.wrap(ascii_of(words), columns, break_on_hyphens=False)
    return "".join(f"{line}\n" for line in lines).encode("ascii")


def _picture(url: str) -> bytes:
    """The QR as a raster: the one picture command all printers know, and no printer draws another symbol of its own."""
    rows = qr.with_quiet(qr.modules(url))
    side = [len(rows), len(rows) * BOX]  # bytes across, dots down
    head = b"\x1dv0\x00" + b"".join(n.to_bytes(2, "little") for n in side)
    return head + b"".join(bytes(0xFF if black else 0 for black in row) * BOX for row in rows) + b"\n"
