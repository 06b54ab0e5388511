"""The monthly report: one page of A4 that the head of the office signs (PDF, pure).

Sentences first, two drawings, a table of services, and a place to sign. It is set smaller where much is to be said, and
always stays one page. Name, NIP and place of who signs are left blank: a report is signed by hand.
"""

from __future__ import annotations

from ticketing import report_words as words
from ticketing.ikm import BEST
from ticketing.report_words import Month, Told
from ticketing.sheet import A4, BOLD, GREY, REGULAR, Sheet

__all__ = ["Month", "Told", "pdf"]

_MARGIN = 20.0
_WIDTH = A4[0] - 2 * _MARGIN
_SIGN = 52.0                        # height of the place to sign, which ends at the lower margin
_FOOT = A4[1] - 12
_SIZES = (10.0, 9.5, 9.0, 8.5, 8.0, 7.5, 7.0)  # of the sentences, in points: the first that fits
_LABEL = 46.0                       # width of the headings beside the sentences
_MOST_SERVICES = 8                  # in the table, the others together
_BARS = 32.0                        # height of a drawing


def pdf(month: Month) -> bytes:
    """The report. The same month gives the same bytes."""
    size = next((one for one in _SIZES if _draw(_blank(month), month, one) <= _FOOT - _SIGN), _SIZES[-1])
    sheet = _blank(month)
    _draw(sheet, month, size)
    _draw_signature(sheet, month, _FOOT - _SIGN)
    return sheet.finish()


def _blank(month: Month) -> Sheet:
    return Sheet(A4, title=f"{words.TITLE}, {month.name}", author=month.office.name, language="id")


def _draw(sheet: Sheet, month: Month, size: float) -> float:
    """All but the place to sign; answers where it ends."""
    y = _draw_head(sheet, month, size)
    for heading, said in words.sentences(month):
        below = sheet.paragraph(_MARGIN, y, heading, size, _LABEL - 4, font=BOLD)
        y = max(below, sheet.paragraph(_MARGIN + _LABEL, y, said, size, _WIDTH - _LABEL)) + 1.6
    return _draw_services(sheet, month, _draw_pictures(sheet, month, y + 3), size)


def _draw_head(sheet: Sheet, month: Month, size: float) -> float:
    """The letterhead, the title, and the days it is about."""
    office = month.office
    sheet.fitted(_MARGIN, 20, office.name, 16, _WIDTH)
    y = sheet.paragraph(_MARGIN, 21.5, f"{office.address}. Telepon {office.phone}", 9, _WIDTH, grey=GREY) + 2
    sheet.rule(_MARGIN, y, _WIDTH)
    sheet.rule(_MARGIN, y + 0.8, _WIDTH)
    y = sheet.paragraph(_MARGIN, y + 5, words.TITLE, size + 5, _WIDTH, font=BOLD)
    return sheet.paragraph(_MARGIN, y + 0.5, month.span, size + 1, _WIDTH) + 3


# -- drawings --------------------------------------------------------------------------------------------------------


def _draw_pictures(sheet: Sheet, month: Month, y: float) -> float:
    half = (_WIDTH - 10) / 2
    _draw_hours(sheet, month, _MARGIN, y, half)
    _draw_elements(sheet, month, _MARGIN + half + 10, y, half)
    return y + _BARS + 14


def _draw_hours(sheet: Sheet, month: Month, x: float, y: float, width: float) -> None:
    """People by the hour they came in, as standing bars with their numbers."""
    sheet.text(x, y + 3, "Pengunjung menurut jam datang", 9, font=BOLD)
    hours = month.figures.by_hour
    if not hours:
        sheet.text(x, y + 10, "Belum ada pengunjung.", 8.5)
        return
    most, step, floor = max(hours.values()), width / len(hours), y + _BARS + 6
    for n, (hour, people) in enumerate(hours.items()):
        height = (_BARS - 6) * people / most
        sheet.block(x + n * step + step * 0.12, floor - height, step * 0.76, height)
        sheet.centred(x + (n + 0.5) * step, floor - height - 1, words.number(people), 6.5)
        sheet.centred(x + (n + 0.5) * step, floor + 3.2, f"{hour:02}", 7, grey=GREY)
    sheet.rule(x, floor, width)


def _draw_elements(sheet: Sheet, month: Month, x: float, y: float, width: float) -> None:
    """The survey's nine elements as lying bars, from 1 to 4."""
    sheet.text(x, y + 3, f"Unsur SKM, 1 sampai {BEST}", 9, font=BOLD)
    means = month.opinions.means
    if means is None:
        sheet.text(x, y + 10, "Jawaban belum cukup.", 8.5)
        return
    row, label = (_BARS + 4) / len(means), 30.0
    for n, (name, mean) in enumerate(means.items()):
        top = y + 6 + n * row
        sheet.text(x, top + row * 0.65, words.ELEMENTS[name], 7.5)
        length = (width - label - 9) * float(mean - 1) / (BEST - 1)
        sheet.block(x + label, top + row * 0.12, max(length, 0.3), row * 0.62)
        sheet.text(x + label + length + 1.2, top + row * 0.65, words.number(mean), 7.5)


# -- the table -------------------------------------------------------------------------------------------------------


def _draw_services(sheet: Sheet, month: Month, y: float, size: float) -> float:
    """Each service with its visits and the middle of its times; what few came for, together."""
    figures = month.figures
    counts = sorted(((figures.visits_for(one.id), one) for one in month.office.services), key=lambda row: -row[0])
    came = [(count, one) for count, one in counts if count]
    rows = [(one.name.get("id", one.slug), words.number(count), _minutes(figures.wait(one.id).median),
             _minutes(figures.service_time(one.id).median)) for count, one in came[:_MOST_SERVICES]]
    if rest := came[_MOST_SERVICES:]:
        rows.append((f"{len(rest)} layanan lain", words.number(sum(count for count, _ in rest)), "", ""))
    y = _draw_row(sheet, y, ("Layanan", "Kunjungan", "Tunggu, tengah", "Pelayanan, tengah"), size, font=BOLD)
    for cells in rows:
        sheet.rule(_MARGIN, y + 0.4, _WIDTH)
        y = _draw_row(sheet, y + 0.4, cells, size)
    return y


def _draw_row(sheet: Sheet, y: float, cells: tuple[str, str, str, str], size: float, *, font: str = REGULAR) -> float:
    baseline = y + size * 0.42
    sheet.fitted(_MARGIN, baseline, cells[0], size, _WIDTH * 0.45, font=font)
    for n, cell in enumerate(cells[1:], 1):
        sheet.right(_MARGIN + _WIDTH * (0.4 + 0.2 * n), baseline, cell, size, font=font)
    return baseline + size * 0.12


def _minutes(value: int | None) -> str:
    return "-" if value is None else f"{words.number(value)} menit"


def _draw_signature(sheet: Sheet, month: Month, y: float) -> None:
    x, width = A4[0] - _MARGIN - 75, 75.0
    sheet.text(x, y + 8, f"{'.' * 22}, {words.day(month.made)}", 10)
    below = sheet.paragraph(x, y + 9, f"Kepala {month.office.name}", 10, width)
    sheet.rule(x, max(below + 18, y + _SIGN - 14), width, dark=True)
    sheet.text(x, y + _SIGN - 9, "Nama", 9, grey=GREY)
    sheet.text(x, y + _SIGN - 4, "NIP", 9, grey=GREY)
    sheet.paragraph(_MARGIN, y + _SIGN - 15, words.HOW, 7.5, 80, grey=GREY)
