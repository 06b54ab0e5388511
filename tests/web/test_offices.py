"""Several offices: the office is asked for first, found by its name on the server."""

from __future__ import annotations

from importlib.resources import files

import pytest

from api.assembly import Antre
from scheduler import office_file
from scheduler.foundation.clock import SettableClock
from tests.web.reading import Visitor

CITIES = ("Samarinda", "Bontang", "Banjarmasin", "Banjarbaru", *(f"Kota Contoh {n}" for n in range(30)))


@pytest.fixture
def many(antre: Antre, clock: SettableClock) -> Antre:
    """Thirty-five offices."""
    text = files("scheduler").joinpath("examples/balikpapan.toml").read_text(encoding="utf-8")
    for city in CITIES:
        slug = city.lower().replace(" ", "-")
        own = text.replace('"balikpapan"', f'"{slug}"').replace("Balikpapan", city)
        file = office_file.parse(own, f"{slug}.toml")
        antre.database.write(lambda c, file=file: office_file.import_office(c, file, clock.now()))
    antre.offices.forget()
    return antre


@pytest.mark.usefixtures("many")
def test_an_office_is_searched_by_a_part_of_its_name(visitor: Visitor) -> None:
    page = visitor.open("/")
    assert "Kantor mana" in page.text
    assert not any("Kota" in link.text for link in page.links)  # too many to list unasked
    page = visitor.send("Cari", q="banjar")
    assert "2 kantor ditemukan" in page.text
    page = visitor.follow("Banjarbaru")
    assert "Apa yang Anda perlukan?" in page.text
    assert "Kota Banjarbaru" in page.text


@pytest.mark.usefixtures("many")
def test_a_name_nobody_has_and_one_too_many_have(visitor: Visitor) -> None:
    visitor.open("/")
    assert "Tidak ada kantor dengan nama itu" in visitor.send("Cari", q="<b>Atlantis").text
    page = visitor.send("Cari", q="kota")
    assert "Ketik namanya lebih lengkap" in page.text
    assert len([link for link in page.links if "Disdukcapil" in link.text]) == 20


@pytest.mark.usefixtures("many")
def test_a_posters_address_leads_to_its_office(visitor: Visitor) -> None:
    page = visitor.open("/b/samarinda")
    assert "Apa yang Anda perlukan?" in page.text
    assert page.form("Lanjutkan").fields["office"] == "samarinda"
