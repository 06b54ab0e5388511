"""The whole way on drawn phones through the real demo: a booking by SMS with number keys, one by USSD by keyboard.

What is pressed here goes through the vendor's hooks into the book, and what comes back came by the vendor's client.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests import people
from tests.demo.playing import AT, Playing, playing
from tests.web.walking import Walker

ONE, TWO = "+6281200000001", "+6281200000002"
BOTH = "/demo?phone=0812+0000+0001&phone=0812+0000+0002"
KEYS = {letter: key * count for key, letters in {"0": " ", "2": "ABC", "3": "DEF", "4": "GHI", "5": "JKL", "6": "MNO",
                                                 "7": "PQRS", "8": "TUV", "9": "WXYZ"}.items()
        for count, letter in enumerate(letters, 1)}
BEGIN, PAUSED = "2026-11-24T08:00:00", "2026-11-24T09:00:00"  # of the browser: keys are not pressed against a clock
LETTER_MS = 1300
CODE = re.compile(r"\d{3}-\d{3}-\d{3}")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playing]:
    """A demo whose clock stands."""
    with playing(tmp_path_factory.mktemp("phones") / "data", "--at", AT, "--speed", "0") as (demo, _):
        yield demo


@pytest.fixture
def resident(browser: Browser, demo: Playing) -> Iterator[Walker]:
    """A browser with two phones of the demo."""
    walker = Walker(browser, demo.access["url"], 1366, scripts=True)
    walker.page.clock.install(time=BEGIN)
    walker.open(BOTH)
    expect(walker.page.locator(f'[data-number="{TWO}"] [data-screen]')).to_contain_text("08.00")
    yield walker
    walker.close()


def write(on: Locator, text: str) -> None:
    """Write with number keys, as the phone begins: capitals; digits after `#` twice, and back after `#` once."""
    before, digits = "", False
    for character in text:
        if character.isdigit() != digits and character != " ":
            for _ in range(1 if digits else 2):
                on.locator('[data-key="#"]').click()
            digits = not digits
        keys = character if digits and character != " " else KEYS[character]
        if digits and character == " ":
            on.locator('[data-key="#"]').click()
            digits = False
        if keys[0] == before and not digits:
            on.page.clock.run_for(LETTER_MS)  # the same key again: only once the letter before stands
        for key in keys:
            on.locator(f'[data-key="{key}"]').click()
        before = keys[0]


def test_a_booking_by_sms_with_number_keys(resident: Walker, demo: Playing) -> None:
    mine = resident.page.locator(f'[data-number="{ONE}"]')
    screen, person = mine.locator("[data-screen]"), people.person(70)
    for key in ("left-soft", "down", "ok"):
        mine.locator(f'[data-key="{key}"]').click()
    text = f"DAFTAR KTP {person.nik} {person.name.upper()}"
    resident.page.clock.pause_at(PAUSED)
    write(mine, text)
    expect(mine.locator(".written")).to_have_text(text)
    resident.page.clock.resume()
    mine.locator('[data-key="left-soft"]').click()
    expect(screen).to_contain_text(re.compile(r"1[).=: ].*2[).=: ].*3[).=: ]", re.DOTALL))
    mine.locator('[data-key="1"]').click()
    mine.locator('[data-key="left-soft"]').click()
    expect(screen).to_contain_text(CODE)
    resident.audit()
    code = CODE.findall(screen.inner_text())[0]
    signed_in = demo.headers("counter")
    scanned = demo.http.post("/api/v1/scans", json={"code": code}, headers=signed_in).json()
    assert scanned["verdict"] != "unknown"
    expect(resident.page.locator(f'[data-number="{TWO}"] [data-screen]')).to_contain_text("Peragaan")


def test_a_booking_by_ussd_with_the_keyboard(resident: Walker, demo: Playing) -> None:
    mine, keys = resident.page.locator(f'[data-number="{TWO}"]'), resident.page.keyboard
    screen, person = mine.locator("[data-screen]"), people.person(71)
    screen.focus()

    def answer(typed: str, words: str) -> None:
        keys.type(typed)
        keys.press("Enter")
        expect(screen).to_contain_text(words)

    answer("*384*6471#", "1 Pesan janji")
    answer("1", "Pilih layanan")
    answer("1", "Ketik NIK")
    answer("6471", "tepat 16 angka")
    answer(person.nik, "Ketik nama")
    answer(person.name, "1 ")
    answer("1", "1 Ya")
    resident.audit()
    answer("1", "Kode")
    keys.press("Enter")
    expect(screen).to_contain_text("1 pesan baru")  # the confirmation, by SMS
    keys.press("Enter")
    expect(screen).to_contain_text(CODE)
    assert [CODE.search(message["text"]) is not None for message in
            demo.http.get(f"/demo/phones/{TWO}").json()["messages"]] == [True]
