"""The door in a browser that really loses its network: two devices, a stopped server, and what comes in afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Route, expect

from api.assembly import Antre, build
from scheduler import bookings as book
from scheduler.bookings import Booking, Request
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.config import Settings
from scheduler.offices import Office
from tests import people
from tests.fakes import FakeGateway
from tests.web.conftest import add_staff
from tests.web.outage import FIELD, DoorBrowser, Serving
from tests.web.test_browser import sign_in
from tests.web.walking import NARROW, RULES, Walker
from ticketing.codes import show_code
from ticketing.tables import visits

pytestmark = [pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

Doors = Callable[[str], DoorBrowser]


@pytest.fixture
def serving(settings: Settings, clock: SettableClock, gateway: FakeGateway, balikpapan: Office) -> Iterator[Serving]:
    served = Serving(lambda address: build(replace(settings, public_url=address), clock=clock, gateway=gateway))
    yield served
    served.stop()


@pytest.fixture
def doors(browser: Browser, serving: Serving, balikpapan: Office) -> Iterator[Doors]:
    """Opens a device of its own; accounts are made as they are named."""
    opened: list[DoorBrowser] = []
    known: set[str] = set()

    def device(role: str) -> DoorBrowser:
        if role not in known:
            known.add(add_staff(serving.antre, balikpapan, role))
        opened.append(DoorBrowser(browser, serving.antre.settings.public_url, role))
        return opened[-1]

    yield device
    for one in opened:
        one.close()


@pytest.fixture
def walk_to(browser: Browser, serving: Serving) -> Iterator[Callable[[int], Walker]]:
    """Opens a signed-in browser of a width whose pages are audited; `doors` makes the account."""
    opened: list[Walker] = []

    def start(width: int) -> Walker:
        opened.append(Walker(browser, serving.antre.settings.public_url, width, scripts=True))
        sign_in(opened[-1], "counter")
        return opened[-1]

    yield start
    for walker in opened:
        walker.close()


@pytest.fixture
def booked(serving: Serving, balikpapan: Office, clock: SettableClock) -> Callable[..., list[Booking]]:
    """Books so many for nine o'clock, `days` from today; it is a quarter to nine then."""
    numbers = iter(range(1, 100))
    service, nine, before = balikpapan.service("ktp-rekam"), clock.now() + timedelta(minutes=60), clock.now()
    clock.advance(timedelta(minutes=45))

    def book_them(count: int, days: int = 0) -> list[Booking]:
        antre = serving.antre
        return [antre.database.write(lambda c, n=n, at=nine + timedelta(days=days, minutes=15 * (i // 3)): book.book(
            c, Request(balikpapan, service, at, people.person(n)), vault=antre.vault, mint=antre.mint, now=before))
            for i, n in zip(range(count), numbers, strict=False)]

    return book_them


def seated(antre: Antre) -> dict[str, str]:
    """The state of each visit by its number."""
    with antre.database.read() as connection:
        return {f"{row.letter}-{row.number:03}": row.state for row in connection.execute(sa.select(visits))}


def test_two_doors_go_on_without_network_and_hand_in_once(
    doors: Doors, serving: Serving, booked: Callable[..., list[Booking]]
) -> None:
    today, (later,) = booked(4), booked(1, days=1)
    left, right = doors("counter"), doors("manager")
    for door in (left, right):
        door.context.set_offline(True)
    first, second = left.scan(today[0].token), right.scan(show_code(today[1].code or ""))
    assert (first, second) == ("Silakan, A-700", "Silakan, A-725")
    assert left.scan(f"HTTP://127.0.0.1/T/{today[0].token}") == "Sudah masuk, A-700"
    assert left.scan(later.token) == "Bukan hari ini"
    assert left.scan(today[2].token[:-1] + ("0" if today[2].token[-1] != "0" else "1")) == "Tiket palsu"
    assert right.scan(today[0].token) == "Silakan, A-726"  # neither knows of the other
    assert right.scan(today[3].token) == "Silakan, A-727"
    serving.antre.database.write(lambda c: book.cancel(c, today[3], now=serving.antre.clock.now()))
    expect(left.sign()).to_have_text("Tanpa jaringan · 1 menunggu diserahkan")
    expect(right.sign()).to_have_text("Tanpa jaringan · 3 menunggu diserahkan")

    left.context.set_offline(False)
    expect(left.sign()).to_have_text("Sudah diserahkan: 1")
    right.context.set_offline(False)
    expect(right.sign()).to_have_text("Sudah diserahkan: 3")
    assert seated(serving.antre) == {"A-700": "waiting", "A-725": "waiting", "A-726": "held", "A-727": "held"}
    assert right.scan(today[2].token) == "Silakan, A-001"


def test_the_page_opens_and_goes_on_while_the_server_is_stopped(
    doors: Doors, serving: Serving, booked: Callable[..., list[Booking]]
) -> None:
    early, = booked(1)
    door = doors("counter")
    late, = booked(1)  # after the list was fetched
    serving.stop()
    assert door.scan(early.token) == "Silakan, A-700"
    door.page.reload()
    expect(door.sign()).to_have_text("Tanpa jaringan · 1 menunggu diserahkan")
    assert door.scan(show_code(early.code or "")) == "Sudah masuk, A-700"
    assert door.scan(late.token) == "Silakan, A-701"
    assert door.scan(show_code(late.code or "")) == "Tidak ada dalam daftar hari ini"
    assert Axe().run(door.page, options=RULES).response["violations"] == []
    door.page.keyboard.press("F2")
    expect(door.page.locator("#result")).to_contain_text("nomor tanpa janji tidak bisa diberikan")
    door.page.locator("a[href='/messages']").first.click()
    expect(door.page.locator("#result")).to_contain_text("setelah jaringan kembali")
    door.page.goto("/scan/conflicts")
    expect(door.page.get_by_label(FIELD)).to_be_visible()  # the door, as nothing else can be opened

    serving.start()
    expect(door.sign()).to_have_text("Sudah diserahkan: 2")
    assert seated(serving.antre) == {"A-700": "waiting", "A-701": "waiting"}
    door.page.reload()
    expect(door.sign()).to_be_hidden()
    assert door.scan(early.token) == "Sudah masuk, A-700"


def test_an_answer_that_was_lost_gives_one_number_and_nothing_to_decide(
    doors: Doors, serving: Serving, booked: Callable[..., list[Booking]]
) -> None:
    one, = booked(1)
    door = doors("counter")

    def lose_the_answer(route: Route) -> None:
        route.fetch()  # it reaches the office, but nothing comes back
        route.abort()

    door.context.route("**/scan", lose_the_answer)
    assert door.scan(one.token) == "Silakan, A-700"
    expect(door.sign()).to_have_text("Sudah diserahkan: 1")
    assert seated(serving.antre) == {"A-700": "waiting"}
    door.context.unroute("**/scan")
    assert door.scan(one.token) == "Sudah masuk, A-700"


def test_who_came_in_by_the_network_is_known_without_it(
    doors: Doors, booked: Callable[..., list[Booking]]
) -> None:
    one, = booked(1)
    door = doors("counter")
    assert door.scan(show_code(one.code or "")) == "Silakan, A-001"
    door.page.wait_for_function("async () => (await Store.entries()).length === 1")
    door.context.set_offline(True)
    assert door.scan(one.token) == "Sudah masuk, A-001"


def test_signing_out_forgets_the_list_and_keeps_who_is_to_be_handed_in(
    doors: Doors, serving: Serving, booked: Callable[..., list[Booking]]
) -> None:
    one, = booked(1)
    door = doors("counter")
    door.context.set_offline(True)
    assert door.scan(one.token) == "Silakan, A-700"
    door.context.clear_cookies()  # the key was revoked meanwhile
    door.context.set_offline(False)
    expect(door.page.get_by_role("heading", name="Masuk untuk petugas")).to_be_visible()
    door.page.wait_for_function("async () => await Store.day() === undefined && !await caches.has('door-page')")
    kept = door.evaluate("Store.entries()")
    assert [(entry["number"], entry.get("known")) for entry in kept] == [("A-700", None)]
    assert one.token not in str(kept)
    assert seated(serving.antre) == {}
    door.sign_in("counter")
    expect(door.sign()).to_have_text("Sudah diserahkan: 1")
    assert seated(serving.antre) == {"A-700": "waiting"}


def test_a_door_without_numbers_lets_in_and_says_so_and_a_wrong_clock_does_not_matter(
    doors: Doors, serving: Serving, booked: Callable[..., list[Booking]]
) -> None:
    one, = booked(1)
    assert abs(serving.antre.clock.now().timestamp() - time.time()) > 3600  # the device's clock is another altogether
    door = doors("counter")
    door.evaluate("""async () => {
        for (const block of await Store.blocks("2026-11-24"))
            for (let n = block.first; n <= block.last; n++)
                await Store.admit({ nonce: `used ${block.letter} ${n}`, mark: `${block.letter} ${n}`, date: block.date,
                                    office: "another", at: 0 }, block.letter);
    }""")
    door.context.set_offline(True)
    assert door.scan(one.token) == "Silakan masuk"
    expect(door.page.locator("#result")).to_contain_text("pindai tiket lagi setelah jaringan kembali")
    door.context.set_offline(False)
    expect(door.sign()).to_contain_text("Sudah diserahkan: 1")
    assert seated(serving.antre) == {"A-001": "waiting"}
    assert door.scan(one.token) == "Sudah masuk, A-001"
    with serving.antre.database.read() as connection:
        arrived = connection.execute(sa.select(visits.c.arrived_at)).scalar_one()
    assert abs(arrived - serving.antre.clock.now()) < timedelta(minutes=5)
    door.page.wait_for_function("async () => (await Store.blocks('2026-11-24')).some(one => one.first === 725)")


def test_a_person_decides_about_what_the_book_does_not_agree_with(
    walk_to: Callable[[int], Walker], doors: Doors, serving: Serving, booked: Callable[..., list[Booking]]
) -> None:
    both, dropped = booked(2)
    left, right = doors("counter"), doors("manager")
    right.context.set_offline(True)
    assert right.scan(both.token) == "Silakan, A-725"
    assert right.scan(dropped.token) == "Silakan, A-726"
    assert left.scan(both.token) == "Silakan, A-001"
    serving.antre.database.write(lambda c: book.cancel(c, dropped, now=serving.antre.clock.now()))
    right.context.set_offline(False)
    expect(right.page.get_by_role("link", name="Perlu diputuskan")).to_contain_text("2")

    clerk = walk_to(NARROW)
    clerk.open("/scan")
    clerk.audit()
    clerk.press("Perlu diputuskan", "link")
    page = clerk.page
    expect(page.get_by_role("heading", level=1)).to_have_text("2 nomor perlu diputuskan")
    assert "dengan nomor A-001" in clerk.text()
    assert "pintu manager" in clerk.text()
    clerk.audit()
    page.get_by_role("button", name="Keluarkan dari antrean").first.click()
    expect(page.get_by_role("status")).to_contain_text("dikeluarkan")
    page.get_by_role("button", name="Biarkan menunggu").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tidak ada yang perlu diputuskan")
    clerk.audit()
    assert seated(serving.antre) == {"A-001": "waiting", "A-725": "gone", "A-726": "waiting"}


def test_a_newer_page_is_kept_with_all_its_files_and_what_it_does_not_name_goes(doors: Doors) -> None:
    door = doors("counter")
    door.evaluate("""async () => {
        await (await caches.open("door-files")).put("/static/old-0123456789ab.js", new Response(""));
        await (await caches.open("door-page")).put("/scan", new Response("an older page"));
    }""")
    door.page.reload()
    expect(door.page.get_by_label(FIELD)).to_be_focused()  # with network the page is the office's own
    door.page.wait_for_function("async () => !await caches.match('/static/old-0123456789ab.js')")
    named, kept = door.evaluate("""async () => [
        (await (await caches.match("/scan")).text()).match(/\\/static\\/[\\w.-]+/g),
        (await (await caches.open("door-files")).keys()).map(request => new URL(request.url).pathname)]""")
    assert len(named) > 5
    assert set(named) <= set(kept)
