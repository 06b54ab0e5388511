"""The walk to each picture of the guide: in the order of the morning, as the clock does not go back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, expect

from api.guards import COOKIE
from tests import printer
from tests.guide.invented import CLERK, MANAGER, Morning
from tests.guide.paper import narrower, picture, pile, trimmed
from tests.in_the_hall import arrive
from tests.web import devices, frames
from tests.web.outage import FIELD, DoorBrowser
from ticketing import notes
from ticketing.codes import show_code

ADDRESS = "https://antre.balikpapan.go.id"  # instead of this machine's, where a page shows it

Found = Iterator[tuple[str, Image.Image]]


@dataclass
class Walk:
    """A browser among the people of a morning; `film` is what its camera sees."""

    browser: Browser
    morning: Morning
    film: Path

    @contextmanager
    def page(self, width: int, height: int, who: str | None = None) -> Iterator[Page]:
        """A page of that size, signed in as somebody; closed at the end."""
        if who is not None:
            door = DoorBrowser(self.browser, self.morning.antre.settings.public_url, who)
            door.page.set_viewport_size({"width": width, "height": height})
            yield door.page
            door.close()
            return
        context = self.browser.new_context(viewport={"width": width, "height": height}, locale="id-ID",
                                           base_url=self.morning.antre.settings.public_url)
        yield context.new_page()
        context.close()

    def everything(self) -> Found:
        """Every picture by its name, one after the other."""
        for each in WALKS:
            yield from each(self)


def door(walk: Walk) -> Found:
    """Ten to nine: the camera reads a ticket, and then one of each verdict."""
    morning = walk.morning
    morning.turn("08:50")
    ticket = frames.hold(frames.picture(f"{ADDRESS}/t/{morning.nine[0].token}"), frames.Held(roll=4))
    frames.film([frames.nothing(), *[ticket] * 40], walk.film)
    with walk.page(1100, 650, CLERK) as page:
        page.keyboard.press("F9")
        expect(page.locator("#camera .over")).to_contain_text("Silakan")
        expect(page.locator("#camera .over")).to_be_hidden()
        yield "scan", main(page)
        page.keyboard.press("F9")
        seen = [_verdict(page, one.code) for one in (morning.nine[1], morning.eleven, morning.cancelled)]
        yield "verdicts", narrower(pile(seen), 900)


def _verdict(page: Page, code: str | None) -> Image.Image:
    page.evaluate("document.getElementById('result').replaceChildren()")
    page.get_by_label(FIELD).fill(show_code(code or ""))
    page.keyboard.press("Enter")
    expect(page.locator("#result .verdict h2")).to_be_visible()
    return picture(page.locator("#result .verdict").screenshot())


def without_network(walk: Walk) -> Found:
    """The network is gone, the door is not."""
    morning = walk.morning
    with walk.page(1100, 650, "budi.pintu") as page:
        page.context.set_offline(True)
        for one in morning.nine[2:4]:
            page.get_by_label(FIELD).fill(show_code(one.code or ""))
            page.keyboard.press("Enter")
            expect(page.locator("#result .verdict h2")).to_contain_text("Silakan")
            page.wait_for_timeout(400)
        expect(page.locator("#away")).to_contain_text("2 menunggu")
        yield "offline", main(page)
        page.context.set_offline(False)
        expect(page.locator("#away")).to_contain_text("Sudah diserahkan: 2")


def counter(walk: Walk) -> Found:
    """Loket 3 in the thick of it: one held, and one whom another counter sent, with a note."""
    morning = walk.morning
    morning.turn("09:03")
    _sent_to_loket_3(morning)
    with walk.page(1366, 768, CLERK) as page:
        page.goto("/counter")
        page.get_by_role("button", name="Duduk di sini: Loket 3").click()
        expect(page.locator("#till")).to_have_attribute("aria-busy", "false")
        page.keyboard.type("a3")
        for key, seen in (("Enter", "A-003 dipanggil"), ("Enter", "Sedang dilayani"), ("F8", "ditunda"),
                          ("Enter", "C-001 dipanggil"), ("Enter", "Sedang dilayani")):
            press(page, key, seen)
        morning.turn("09:07")
        page.reload()
        press(page, "F9", "")
        page.get_by_label("Kartu Keluarga").check()
        page.get_by_label("Catatan").fill("Akta asli sudah dilihat")
        yield "transfer", picture(page.locator("#transfer").screenshot())
        page.keyboard.press("Escape")
        yield "counter", main(page)


def _sent_to_loket_3(morning: Morning) -> None:
    """Some without booking; the first was begun at loket 6 and sent on."""
    antre, office, now = morning.antre, morning.office, morning.clock.now()
    came = now - timedelta(minutes=14)
    arrive(antre.database, office, came, "pengaduan", party=2, priority="elderly")
    arrive(antre.database, office, came, "kk", "akta", "kk", "ikd")
    morning.hall.next("loket-6")
    sent = morning.hall.act("transfer", "loket-6", to="loket-3")
    antre.database.write(lambda c: notes.write(
        c, office, sent.visit_id, "Nama ibu pada akta salah ketik", vault=antre.vault, now=now, staff_id=1))


def press(page: Page, name: str, seen: str) -> None:
    """Press a key as a person does, who looks before and after."""
    ready = page.locator("#till")
    expect(ready).to_have_attribute("aria-busy", "false")
    page.keyboard.press(name)
    expect(ready).to_contain_text(seen)
    expect(ready).to_have_attribute("aria-busy", "false")


def hall(walk: Walk) -> Found:
    """The screen with a call just made, and a message of the office below."""
    for n in (4, 5, 1, 2):
        walk.morning.hall.next(f"loket-{n}")
    with walk.page(1000, 760, MANAGER) as page:
        page.goto("/manage/notices")
        page.get_by_label("Pesan dalam bahasa Indonesia").fill("Loket 6 tutup hari ini. Akta dan KK: loket 4 dan 5.")
        page.get_by_label("Pesan dalam bahasa Inggris").fill("Counter 6 is closed today. Please go to 4 or 5.")
        page.get_by_role("button", name="Tampilkan pesan").click()
        expect(page.get_by_role("button", name="Akhiri")).to_be_visible()
        yield "notices", main(page)
    with walk.page(1280, 720) as page:
        page.goto("/board/balikpapan")
        expect(page.locator("body")).to_have_class("live")
        page.wait_for_timeout(2500)  # the pulse of the call ends
        yield "board", narrower(picture(page.screenshot()), 1000)


def kiosk(walk: Walk) -> Found:
    """The first page and a number, side by side."""
    antre = walk.morning.antre
    with printer.plugged_in() as there, walk.page(1024, 768) as page:
        key = devices.key_of(antre, walk.morning.office, "kiosk", there.address, "Mesin nomor")
        page.context.add_cookies([{"name": COOKIE, "value": key, "url": antre.settings.public_url}])
        page.goto("/kiosk")
        first = picture(page.screenshot())
        page.goto("/kiosk/take?service=kk")
        page.wait_for_timeout(800)  # what is tapped sooner is taken for the same tap
        page.get_by_role("button", name="Ambil nomor").click()
        expect(page.get_by_role("status")).to_contain_text("sedang dicetak")
        yield "kiosk", pile([narrower(one, 620) for one in (first, picture(page.screenshot()))], beside=True)


def own(walk: Walk) -> Found:
    """One's own account."""
    with walk.page(900, 700, CLERK) as page:
        page.goto("/me")
        yield "account", main(page)


def manager(walk: Walk) -> Found:
    """A device to be paired, the accounts, and the figures of a month."""
    antre, office = walk.morning.antre, walk.morning.office
    devices.key_of(antre, office, "door", name="Pintu utara")
    devices.key_of(antre, office, "board", name="Layar ruang tunggu")
    with walk.page(900, 900, MANAGER) as page:
        page.goto("/manage/devices")
        page.locator("input[value=door]").check()
        page.get_by_label("Nama", exact=True).fill("Pintu selatan")
        page.get_by_role("button", name="Tambah perangkat").click()
        expect(page.locator(".digits")).to_be_visible()
        page.evaluate("address => { document.querySelector('.address').textContent = address; }", f"{ADDRESS}/pair")
        yield "pairing", main(page)
        page.goto("/manage/accounts")
        yield "accounts", main(page)
        page.set_viewport_size({"width": 1240, "height": 900})
        page.goto("/manage/statistics")
        yield "statistics", narrower(main(page, 1340), 820)


def of_the_readme(walk: Walk) -> Found:
    """A ticket on a phone, and the manager's weeks."""
    with walk.page(360, 868) as page:
        page.goto(f"/t/{walk.morning.tomorrow.token}")
        ticket = picture(page.screenshot())
    with walk.page(1240, 820, MANAGER) as page:
        page.goto("/manage")
        yield "antre", pile([ticket, main(page, 868)], beside=True)


def main(page: Page, height: int = 5000) -> Image.Image:
    """What the page says, without what stands on every page; no more of it than `height`."""
    box = page.locator("main").bounding_box()
    assert box is not None
    clip = {"x": 0, "y": box["y"], "width": box["x"] * 2 + box["width"], "height": min(height, box["height"])}
    return trimmed(picture(page.screenshot(clip=clip, full_page=True)))  # type: ignore[arg-type]


WALKS: tuple[Callable[[Walk], Found], ...] = (door, without_network, counter, hall, kiosk, own, manager, of_the_readme)
