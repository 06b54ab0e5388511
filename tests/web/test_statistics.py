"""The manager's statistics: sentences, pictures with tables behind, other days, the table, and the signed page."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pypdfium2
import pytest
from pypdf import PdfReader

from api.assembly import Antre
from scheduler.offices import Office
from tests.hall_days import Came, Hall, fortnight
from tests.web.reading import Visitor

PATH = "/manage/statistics"
SignIn = Callable[[str], Visitor]
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def manager(antre: Antre, balikpapan: Office, signed_in: SignIn) -> Visitor:
    fortnight(Hall(antre.database, balikpapan))
    return signed_in("manager")


def test_the_month_in_sentences_pictures_and_tables(manager: Visitor) -> None:
    page = manager.open(PATH)
    assert page.status == 200
    assert "orang datang dalam 11 hari buka" in page.text
    assert re.search(r"Separuh menunggu paling lama \d+ menit", page.text)
    assert re.search(r"Separuh dilayani dalam \d+ menit", page.text)
    assert "30 tidak datang" in page.text
    assert "IKM 82,07, mutu B (baik), dari 11 jawaban" in page.text
    assert page.html.count("<svg xmlns") == page.html.count('role="img"') == 2
    for title in ("Gambar jam ramai", "Gambar berapa lama orang menunggu"):
        assert title in page.html
    assert page.html.count("<details>") == 2
    assert "Permohonan saya lewat internet ditolak" in page.text
    assert "Half waited at most" in manager.open(f"{PATH}?lang=en").text


def test_other_days_and_dates_that_are_none(manager: Visitor) -> None:
    assert "Selasa, 3 November 2026 sampai Rabu, 4 November 2026" in manager.open(
        f"{PATH}?from=2026-11-03&to=2026-11-04").text
    assert "Belum ada yang datang" in manager.open(f"{PATH}?from=2026-10-01&to=2026-10-31").text
    for query in ("from=x", "from=2026-11-05&to=2026-11-04", "from=2024-01-01&to=2026-11-04", "from=2027-01-01",
                  "from=0001-01-01&to=0001-02-01", "to=9999-12-31&from=9999-12-01"):
        page = manager.open(f"{PATH}?{query}")
        assert page.status == 422, query
        assert "Tanggal itu tidak bisa dihitung" in page.text


def test_the_table_is_a_link_away(manager: Visitor) -> None:
    page = manager.open(PATH)
    answer = manager.client.get(page.link("CSV"))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"


def read(body: bytes) -> str:
    pages = PdfReader(io.BytesIO(body)).pages
    assert len(pages) == 1
    assert [round(float(side) / 72 * 25.4) for side in pages[0].mediabox[2:]] == [210, 297]
    return " ".join(pages[0].extract_text().split())


def test_the_report_is_one_page_with_its_figures_as_text(manager: Visitor) -> None:
    page = manager.open(PATH)
    answer = manager.client.get(page.link("Laporan November 2026"))
    assert answer.headers["content-type"] == "application/pdf"
    text = read(answer.content)
    for said in ("Disdukcapil Kota Balikpapan", "1–24 November 2026", "IKM 82,07, mutu B (baik), dari 11 jawaban",
                 "permohonan lewat internet ditolak (30)", "Kartu Keluarga", "Nama", "NIP", "24 November 2026"):
        assert said in text, said
    drawn = pypdfium2.PdfDocument(answer.content)
    greys = drawn[0].render(scale=0.5).to_pil().convert("L").histogram()
    drawn.close()
    assert sum(greys[:128]) > 0.005 * sum(greys), "something is drawn, and dark"


@sqlite_only
def test_a_month_without_anybody_and_one_ahead(signed_in: SignIn) -> None:
    manager = signed_in("manager")
    text = read(manager.client.get(f"{PATH}/report.pdf").content)
    assert "1–31 Oktober 2026" in text
    assert "terlalu sedikit untuk IKM" in text
    for month in ("2026-12", "x", "2026-13", "0001-01"):
        assert manager.client.get(f"{PATH}/report.pdf", params={"month": month}).status_code == 422, month


@sqlite_only
def test_it_stays_one_page_however_much_there_is_to_say(antre: Antre, balikpapan: Office, signed_in: SignIn) -> None:
    hall = Hall(antre.database, balikpapan)
    fortnight(hall)
    monday = balikpapan.today(antre.clock.now()).replace(day=2)
    for service in balikpapan.services:
        for reason in ("no_device", "rejected", "upload", "help", "other"):
            hall.came(monday, Came("06:00", due="06:00", service=service.slug, reason=reason, channel="api"))
    hall.came(monday, *(Came(f"{hour:02}:30") for hour in range(24)))
    manager = signed_in("manager")
    assert "sebab lain" in read(manager.client.get(f"{PATH}/report.pdf?month=2026-11").content)


@sqlite_only
@pytest.mark.parametrize("path", [PATH, f"{PATH}/report.pdf"])
def test_for_managers_only(signed_in: SignIn, path: str) -> None:
    assert signed_in("counter").client.get(path).status_code == 403
