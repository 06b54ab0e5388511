"""`/demo` without scripts: phones in the address, forms that write, dial, hang up and choose faults."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from api.demo.demo import Demo
from api.demo.faults import CARRIERS, REPORTS, Faults
from api.demo.page import WORDS
from api.demo.standin import ARRIVALS
from tests.demo.live import OFFICE, Played, say, until

on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

ONE, TWO = "+6281200000001", "+6281200000002"


@pytest.fixture
def http(demo: Demo) -> Iterator[httpx.Client]:
    """A program that asks the demo."""
    with httpx.Client(base_url=demo.antre.settings.public_url) as http:
        yield http


def numbers(page: httpx.Response) -> list[str]:
    """The phones a page shows."""
    return re.findall(r'data-number="([^"]*)"', page.text)


@on_sqlite
def test_the_address_holds_the_phones(http: httpx.Client) -> None:
    assert numbers(http.get("/demo")) == [ONE]
    two = http.get("/demo", params={"phone": ["0812 0000 0002", "0812 0000 0001"]})
    assert numbers(two) == [TWO, ONE]
    links = [html.unescape(link) for link in re.findall(r'href="(/demo\?[^"]*)"', two.text)]
    assert [numbers(http.get(link)) for link in links] == [[ONE], [TWO], [TWO, ONE, "+6281200000003"]]
    many = http.get("/demo", params={"phone": [f"0812 0000 000{n}" for n in range(1, 8)]})
    assert len(numbers(many)) == 4
    assert "Tambah ponsel" not in many.text
    assert numbers(http.get("/demo", params={"phone": ["081200000001", "12", " "]})) == [ONE]


@on_sqlite
def test_forms_keep_the_phones_and_act_for_their_own(http: httpx.Client, demo: Demo, office: Played) -> None:
    both = {"phone": [ONE, TWO], "from": TWO}
    sent = http.post("/demo/write", data={**both, "text": " CEK "})
    assert (sent.status_code, sent.headers["location"]) == (
        303, "/demo?phone=%2B6281200000001&phone=%2B6281200000002&said=sent")
    until(lambda: office.heard)
    assert (office.heard[0]["from"], office.heard[0]["to"], office.heard[0]["text"]) == (TWO, OFFICE, "CEK")
    assert "said=empty" in http.post("/demo/write", data={**both, "text": " "}).headers["location"]
    assert "said" not in http.post("/demo/write", data={"phone": "12", "text": "CEK"}).headers["location"]
    page = http.get(sent.headers["location"]).text
    assert "CEK</span>" in page
    assert "Kepada 0812 0000 9999" in page


@on_sqlite
def test_a_session_by_forms(http: httpx.Client, office: Played) -> None:
    office.screens = [(200, "CON Layanan?\n1 KTP"), (200, "CON NIK?"), (500, "")]
    http.post("/demo/dial", data={"phone": ONE})
    page = http.get("/demo", params={"phone": ONE}).text
    assert "Layanan?\n1 KTP" in page
    session = re.search(r'name="session" value="(\w+)"', page)
    assert session
    http.post("/demo/dial", data={"phone": ONE, "session": session[1], "input": "1"})
    assert [asked["text"] for asked in office.asked] == ["", "1"]
    assert "said=no_ussd" in http.post("/demo/dial", data={"phone": ONE, "session": session[1], "input": "2"}
                                       ).headers["location"]
    assert "said=hung_up" in http.post("/demo/hang-up", data={"phone": ONE}).headers["location"]
    until(lambda: office.ended)
    assert (office.ended[0]["sessionId"], office.ended[0]["status"]) == (session[1], "Incomplete")
    assert 'name="session"' not in http.get("/demo", params={"phone": ONE}).text


@on_sqlite
def test_faults_are_chosen_shown_and_mended(http: httpx.Client, demo: Demo) -> None:
    chosen = {"phone": ONE, "arrival": "same_id", "carrier": "refuses", "report": "Failed", "for": TWO}
    assert "said=wrong" in http.post("/demo/faults", data=chosen).headers["location"]
    assert demo.faults == Faults("same_id", "refuses", "Failed", TWO)
    page = http.get("/demo", params={"phone": [ONE, TWO]}).text
    for value in ("same_id", "refuses", "Failed", TWO):
        assert f'<option value="{value}" selected>' in page
    for wrong in ({"carrier": "x"}, {"for": "12"}, {"report": ""}):
        assert "said=faults" in http.post("/demo/faults", data={**chosen, **wrong}).headers["location"]
    assert demo.faults.phone == TWO
    well = {"arrival": "once", "carrier": "takes", "report": "Success", "for": ""}
    assert "said=mended" in http.post("/demo/faults", data={"phone": ONE, **well}).headers["location"]
    assert demo.faults.quiet


@on_sqlite
def test_other_sites_cannot_press_the_buttons(http: httpx.Client, demo: Demo, office: Played) -> None:
    for path in ("turn", "write", "dial", "hang-up", "faults", f"phones/{ONE}/hang-up"):
        forged = http.post(f"/demo/{path}", headers={"Origin": "https://elsewhere.test"},
                           data={"phone": ONE, "text": "CEK", "by": "900", "carrier": "down"})
        assert forged.status_code == 403 or forged.json()["code"] == "invalid_request", path
    assert (demo.faults.quiet, office.heard, office.asked) == (True, [], [])


@on_sqlite
def test_what_the_drawn_phones_ask(http: httpx.Client, demo: Demo, office: Played) -> None:
    demo.handset.write(ONE, "CEK")
    say(demo, ONE, "Belum ada janji.")
    seen = http.get("/demo/look", params={"phone": [ONE, TWO]}).json()
    assert (seen["hour"], seen["date"]) == ("08.00", "Sel 24 Nov")
    assert [(line["mine"], line["peer"], line["text"], line["when"], line["size"]) for line in seen["phones"][ONE]] == [
        (True, "0812 0000 9999", "CEK", "08.00", "1 SMS, 3/160"),
        (False, "0812 0000 9999", "Belum ada janji.", "08.00", "1 SMS, 16/160")]
    assert seen["phones"][TWO] == []
    assert http.get("/demo/look", params={"phone": "12"}).json()["code"] == "invalid_phone"
    assert http.get(f"/demo/phones/{ONE}").json()["messages"] == [
        {"at": "2026-11-24T08:00:00+08:00", "from": OFFICE, "text": "Belum ada janji.", "parts": 1}]
    size = http.post("/demo/measure", json={"text": "[€]"}).json()
    assert (size["parts"], size["used"], size["room"], size["words"]) == (1, 6, 160, "1 SMS, 6/160")
    assert http.post("/demo/measure", json={"text": 1}).status_code == 422


@on_sqlite
def test_files_go_packed_to_who_takes_that(http: httpx.Client) -> None:
    plain = http.get("/demo/static/phone.js", headers={"Accept-Encoding": "identity"})
    packed = http.get("/demo/static/phone.js", headers={"Accept-Encoding": "br, gzip;q=0.5"})
    refused = http.get("/demo/static/phone.js", headers={"Accept-Encoding": "gzip;q=0"})
    assert plain.text == packed.text == refused.text
    assert (packed.headers["content-encoding"], packed.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert "content-encoding" not in plain.headers
    assert "content-encoding" not in refused.headers
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 2
    assert http.get("/demo/static/nothing.js").status_code == 404


def test_both_languages_have_every_word() -> None:
    def keys(words: dict[str, Any], before: str = "") -> set[str]:
        return {key for name, value in words.items() for key in (
            keys(value, f"{before}{name}.") if isinstance(value, dict) else {before + name})}

    # the invented residents' doings are English words already
    assert {key for key in keys(WORDS["id"]) ^ keys(WORDS["en"]) if not key.startswith("residents.")} == set()
    for words in WORDS.values():
        assert set(words["faults"]["choices"]) == {*ARRIVALS, *CARRIERS, *REPORTS}
