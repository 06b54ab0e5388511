"""The printed ticket: what it says (pypdf), and that its QR is read from the page as it is rendered (PDFium, ZXing)."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pypdf
import pypdfium2
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.ticketing.samples import booking, office, service, ticket
from ticketing import document
from ticketing.document import Paper
from ticketing.sheet import plain
from ticketing.ticket import Ticket

MM = 72 / 25.4


def read(made: Ticket, paper: Paper = "a6") -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(document.pdf(made, paper)))


def words(made: Ticket, paper: Paper = "a6") -> str:
    return " ".join(" ".join(page.extract_text() for page in read(made, paper).pages).split())


def rendered(made: Ticket, paper: Paper = "a6") -> Image.Image:
    """The first page at 150 dots an inch, as a cheap printer has."""
    return pypdfium2.PdfDocument(document.pdf(made, paper))[0].render(scale=150 / 72).to_pil()


def size_mm(page: Any) -> tuple[int, int]:
    return round(float(page.mediabox.width) / MM), round(float(page.mediabox.height) / MM)


def test_it_answers_when_where_which_code_what_to_bring_and_how_to_change() -> None:
    text = words(ticket())
    for answer in ("Tiket antrean", "Disdukcapil Kota Balikpapan", "Jalan Contoh No. 1", "Senin, 30 November 2026",
                   "Pukul 09.30 WITA", "482-177-301", "Perekaman KTP-el", "Siti A.", "KK (fotokopi)", "Formulir F-1.02",
                   "mulai pukul 09.00 WITA", "Pindai kode QR", "telepon +62542000000"):
        assert answer in text
    assert "orang" not in text
    assert "Aminah" not in text


def test_in_english() -> None:
    text = words(ticket(language="en", booking=booking(party=3)))
    for answer in ("Queue ticket", "Monday, 30 November 2026", "09:30 WITA", "Recording for the identity card",
                   "Siti A. (3 people)", "Family card (copy)", "phone +62542000000"):
        assert answer in text


@pytest.mark.parametrize(("zone", "shown"), [
    ("Asia/Jakarta", "Pukul 08.30 WIB"), ("Asia/Jayapura", "Pukul 10.30 WIT"), ("Europe/Berlin", "Pukul 02.30 CET"),
    ("America/Sao_Paulo", "Minggu, 29 November 2026 Pukul 22.30 UTC-03"),
])
def test_the_hour_is_the_offices(zone: str, shown: str) -> None:
    assert shown in words(ticket(office=office(timezone=zone)))


def test_it_says_how_to_change_by_sms_where_the_office_reads_those() -> None:
    text = words(ticket(office=office(sms_number="+6281200009000")))
    assert "UBAH 482-177-301 atau BATAL 482-177-301 ke 0812-0000-9000" in text
    assert "UBAH" not in words(ticket(office=office(sms_number=None)))


def test_without_name_and_with_company_the_number_of_people_stands_alone() -> None:
    assert "Jumlah 4 orang" in words(ticket(name=None, booking=booking(party=4)))


def test_an_erased_booking_still_makes_a_ticket() -> None:
    text = words(ticket(name=None, booking=booking(code=None)))
    assert "Kode" not in text.replace("kode", "")


@pytest.mark.parametrize("paper", ["a6", "a4"])
@pytest.mark.parametrize("language", ["id", "en"])
def test_the_qr_is_read_from_the_page(paper: Paper, language: str) -> None:
    made = ticket(language=language)
    found = zxingcpp.read_barcodes(rendered(made, paper))
    assert [code.text for code in found] == [made.url.upper()]


def test_the_qr_is_pure_black_on_white_and_large() -> None:
    picture = rendered(ticket())
    corners = zxingcpp.read_barcodes(picture)[0].position
    side = (corners.top_right.x - corners.top_left.x) / 150 * 25.4
    assert side >= 35  # mm of black, quiet zone not counted
    box = (corners.top_left.x, corners.top_left.y, corners.bottom_right.x, corners.bottom_right.y)
    inside = picture.crop(box).convert("RGB").getcolors(1 << 16)
    assert inside is not None
    assert all(red == green == blue for _count, (red, green, blue) in inside)
    assert {(0, 0, 0), (255, 255, 255)} <= {colour for _count, colour in inside}


def test_a_screen_reader_and_an_archive_know_what_it_is() -> None:
    reader = read(ticket(language="en"))
    assert reader.metadata is not None
    assert reader.metadata.title == "Queue ticket, Monday, 30 November 2026, 09:30 WITA"
    assert reader.metadata.author == "Disdukcapil Kota Balikpapan"
    assert reader.root_object["/Lang"] == "en"
    assert reader.pages[0]["/Annots"][0]["/A"]["/URI"] == ticket().url


def test_papers_have_their_size_and_one_page() -> None:
    for paper, size in (("a6", (105, 148)), ("a4", (210, 297))):
        pages = read(ticket(), paper).pages  # type: ignore[arg-type]
        assert [size_mm(page) for page in pages] == [size]
    assert "Lipat di sini" in words(ticket(), "a4")


def test_a_cancelled_ticket_cannot_be_scanned() -> None:
    void = ticket(booking=booking(status="cancelled", ended_at=datetime(2026, 11, 25, tzinfo=UTC)))
    assert "Tiket dibatalkan" in words(void)
    assert "tidak berlaku lagi" in words(void)
    assert zxingcpp.read_barcodes(rendered(void)) == []


def test_the_same_ticket_gives_the_same_bytes() -> None:
    assert document.pdf(ticket()) == document.pdf(ticket())


@pytest.mark.parametrize("count", [0, 1, 4, 6, 9, 25])
@pytest.mark.parametrize("paper", ["a6", "a4"])
def test_any_list_fits_on_its_paper(count: int, paper: Paper) -> None:
    """Every item is printed inside the page and on nothing else, in smaller letters or elsewhere if need be."""
    items = [f"Dokumen nomor {n} dengan keterangan yang agak panjang" for n in range(count)]
    made = ticket(service=service(bring={"id": items}))
    text = words(made, paper)
    assert all(item in text for item in items)
    for page in read(made, paper).pages:
        baselines = _baselines(page)
        assert all(5 * MM < y < float(page.mediabox.height) - 5 * MM for _x, y in baselines)
        assert len(set(baselines)) == len(baselines)
    assert len(read(made, paper).pages) == (2 if paper == "a6" and count > 5 else 1)


def _baselines(page: Any) -> list[tuple[int, int]]:
    """Where each line of text begins, in points."""
    found: list[tuple[int, int]] = []

    def visit(text: str, _cm: Any, tm: Any, _font: Any, _size: Any) -> None:
        if text.strip():
            found.append((round(tm[4]), round(tm[5])))

    page.extract_text(visitor_text=visit)
    return found


@pytest.mark.parametrize(("name", "shown"), [
    ("Đặng Thị Ánh", "Dang T. Á."), ("I Gusti Ngurah", "I G. N."), ("Łukasz Żak", "Lukasz Z."),
    ("Zoë Ångström", "Zoë Å."), ("O’Neil D'Souza", "O’Neil D."), ("Siti 王", "Siti"), ("Мария", None), ("😀", None),
])
def test_names_the_fonts_do_not_know_fall_back(name: str, shown: str | None) -> None:
    text = words(ticket(name=name))
    assert ("Atas nama" in text) == (shown is not None)
    if shown is not None:
        assert f"Atas nama {shown} " in text
    assert "482-177-301" in text


@given(name=st.text(max_size=80), place=st.text(max_size=120), item=st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_no_text_breaks_it(name: str, place: str, item: str) -> None:
    made = ticket(name=name, office=office(name=place, address=place), service=service(bring={"id": [item] * 3}))
    assert document.pdf(made).startswith(b"%PDF")


def test_plain_keeps_what_the_fonts_know() -> None:
    assert plain("Jalan “Mawar” – Blok É, €5") == "Jalan “Mawar” – Blok É, €5"
    assert plain("a\tb\x00c") == "a bc"


def test_the_paper_names_no_hour_before_the_office_opens() -> None:
    first = ticket(booking=booking(start=datetime(2026, 11, 29, 23, 30, tzinfo=UTC)))
    assert "mulai pukul 07.30 WITA" in words(first)
