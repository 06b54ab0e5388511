"""The camera at the door in a real Chromium, which plays a film of real ticket pictures as its camera."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from api.assembly import Antre
from scheduler import bookings as book
from scheduler.bookings import Request
from scheduler.foundation.clock import SettableClock
from scheduler.offices import Office
from tests import people
from tests.chromium import chromium_path
from tests.web import frames
from tests.web.conftest import FLAGS, PASSWORD, add_staff
from tests.web.walking import Walker

pytestmark = [pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

MANNERS = ("sharp", "tilted", "dim", "grey_screen")
SLOW_MS = 5000  # a machine that does much beside it; half a second is what is aimed at, and what the page prints

# When a ticket comes into view, and when its verdict does: by the page's own frames, so the whole way is in it.
NOTE_TIMES = """() => {
    const small = Object.assign(document.createElement("canvas"), { width: 16, height: 12 });
    const pen = small.getContext("2d", { willReadFrequently: true }), video = document.querySelector("#camera video");
    const plain = () => {
        pen.drawImage(video, 0, 0, 16, 12);
        const greys = pen.getImageData(0, 0, 16, 12).data.filter((_, n) => n % 4 === 0);
        return Math.max(...greys) - Math.min(...greys) < 8;
    };
    window.verdicts = [];
    let came = 0, nobody = true;
    const frame = () => {
        const empty = plain();
        if (nobody && !empty) came = performance.now();
        nobody = empty;
        video.requestVideoFrameCallback(frame);
    };
    video.requestVideoFrameCallback(frame);
    new MutationObserver(() => {
        const title = document.querySelector("#result .verdict h2");
        if (title) verdicts.push([title.textContent, Math.round(performance.now() - came)]);
    }).observe(document.getElementById("result"), { childList: true });
}"""


@pytest.fixture(scope="module")
def reel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The film the camera plays from its beginning each time it is switched on."""
    path = tmp_path_factory.mktemp("film") / "camera.y4m"
    frames.film([frames.nothing()], path)
    return path


@pytest.fixture(scope="module")
def browser(reel: Path) -> Iterator[Browser]:
    """One Chromium for this file, with the film for a camera and leave to use it."""
    camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
              f"--use-file-for-fake-video-capture={reel}"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=[*FLAGS, *camera])
        yield chromium
        chromium.close()


@pytest.fixture
def tickets(live: Antre, balikpapan: Office, clock: SettableClock) -> list[str]:
    """The addresses in the QR of four who are in time."""
    service, first = balikpapan.service("ktp-rekam"), clock.now() + timedelta(minutes=75)
    starts = [first, first, first, first + timedelta(minutes=15)]
    booked = [live.database.write(lambda c, n=n, start=start: book.book(
        c, Request(balikpapan, service, start, people.person(n)), vault=live.vault, mint=live.mint, now=clock.now()))
        for n, start in enumerate(starts)]
    clock.advance(timedelta(minutes=60))
    return [f"https://antre.balikpapan.go.id/t/{one.token}" for one in booked]


Door = Callable[..., Walker]


@pytest.fixture
def door(browser: Browser, live: Antre, balikpapan: Office) -> Iterator[Door]:
    """Opens the door, signed in, in a window of a size; `pretend` is a script that changes what the browser can."""
    add_staff(live, balikpapan, "counter")
    opened: list[Walker] = []

    def open_(width: int = 1366, height: int = 650, pretend: str = "") -> Walker:
        walker = Walker(browser, live.settings.public_url, width, scripts=True)
        opened.append(walker)
        walker.page.set_viewport_size({"width": width, "height": height})
        if pretend:
            walker.page.add_init_script(pretend)
        walker.page.goto("/sign-in?next=/scan")
        walker.page.get_by_label("Nama pengguna").fill("counter")
        walker.page.get_by_label("Kata sandi").fill(PASSWORD)
        walker.page.keyboard.press("Enter")
        expect(walker.page.get_by_role("button", name="Pakai kamera")).to_be_visible()
        return walker

    yield open_
    for walker in opened:
        walker.close()


def says(page: Page) -> Any:
    """The one sentence on what to do now."""
    return page.get_by_role("region", name="Kamera").get_by_role("status")


def test_tickets_held_in_every_manner_are_admitted_once_each_and_soon(
    door: Door, reel: Path, tickets: list[str]
) -> None:
    empty = [frames.nothing()] * 4
    frames.film([one for address, manner in zip(tickets, MANNERS, strict=True)
                 for one in [*empty, *(frames.frame(address, manner, n) for n in range(8))]], reel)
    page = door().page
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or "") if request.method == "POST" else None)
    page.evaluate(NOTE_TIMES)
    page.keyboard.press("F9")
    expect(says(page)).to_contain_text("Arahkan kode QR")
    expect(page.locator("#before")).to_contain_text("A-003", timeout=30_000)
    expect(page.locator("#result")).to_contain_text("A-004")
    verdicts = page.evaluate("verdicts")[:4]
    assert [title for title, _ in verdicts] == [f"Silakan, A-00{n}" for n in range(1, 5)]
    times = dict(zip(MANNERS, [ms for _, ms in verdicts], strict=True))
    logging.getLogger(__name__).info("from a ticket in view to its verdict, ms: %s", times)
    assert max(times.values()) < SLOW_MS
    assert len(sent) == len(tickets)  # held for many frames, sent once
    assert max(map(len, sent)) < 400  # a text; a picture has thousands of bytes
