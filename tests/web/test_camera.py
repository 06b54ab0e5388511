"""The camera at the door in a real Chromium, which plays a film of real ticket pictures as its camera."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from playwright.sync_api import Request as Asked

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
    """The addresses in the QR of four who are in time, and of one who is too early."""
    service, first = balikpapan.service("ktp-rekam"), clock.now() + timedelta(minutes=75)
    starts = [first, first, first, first + timedelta(minutes=15), first + timedelta(hours=2)]
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
    empty = [frames.nothing()] * 3
    frames.film([one for address, manner in zip(tickets, MANNERS, strict=False)
                 for one in [*empty, *(frames.frame(address, manner, n) for n in range(7))]], reel)
    page = door().page
    sent: list[str] = []

    def note(asked: Asked) -> None:
        if asked.method == "POST" and asked.url.endswith("/scan"):
            sent.append(asked.post_data or "")

    page.on("request", note)
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
    assert len(sent) == len(MANNERS)  # held for many frames, sent once
    assert max(map(len, sent)) < 400  # a text; a picture has thousands of bytes


def test_a_ticket_held_on_is_told_so_and_sent_anew_once_it_was_away(door: Door, reel: Path, tickets: list[str]) -> None:
    held = [frames.frame(tickets[0], "sharp", n) for n in range(14)]
    frames.film([frames.nothing(), *held, *[frames.nothing()] * 16], reel)
    page = door().page
    page.get_by_role("button", name="Pakai kamera").click()
    expect(page.locator("#result")).to_contain_text("Silakan, A-001")
    expect(page.locator("#camera .over")).to_contain_text("Silakan, A-001")
    expect(says(page)).to_contain_text("sudah diperiksa")
    expect(says(page)).to_contain_text("Arahkan kode QR")
    expect(page.locator("#camera .over")).to_be_hidden()
    expect(page.locator("#result")).to_contain_text("Sudah masuk, A-001")


# What the browser tells of the page, under the test's hand.
HIDING = """
    let away = false;
    Object.defineProperty(document, "hidden", { get: () => away });
    window.turnAway = on => { away = on; document.dispatchEvent(new Event("visibilitychange")); };
"""
FILMING = "() => document.querySelector('#camera video').srcObject?.active ?? false"


def test_the_camera_is_off_while_nobody_looks_and_comes_back_as_it_was_left(door: Door, reel: Path) -> None:
    frames.film([frames.nothing()], reel)
    page = door(pretend=HIDING).page
    page.keyboard.press("F9")
    expect(says(page)).to_contain_text("Arahkan kode QR")
    page.evaluate("turnAway(true)")
    assert not page.evaluate(FILMING)
    page.evaluate("turnAway(false)")
    page.wait_for_function(FILMING)
    page.reload()
    page.wait_for_function(FILMING)
    expect(page.get_by_label("Pindai atau ketik kode")).to_be_focused()
    page.keyboard.press("F9")
    assert not page.evaluate(FILMING)
    page.reload()
    expect(page.get_by_role("button", name="Pakai kamera")).to_be_visible()
    assert not page.evaluate(FILMING)


FAILING = """navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("", window.problem));"""
PROBLEMS = {"NotAllowedError": "tidak diizinkan", "NotFoundError": "Tidak ada kamera",
            "NotReadableError": "dipakai program lain", "TypeError": "tidak bisa dinyalakan"}


def test_each_way_a_camera_can_fail_says_what_to_do_and_leaves_the_field(door: Door, tickets: list[str]) -> None:
    walker = door(pretend=FAILING)
    page = walker.page
    for problem, words in PROBLEMS.items():
        page.evaluate("name => { window.problem = name; }", problem)
        page.keyboard.press("F9")
        expect(says(page)).to_contain_text(words)
        expect(says(page)).to_contain_text("ketik kodenya")
        expect(page.get_by_role("button", name="Pakai kamera")).to_have_attribute("aria-pressed", "false")
    walker.audit()
    page.keyboard.type(tickets[0])
    page.keyboard.press("Enter")
    expect(page.locator("#result")).to_contain_text("Silakan, A-001")


def test_a_page_without_https_and_a_decoder_that_does_not_come_are_told(door: Door, reel: Path) -> None:
    frames.film([frames.nothing()], reel)
    page = door(pretend="""if (sessionStorage.plain) {
        Object.defineProperty(navigator, "mediaDevices", { value: undefined });
        Object.defineProperty(window, "isSecureContext", { value: false });
    }""").page
    page.route("**/reader-*.js", lambda route: route.abort())
    page.keyboard.press("F9")
    expect(says(page)).to_contain_text("tidak bisa dimuat")
    page.unroute("**/reader-*.js")
    page.keyboard.press("F9")
    expect(says(page)).to_contain_text("Arahkan kode QR")
    page.keyboard.press("F9")
    page.evaluate("sessionStorage.plain = 1")
    page.reload()
    page.keyboard.press("F9")
    expect(says(page)).to_contain_text("https")


TWO_CAMERAS = """
    MediaStreamTrack.prototype.getCapabilities = () => ({ torch: true });
    MediaStreamTrack.prototype.applyConstraints = async asked => { window.torch = asked.advanced[0].torch; };
    navigator.mediaDevices.enumerateDevices = async () => [
        { kind: "videoinput", deviceId: "front", label: "Depan" },
        { kind: "videoinput", deviceId: "back", label: "Belakang" },
        { kind: "audioinput", deviceId: "sound", label: "Mikrofon" }];
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = asked => {
        window.asked = asked.video.deviceId;
        return open({ video: true });
    };
"""


def test_in_the_dark_it_asks_for_its_lamp_and_another_camera_is_remembered(door: Door, reel: Path) -> None:
    frames.film([frames.nothing(12)], reel)
    page = door(pretend=TWO_CAMERAS).page
    page.keyboard.press("F9")
    expect(says(page)).to_contain_text("Nyalakan lampu kamera")
    page.get_by_role("button", name="Lampu kamera").click()
    expect(page.get_by_role("button", name="Lampu kamera")).to_have_attribute("aria-pressed", "true")
    assert page.evaluate("window.torch") is True
    page.get_by_label("Kamera yang dipakai").select_option("Belakang")
    page.wait_for_function("() => window.asked === 'back'")
    page.reload()
    page.wait_for_function("() => window.asked === 'back'")


HEARD = """
    window.played = []; window.shaken = [];
    navigator.vibrate = course => shaken.push(String(course));
    window.AudioContext = class extends AudioContext {
        createOscillator() {
            const tone = super.createOscillator(), start = tone.start.bind(tone);
            tone.start = when => { played.push(tone.frequency.value); start(when); };
            return tone;
        }
    };
"""


def test_yes_wait_and_no_sound_and_feel_different_without_asking(door: Door, reel: Path, tickets: list[str]) -> None:
    early = [frames.frame(tickets[4], "sharp", n) for n in range(4)]
    foreign = [frames.frame("HTTPS://TOKO.CO.ID/T/" + "7" * 36, "sharp", n) for n in range(4)]
    frames.film([*[frames.nothing()] * 3, *early, *foreign, *[frames.nothing()] * 60], reel)
    page = door(pretend=HEARD).page
    page.keyboard.press("F9")
    expect(page.get_by_role("button", name="suara menyala")).to_be_visible()
    expect(page.locator("#result")).to_contain_text("Tiket palsu")
    page.keyboard.type(tickets[0])
    page.keyboard.press("Enter")
    expect(page.locator("#result")).to_contain_text("Silakan, A-001")
    assert page.evaluate("played") == [520, 520, 520, 220, 165, 660, 990]
    assert page.evaluate("shaken") == ["80,80,80", "400", "80"]
    page.keyboard.press("F8")
    for _ in range(2):
        page.keyboard.press("F9")
    expect(page.get_by_role("button", name="suara mati")).to_be_visible()  # who chose silence keeps it


@pytest.mark.parametrize(("width", "height"), [(1366, 650), (360, 640)])
def test_with_the_camera_on_all_stands_where_the_eye_is(
    door: Door, reel: Path, tickets: list[str], width: int, height: int
) -> None:
    frames.film([frames.frame(tickets[0], "sharp", n) for n in range(4)], reel)
    walker = door(width, height)
    page = walker.page
    page.keyboard.press("F9")
    expect(page.locator("#result .verdict")).to_be_visible()
    expect(page.locator("#camera .over")).to_be_hidden()
    walker.audit()
    parts = [".picture", ".says", "#result"] + ([".keys"] if width > 1000 else [])
    boxes = [page.locator(part).bounding_box() for part in parts]
    assert all(box and box["y"] < height for box in boxes)
    whole = boxes[-1] if width > 1000 else boxes[1]
    assert whole is not None
    assert whole["y"] + whole["height"] <= height


def test_chromium_would_install_it(door: Door) -> None:
    page = door().page
    wire = page.context.new_cdp_session(page)
    described = wire.send("Page.getAppManifest")
    assert described["url"].endswith("/scan/app.webmanifest")
    assert described["errors"] == []
    wrong = {error["errorId"] for error in wire.send("Page.getInstallabilityErrors")["installabilityErrors"]}
    assert wrong <= {"in-incognito"}  # as the tests' windows are
