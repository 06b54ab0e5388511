"""What the door's reader makes of camera frames, in a real Chromium: of itself, and beside a browser's own reader."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.chromium import chromium_path
from tests.web.decoders import FLAGS, OURS, bench, measure, read

ADDRESS = "HTTPS://ANTRE.BALIKPAPAN.GO.ID/T/" + "7" * 36
FRAMES = 10
# Of ten frames; a film has as many in a second. What was measured is in docs/decisions/18-camera.md.
LEAST = {"sharp": 10, "rotated": 9, "dim": 9, "tilted": 7, "glossy": 3, "grey_screen": 2}

BUILT_IN = """let asked = 0; self.BarcodeDetector = class {
    static async getSupportedFormats() { return ["qr_code"]; }
    detect() { return %s; }
};"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        yield chromium
        chromium.close()


def test_tickets_are_read_however_they_are_held(browser: Browser) -> None:
    with bench(browser) as open_:
        scores = measure(open_(OURS), FRAMES)
    found = {manner: score.read for manner, score in scores.items()}
    assert all(found[manner] >= least for manner, least in LEAST.items()), found


def test_a_browser_with_a_reader_of_its_own_is_asked_first(browser: Browser) -> None:
    with bench(browser, before=BUILT_IN % 'Promise.resolve([{ rawValue: "its own" }])') as open_:
        assert read(open_(OURS), ADDRESS, "sharp", 0)[0] == "its own"


@pytest.mark.parametrize("odd", [
    "Promise.resolve([])", 'Promise.resolve([{ rawValue: "" }])', 'Promise.reject("broken")'])
def test_what_a_browsers_own_reader_misses_ours_reads(browser: Browser, odd: str) -> None:
    with bench(browser, before=BUILT_IN % odd) as open_:
        assert read(open_(OURS), ADDRESS, "sharp", 0)[0] == ADDRESS


def test_a_browsers_own_reader_that_never_answers_is_asked_once(browser: Browser) -> None:
    once = '++asked > 1 ? Promise.resolve([{ rawValue: "asked again" }]) : new Promise(() => {})'
    with bench(browser, before=BUILT_IN % once) as open_:
        page = open_(OURS)
        assert [read(page, ADDRESS, "sharp", n)[0] for n in (0, 1)] == [ADDRESS, ADDRESS]
