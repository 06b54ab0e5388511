"""The papers of a ticket: PDF for A6 and for A4 that folds twice to A6; the calendar entry stands beside.

Answers what people ask of a ticket: when, where, which code, what to bring, how to change it. Holds no NIK and
no phone number of the resident; the name is masked.
"""

from __future__ import annotations

from typing import Literal

from ticketing import words
from ticketing.calendar_entry import ics
from ticketing.sheet import A4, A6, BOLD, GREY, Sheet, plain
from ticketing.ticket import Ticket

__all__ = ["Paper", "Ticket", "ics", "pdf"]

Paper = Literal["a6", "a4"]

_MARGIN = 8.0
_WIDTH = A6[0] - 2 * _MARGIN
_QR = 46.0                            # side of the square with its quiet zone
_SIZES = (8.5, 7.7, 7.0)              # of the words below the QR, in points: the first that fits
_QUIET = 4 * _QR / 41                 # white at each side of a version 4 symbol: its black begins at the margin


def pdf(ticket: Ticket, paper: Paper = "a6") -> bytes:
    """The printable ticket. The same ticket gives the same bytes.

    `a6` is the ticket alone; `a4` has it in the upper left quarter, with lines to fold along.
    """
    sheet = Sheet(A4 if paper == "a4" else A6, title=f"{_heading(ticket)}, {ticket.day}, {ticket.hour}",
                  author=ticket.office.name, language=ticket.language)
    _draw_ticket(sheet, ticket, paper)
    return sheet.finish()


def _heading(ticket: Ticket) -> str:
    return ticket.say("cancelled" if ticket.cancelled else "heading")


def _draw_ticket(sheet: Sheet, ticket: Ticket, paper: Paper) -> None:
    y = _draw_head(sheet, ticket)
    y = _draw_time(sheet, ticket, y)
    if ticket.cancelled:
        sheet.paragraph(_MARGIN, y + 4, ticket.say("void"), 11, _WIDTH)
        return
    y = _draw_proof(sheet, ticket, y)
    _draw_lower_part(sheet, ticket, y, paper)
    if paper == "a4":
        _draw_folds(sheet, ticket)


def _draw_lower_part(sheet: Sheet, ticket: Ticket, y: float, paper: Paper) -> None:
    """What to bring and how to change: in smaller letters if need be, and a list too long for that elsewhere."""
    foot = A6[1] - _MARGIN
    sheet.text(_MARGIN, foot, ticket.say("questions", phone=ticket.office.phone), 7.5, grey=GREY)
    for size in _SIZES:
        if _bottom(ticket, y, size) <= foot - 4:
            _draw_change(sheet, ticket, _draw_list(sheet, ticket, _MARGIN, y, size), size)
            return
    if paper == "a4":
        _draw_change(sheet, ticket, y, _SIZES[0])
        _draw_list(sheet, ticket, A6[0] + _MARGIN, _MARGIN, _SIZES[0])
    else:
        y = sheet.paragraph(_MARGIN, y + 3, ticket.say("bring_overleaf"), _SIZES[0] + 1, _WIDTH, font=BOLD)
        _draw_change(sheet, ticket, y, _SIZES[0])
        sheet.next_page()
        _draw_list(sheet, ticket, _MARGIN, _MARGIN, _SIZES[0])


def _bottom(ticket: Ticket, y: float, size: float) -> float:
    """Where the lower part would end: drawn on paper that is thrown away."""
    scrap = Sheet(A6, title="", author="", language=ticket.language)
    return _draw_change(scrap, ticket, _draw_list(scrap, ticket, _MARGIN, y, size), size)


def _draw_head(sheet: Sheet, ticket: Ticket) -> float:
    sheet.text(_MARGIN, 13, _heading(ticket), 15, font=BOLD)
    y = sheet.paragraph(_MARGIN, 15, ticket.office.name, 8.5, _WIDTH, font=BOLD)
    y = sheet.paragraph(_MARGIN, y, ticket.office.address, 7.5, _WIDTH, grey=GREY) + 2.5
    sheet.rule(_MARGIN, y, _WIDTH)
    return y


def _draw_time(sheet: Sheet, ticket: Ticket, y: float) -> float:
    sheet.fitted(_MARGIN, y + 7, ticket.day, 13, _WIDTH)
    sheet.fitted(_MARGIN, y + 16, ticket.say("at", time=ticket.hour), 22, _WIDTH)
    return y + 18


def _draw_proof(sheet: Sheet, ticket: Ticket, y: float) -> float:
    """The QR and, beside it, what the clerk and the visitor check; below, what to do with them."""
    sheet.qr(_MARGIN - _QUIET, y, _QR, ticket.url)
    x, width = _MARGIN + _QR - _QUIET, _WIDTH - _QR + _QUIET
    below = y + _QR - _QUIET
    y += _QUIET
    if ticket.code:
        sheet.text(x, y + 2, ticket.say("code"), 7.5, grey=GREY)
        sheet.fitted(x, y + 10, ticket.code, 24, width)
        y += 13
    for label, value in _facts(ticket):
        sheet.text(x, y + 2, label, 7.5, grey=GREY)
        y = sheet.paragraph(x, y + 2.5, value, 9.5, width, font=BOLD) + 2
    opens = words.hour(ticket.language, ticket.opens)
    return sheet.paragraph(_MARGIN, max(y, below) + 3, ticket.say("door", time=opens), 8.5, _WIDTH)


def _facts(ticket: Ticket) -> list[tuple[str, str]]:
    facts = [(ticket.say("service"), ticket.service_name)]
    people = ticket.say("people", count=ticket.booking.party) if ticket.booking.party > 1 else ""
    name = plain(ticket.shown_name or "")
    if name:
        facts.append((ticket.say("name"), f"{name} ({people})" if people else name))
    elif people:
        facts.append((ticket.say("party"), people))
    return facts


def _draw_list(sheet: Sheet, ticket: Ticket, x: float, y: float, size: float) -> float:
    if not ticket.bring:
        return y
    y = sheet.paragraph(x, y + 3, ticket.say("bring"), size + 1, _WIDTH, font=BOLD) + 0.5
    for item in ticket.bring:
        sheet.box(x, y + size * 0.11, size * 0.27)
        y = sheet.paragraph(x + 4.5, y, item, size, _WIDTH - 4.5) + 0.4
    return y


def _draw_change(sheet: Sheet, ticket: Ticket, y: float, size: float) -> float:
    y = sheet.paragraph(_MARGIN, y + 3, ticket.say("change"), size + 1, _WIDTH, font=BOLD)
    return sheet.paragraph(_MARGIN, y, ticket.how_to_change, size, _WIDTH)


def _draw_folds(sheet: Sheet, ticket: Ticket) -> None:
    """Where to fold: twice, and the ticket lies outside at the size of A6."""
    middle_x, middle_y = A4[0] / 2, A4[1] / 2
    sheet.fold(middle_x, 0, middle_x, A4[1])
    sheet.fold(0, middle_y, A4[0], middle_y)
    sheet.text(middle_x + 4, middle_y + 6, ticket.say("fold"), 7.5, grey=GREY)
