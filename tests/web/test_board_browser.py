"""The hall's screen in a real Chromium: calls as they are made, aloud; breaks it mends by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from api.assembly import Antre, build
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.config import Settings
from scheduler.offices import Office
from tests.conftest import NOW
from tests.fakes import FakeGateway
from tests.ticketing.floor import Floor
from tests.web.conftest import Walk, add_staff
from tests.web.serving import answering, free_port
from tests.web.test_browser import sign_in

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

SCREEN = "/board/balikpapan"
FIRST = ".calls li:first-child"

# What was said, for the tests; the root element says how many calls.
LISTEN = """window.said = []; document.addEventListener('voice', event => {
    document.documentElement.dataset.said = window.said.push(event.detail);
});"""

# Each sound of the file is decoded as the page does it: how loud it is in the middle, and that it ends in silence.
_HEARD = """async () => {
    const [file, places] = await Promise.all([document.body.dataset.voice, document.body.dataset.parts].map(
        async (address, n) => n ? (await fetch(address)).json() : (await fetch(address)).arrayBuffer()));
    const sound = await new OfflineAudioContext(1, 1, 44100).decodeAudioData(file), all = sound.getChannelData(0);
    const loudness = (from, to) => {
        const part = all.slice(from * sound.sampleRate, to * sound.sampleRate);
        return Math.sqrt(part.reduce((sum, one) => sum + one * one, 0) / part.length);
    };
    return Object.entries(places).map(([name, [start, length]]) =>
        [name, loudness(start + .1, start + length - .1), loudness(start + length - .01, start + length)]);
}"""


def floor_of(antre: Antre, office: Office) -> Floor:
    floor = Floor(antre.database, office, antre.offices, antre.vault, antre.mint)
    floor.now = NOW
    for _ in range(4):
        floor.walk_in(NOW)
    return floor


def is_live(page: Page) -> None:
    expect(page.locator("body")).to_have_class("live")
    expect(page.locator("#away")).to_be_hidden()


def have_said(page: Page, count: int) -> None:
    expect(page.locator("html")).to_have_attribute("data-said", str(count))


def said(page: Page) -> list[Any]:
    found: list[Any] = page.evaluate("window.said")
    return found


def test_a_call_is_shown_and_said_twice_and_never_over_another(walk: Walk, live_hall: Floor) -> None:
    wall = walk(1280, scripts=True)
    page = wall.page
    page.add_init_script(LISTEN)
    wall.open(SCREEN)
    is_live(page)
    expect(page.get_by_text("Belum ada panggilan hari ini.")).to_be_visible()
    page.get_by_role("button", name="Nyalakan suara Turn on sound").click()
    expect(page.get_by_role("button", name="Suara menyala Sound is on")).to_have_attribute("aria-pressed", "true")
    first, second = live_hall.next("loket-1"), live_hall.next("loket-2")
    expect(page.locator(FIRST)).to_have_text(f"{second} Loket 2")
    expect(page.locator(FIRST)).to_have_class("pulse")
    expect(page.locator("#told")).to_contain_text(f"Nomor antrean {second}, silakan menuju Loket 2.")
    have_said(page, 2)
    live_hall.act("recall", "loket-1")
    expect(page.locator(FIRST)).to_have_text(f"{first} Loket 1")
    have_said(page, 3)
    heard = said(page)
    assert [one["say"][-1] for one in heard] == ["1.", "2.", "1."], "the recall too"
    assert heard[0]["say"] == ["nomor-antrean", "A", "0", "0", "1", "silakan-menuju", "loket", "1."]
    for one, following in pairwise(heard):
        assert following["from"] >= one["to"] > one["from"] + 8, "twice, and the next one after it"
    loudness = page.evaluate(_HEARD)
    assert len(loudness) > 70
    assert [name for name, middle, end in loudness if middle < 0.03 or end > 0.01] == []
    wall.audit()


def test_a_hall_that_calls_faster_than_one_can_speak_is_not_left_behind(walk: Walk, live_hall: Floor) -> None:
    wall = walk(1280, scripts=True)
    page = wall.page
    page.add_init_script(LISTEN)
    wall.open(SCREEN)
    is_live(page)
    page.get_by_role("button", name="Nyalakan suara Turn on sound").click()
    expect(page.get_by_role("button", name="Suara menyala Sound is on")).to_have_attribute("aria-pressed", "true")
    live_hall.next("loket-1")
    for count in range(1, 8):
        have_said(page, count)
        live_hall.act("recall", "loket-1")
    have_said(page, 8)
    lengths = [one["to"] - one["from"] for one in said(page)]
    assert lengths[0] > 1.5 * lengths[-1], "twice while nobody waits to be said, then once"
    for counter in ("loket-2", "loket-3"):
        number = live_hall.next(counter)
        expect(page.locator(FIRST)).to_contain_text(number or "")
    assert len(said(page)) < 10, "what would come too late is only shown"


def test_an_old_call_is_shown_but_not_said(walk: Walk, live_hall: Floor, clock: SettableClock) -> None:
    number = live_hall.next("loket-1")
    clock.advance(timedelta(minutes=5))
    wall = walk(1280, scripts=True)
    page = wall.page
    page.add_init_script(f"{LISTEN} localStorage.setItem('board-sound', 'on');")
    wall.open(SCREEN)
    is_live(page)
    expect(page.locator(FIRST)).to_have_text(f"{number} Loket 1")
    page.get_by_role("button", name=re.compile("suara", re.IGNORECASE)).click()
    live_hall.now = clock.now()
    live_hall.next("loket-2")
    have_said(page, 1)
    assert [one["call"] for one in said(page)] == [2]


def test_the_screen_comes_back_by_itself_after_its_server_was_away(
        browser: Browser, settings: Settings, clock: SettableClock, gateway: FakeGateway, balikpapan: Office) -> None:
    port = free_port()
    installed = replace(settings, public_url=f"http://127.0.0.1:{port}")
    page = browser.new_page(base_url=installed.public_url, locale="id-ID")

    @contextmanager
    def server() -> Iterator[Floor]:
        with closing(build(installed, clock=clock, gateway=gateway)) as antre, answering(antre, port):
            yield Floor(antre.database, balikpapan, antre.offices, antre.vault, antre.mint)

    with server() as floor:
        floor.now = NOW
        for _ in range(2):
            floor.walk_in(NOW)
        page.goto(SCREEN)
        is_live(page)
        first = floor.next("loket-1")
        expect(page.locator(FIRST)).to_have_text(f"{first} Loket 1")
    expect(page.get_by_text("Menyambung lagi")).to_be_visible()
    expect(page.locator(FIRST)).to_have_text(f"{first} Loket 1")
    with server() as floor:
        floor.now = NOW
        second = floor.next("loket-2")
        is_live(page)
        expect(page.locator(FIRST)).to_have_text(f"{second} Loket 2")
        page.close()


def test_without_a_stream_the_screen_asks(walk: Walk, live_hall: Floor) -> None:
    wall = walk(390, scripts=True)
    page = wall.page
    page.route("**/board/events", lambda route: route.abort())
    wall.open(SCREEN)
    expect(page.get_by_text("Menyambung lagi")).to_be_visible()
    number = live_hall.next("loket-3")
    expect(page.locator(FIRST)).to_have_text(f"{number} Loket 3")


def test_a_message_reaches_the_screen_from_the_managers_page(walk: Walk, live_hall: Floor, live: Antre,
                                                             balikpapan: Office) -> None:
    add_staff(live, balikpapan, "manager")
    wall, manager = walk(320, scripts=True), walk(320, scripts=True)
    wall.open(SCREEN)
    sign_in(manager, "manager")
    manager.open("/manage/notices")
    manager.page.get_by_label("Pesan dalam bahasa Indonesia").fill("Loket 6 tutup hari ini.")
    manager.audit()
    manager.press("Tampilkan pesan")
    expect(wall.page.get_by_text("Loket 6 tutup hari ini.")).to_be_visible()
    manager.audit()
    wall.audit()
    manager.press("Akhiri")
    expect(wall.page.get_by_text("Loket 6 tutup hari ini.")).to_be_hidden()


@pytest.fixture
def live_hall(live: Antre, balikpapan: Office) -> Floor:
    """The hall of the office that answers, with four visitors of one queue."""
    return floor_of(live, balikpapan)
