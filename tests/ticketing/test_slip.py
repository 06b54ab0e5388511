"""Slip paper: what stands on it, the bytes a receipt printer gets, and what that printer makes of them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.conftest import NOW
from tests.ticketing import paper, samples
from ticketing import escpos, qr, slip
from ticketing.slip import Slip

CAPTURED = Path(__file__).parent / "captured"
ADDRESS = "https://antre.test/t/22EX0007VCEXRN2FM474TCW0497WYSC5WCKC"
EXPECTED = (NOW + timedelta(minutes=20), NOW + timedelta(minutes=35))


def number(**changes: Any) -> Slip:
    """The slip of A-012, two people, third in line."""
    whole = {"office": samples.OFFICE.name, "number": "A-012", "service": "Perekaman KTP-el", "party": 2,
             "arrived": NOW, "before": 3, "expected": EXPECTED, "language": "id"} | changes
    return slip.of_number(whole.pop("office"), whole.pop("number"), whole.pop("service"), **whole)


def printed(made: Slip) -> paper.Paper:
    return paper.read(escpos.encode(made))


def test_a_number_says_where_which_when_and_what_to_do() -> None:
    sheet = printed(number())
    assert sheet.cuts == 1
    assert (sheet.line("A-012").times, sheet.line("Disdukcapil").bold, sheet.line("Perekaman").bold) == (8, True, True)
    assert sheet.lines[:5] == ["Disdukcapil Kota Balikpapan", "Nomor antrean Anda", "A-012", "Perekaman KTP-el",
                               "2 orang"]
    for said in ("3 nomor sebelum Anda", "Kira-kira dipanggil 08.20 sampai 08.35 WITA",
                 "Diambil Selasa, 24 November 2026, 08.00 WITA", "Lihat layar", "datanglah ke loket"):
        assert said in sheet.text


def test_the_next_one_is_told_so_and_a_single_moment_is_no_range() -> None:
    sheet = printed(number(before=0, expected=(NOW, NOW + timedelta(seconds=20)), party=1))
    assert "Anda berikutnya Kira-kira dipanggil 08.00 WITA Diambil" in sheet.text
    assert "1 number before you" in printed(number(before=1, expected=(NOW, NOW), language="en")).text
    assert "orang" not in sheet.text


def test_who_does_not_wait_any_more_gets_no_estimate_and_nobody_guesses_one() -> None:
    assert "dipanggil 08" not in printed(number(expected=None)).text
    assert "sebelum Anda" not in printed(number(before=None, expected=None)).text


@pytest.mark.parametrize(("shown", "times"), [("A-1000", 8), ("A-12345", 6)])
def test_a_long_number_still_fits_into_one_line(shown: str, times: int) -> None:
    assert printed(number(number=shown)).line(shown).times == times


def test_a_ticket_carries_its_code_and_a_qr_that_scans() -> None:
    ticket = samples.ticket()
    sheet = printed(slip.of_ticket(ticket))
    assert sheet.scanned() == [ticket.url.upper()]
    assert sheet.line("482-177-301").times == 2
    for said in ("09.30 WITA", "Senin, 30 November 2026", "Atas nama: Siti A.", "- KK (fotokopi)", "UBAH 482-177-301"):
        assert said in sheet.text
    assert "Aminah" not in sheet.text


def test_a_cancelled_ticket_cannot_be_mistaken_for_one_that_holds() -> None:
    sheet = printed(slip.of_ticket(samples.ticket(booking=samples.booking(status="cancelled"))))
    assert "Tiket dibatalkan" in sheet.lines
    assert sheet.scanned() == []
    assert "482" not in sheet.text


@pytest.mark.parametrize(("words", "plain"), [
    ("Kantor “Jaya” – loket 1…", 'Kantor "Jaya" - loket 1...'), ("José Ñuñez Łuczak", "Jose Nunez Luczak"),
    ("Straße 5 €", "Strasse 5 EUR"), ("北京 Kota", "Kota"), ("a\x1bV\x00b\nc", "aV\x00b c".replace("\x00", "")),
    ("Ævar ½ ×", "AEvar 1/2 x"), ("5 ¤", "5 ?"),
])
def test_characters_a_printer_may_lack_become_plain_ones(words: str, plain: str) -> None:
    assert escpos.ascii_of(words) == plain


@settings(deadline=None)
@given(st.text(max_size=200), st.text(max_size=20))
def test_no_text_can_give_the_printer_an_order_or_leave_the_paper(words: str, shown: str) -> None:
    # An unknown command and a line that is wider than the paper are refused by the printer of the tests.
    assert printed(number(office=words, service=words, number=shown)).cuts == 1


# -- the bytes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "made"), [
    ("number", number), ("ticket", lambda: slip.of_ticket(samples.ticket(url=ADDRESS))),
])
def test_the_bytes_are_those_that_were_looked_at(name: str, made: Callable[[], Slip]) -> None:
    """Captured once and looked at as a picture: `paper.read(...).picture()`."""
    assert escpos.encode(made()) == (CAPTURED / f"{name}.escpos").read_bytes()


def test_another_library_sends_the_same_bytes_for_the_same_orders() -> None:
    handlers = logging.getLogger().handlers[:]
    from escpos.printer import Dummy  # an order of its own to the log as it loads
    logging.getLogger().handlers[:] = handlers

    ticket = samples.ticket()
    theirs = Dummy(magic_encode_args={"disabled": True, "encoding": "CP437"})
    theirs.hw("INIT")
    theirs.set(align="center")
    theirs.set(bold=True)
    theirs.textln(ticket.office.name)
    theirs.set(bold=False)
    theirs.ln()
    theirs.set(custom_size=True, width=8, height=8)
    theirs.textln("A-012")
    theirs.set(custom_size=True, width=1, height=1)
    rows = qr.with_quiet(qr.modules(ticket.url))
    picture = Image.new("1", (len(rows), len(rows)), 1)
    picture.putdata([0 if black else 1 for row in rows for black in row])
    side = len(rows) * escpos.BOX
    theirs.image(picture.resize((side, side), Image.Resampling.NEAREST), impl="bitImageRaster")
    theirs.set(align="left")
    theirs.cut(feed=False)

    ours = Slip(ticket.office.name, "", "A-012", (), (), (), ticket.url)
    assert escpos.encode(ours).replace(b"\n", b"") == theirs.output.replace(b"\n", b"")
