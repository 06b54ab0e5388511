"""Devices, on both databases: a key by a code that is good once, least rights, and the end of both."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from api import devices, guesses
from api import sessions as sessions_of
from api.assembly import Antre
from api.devices import DIGITS, PAIRING_LASTS, Device
from api.sessions import KEY_LASTS, SEEN_EVERY, Session
from api.tables import pairings, sessions, sign_in_failures, staff
from scheduler.bookings import Request, book
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.journal import journal
from scheduler.offices import Office
from tests import people
from tests.conftest import NOW
from tests.seed import second_office
from tests.threads import all_at_once
from tests.web.reading import Page, Visitor, another_browser

SignIn = Callable[[str], Visitor]
KEY = b"k" * 32

sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def code_of(page: Page) -> str:
    assert page.status == 200, page.text
    assert page.response.headers["cache-control"] == "no-store"
    found = re.search(r'class="handed digits">([0-9 ]+)<', page.html)
    assert found
    return found[1]


def add(manager: Visitor, role: str = "door", name: str = "Pintu utara", **more: str) -> str:
    """A new device; answers its code."""
    manager.open("/manage/devices")
    return code_of(manager.send("Tambah perangkat", role=role, name=name, **more))


def pair(visitor: Visitor, code: str) -> Page:
    visitor.open("/pair")
    return visitor.send("Pasangkan", code=code)


def entries(antre: Antre, *kinds: str) -> list[tuple[str, Any]]:
    asked = sa.select(journal.c.kind, journal.c.data).where(journal.c.kind.in_(kinds)).order_by(journal.c.id)
    with antre.database.read() as connection:
        return [tuple(row) for row in connection.execute(asked)]


def test_a_door_takes_its_key_once_and_loses_it(signed_in: SignIn, antre: Antre) -> None:
    manager = signed_in("manager")
    code = add(manager, printer=" 192.168.1.50 ")
    assert "".join(code.split()) not in manager.open("/manage/devices").html
    with another_browser(manager) as door:
        assert pair(door, f" {code} ").url.path == "/scan"
        token = door.client.cookies["antre_session"]
        assert door.open("/sign-in").url.path == "/scan"
    with another_browser(manager) as stranger:
        page = pair(stranger, code)
        assert page.status == 422
        assert "sudah dipakai" in page.text
    page = manager.follow("Pintu utara")
    assert "192.168.1.50:9100" in page.text
    assert "Selasa, 24 November 2026, 08.00 WITA" in page.text
    assert "Kuncinya sudah dicabut." in manager.send("Cabut kunci").text
    with another_browser(manager) as door:
        door.client.cookies.set("antre_session", token, domain="antre.test")
        assert door.open("/scan").url.path == "/sign-in"
    manager.send("Hapus perangkat")
    assert "Belum ada perangkat." in manager.page.text
    with antre.database.read() as connection:
        boss = connection.execute(sa.select(staff.c.id).where(staff.c.username == "manager")).scalar_one()
    assert entries(antre, "device_added", "device_paired", "device_revoked") == [
        ("device_added", {"role": "door", "by": boss}), ("device_paired", None), ("device_revoked", {"by": boss})]


@sqlite_only
@pytest.mark.parametrize(("role", "home"), [
    ("door", "/scan"), ("board", "/board/balikpapan"), ("kiosk", "/kiosk"),
])
def test_each_device_begins_at_its_task_with_a_cookie_that_lasts(signed_in: SignIn, role: str, home: str) -> None:
    manager = signed_in("manager")
    code = add(manager, role)
    with another_browser(manager) as device:
        answer = device.client.post("/pair", data={"code": code}, follow_redirects=False)
    assert answer.headers["location"] == home
    cookie = answer.headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "samesite=lax", "secure", f"max-age={400 * 24 * 3600}"))


@sqlite_only
def test_the_picture_leads_to_the_page_with_the_code_where_no_server_sees_it(signed_in: SignIn, antre: Antre) -> None:
    import zxingcpp
    from PIL import Image

    manager = signed_in("manager")
    code = "".join(add(manager).split())
    path = re.findall(r'<path d="([^"]+)"', manager.page.html)[-1]
    side = int(re.findall(r'viewBox="0 0 (\d+) \1"', manager.page.html)[-1])
    picture, x, y = Image.new("L", (side, side), 255), 0, 0
    for right, down, length in re.findall(r"m(-?\d+) (-?\d+)h(\d+)v1h-\d+z", path):
        x, y = x + int(right), y + int(down)
        picture.paste(0, (x, y, x + int(length), y + 1))
    read = zxingcpp.read_barcodes(picture.resize((side * 8, side * 8)))
    assert [one.text for one in read] == [f"https://antre.test/pair#{code}"]


def test_the_database_holds_no_code(signed_in: SignIn, antre: Antre) -> None:
    code = "".join(add(signed_in("manager")).split())
    assert len(code) == DIGITS
    with antre.database.read() as connection:
        kept = repr([*connection.execute(sa.select(pairings)), *connection.execute(sa.select(staff))])
    assert code not in kept


def test_an_old_code_is_worth_nothing_and_a_new_one_replaces_it(signed_in: SignIn, clock: SettableClock) -> None:
    manager = signed_in("manager")
    old = add(manager)
    manager.open("/manage/devices")
    manager.follow("Pintu utara")
    new = code_of(manager.send("Tampilkan kode"))
    with another_browser(manager) as door:
        assert pair(door, old).status == 422
        clock.advance(PAIRING_LASTS)
        assert pair(door, new).status == 422


def test_pairing_anew_ends_the_key_before(signed_in: SignIn, antre: Antre) -> None:
    manager = signed_in("manager")
    code = add(manager)
    with another_browser(manager) as door:
        pair(door, code)
        token = door.client.cookies["antre_session"]
    manager.open("/manage/devices")
    manager.follow("Pintu utara")
    code = code_of(manager.send("Tampilkan kode"))
    with another_browser(manager) as door:
        door.client.cookies.set("antre_session", token, domain="antre.test")
        assert door.open("/scan").url.path == "/scan"  # it holds until the code is used
        pair(door, code)
        door.client.cookies.set("antre_session", token, domain="antre.test")
        assert door.open("/scan").url.path == "/sign-in"


@sqlite_only
def test_who_was_signed_in_at_the_browser_is_so_no_more(signed_in: SignIn, antre: Antre) -> None:
    manager = signed_in("manager")
    code = add(manager)
    assert "manager sedang masuk di sini" in manager.open("/pair").text
    manager.send("Pasangkan", code=code)
    with antre.database.read() as connection:
        roles = connection.scalars(sa.select(staff.c.role).join(sessions)).all()
    assert roles == ["door"]
    assert manager.open("/manage").status == 403


@sqlite_only
def test_another_site_cannot_make_a_browser_a_device(signed_in: SignIn) -> None:
    manager = signed_in("manager")
    code = add(manager)
    with another_browser(manager) as door:
        answer = door.client.post("/pair", data={"code": code}, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


@sqlite_only
@pytest.mark.parametrize(("field", "asked"), [
    ("name", {"name": "  "}), ("name", {"name": "x" * 61}), ("printer", {"printer": "http://printer"}),
    ("printer", {"printer": "10.0.0.9:99999"}), ("printer", {"printer": "a b"}),
])
def test_what_cannot_be_is_told_at_its_field(signed_in: SignIn, field: str, asked: dict[str, str]) -> None:
    manager = signed_in("manager")
    manager.open("/manage/devices")
    page = manager.send("Tambah perangkat", **{"role": "door", "name": "Pintu utara", **asked})
    assert page.status == 422
    assert page.link("Tulis") == f"#{field}"


@sqlite_only
def test_a_device_of_another_office_is_not_there(signed_in: SignIn, antre: Antre) -> None:
    other = antre.database.write(second_office)
    by = Session(1, other, "", "manager", NOW, b"")
    foreign = antre.database.write(lambda connection: devices.add(connection, by, "door", "Pintu", "", NOW))
    manager = signed_in("manager")
    form = manager.open("/manage/devices").form("Tambah perangkat")
    for act in ("", "/code", "/revoke", "/remove"):
        address = f"/manage/devices/{foreign}{act}"
        method = "POST" if act else "GET"
        assert manager.client.request(method, address, data=form.fields, headers=manager.headers).status_code == 404


# -- what it may -----------------------------------------------------------------------------------------


@sqlite_only
def test_a_door_lets_in_and_sees_no_name(signed_in: SignIn, antre: Antre, balikpapan: Office,
                                         clock: SettableClock) -> None:
    request = Request(balikpapan, balikpapan.service("ktp-rekam"), clock.now() + timedelta(minutes=75),
                      people.person(0))
    booked = antre.database.write(lambda c: book(c, request, vault=antre.vault, mint=antre.mint, now=clock.now()))
    clock.advance(timedelta(minutes=60))
    manager = signed_in("manager")
    code = add(manager)
    with another_browser(manager) as door:
        pair(door, code)
        assert [link.href for link in door.page.links if link.href.startswith(("/me", "/mess", "/man"))] == []
        page = door.send("Periksa", text=booked.code)
        assert "Silakan, A-001" in page.text
        assert "Siti" not in page.html
        bearer = {"Authorization": f"Bearer {door.client.cookies['antre_session']}"}
        answer = door.client.post("/api/v1/scans", json={"code": booked.code}, headers=bearer).json()
        assert (answer["verdict"], answer["number"]) == ("already_admitted", "A-001")
        assert "name" not in answer
        assert door.client.get("/api/v1/session", headers=bearer).json()["role"] == "door"
        door.open("/walk-in")
        assert "Nomor C-001" in door.send("Beri nomor", service="pengaduan").text


@sqlite_only
@pytest.mark.parametrize("username", ["Pintu utara", None])
def test_a_device_signs_in_with_no_password(signed_in: SignIn, antre: Antre, username: str | None) -> None:
    manager = signed_in("manager")
    add(manager)
    with antre.database.read() as connection:
        own = connection.execute(sa.select(staff.c.username).where(staff.c.role == "door")).scalar_one()
    for password in ("x", "device-without-password"):
        data = {"username": username or own, "password": password}
        assert manager.client.post("/sign-in", data=data, headers=manager.headers).status_code == 401


# -- how long a key lasts --------------------------------------------------------------------------------


def test_a_key_lasts_as_long_as_it_is_used(signed_in: SignIn, antre: Antre, clock: SettableClock) -> None:
    manager = signed_in("manager")
    code = add(manager)
    with another_browser(manager) as door:
        pair(door, code)
        until = clock.now() + KEY_LASTS
        clock.advance(SEEN_EVERY)
        the_key_ends(antre, door, until)      # seen a moment ago: nothing to write
        clock.advance(timedelta(seconds=1))
        the_key_ends(antre, door, clock.now() + KEY_LASTS)
        assert "max-age=34560000" in door.page.response.headers["set-cookie"].lower()
        clock.advance(KEY_LASTS)
        assert door.open("/scan").url.path == "/sign-in"


def the_key_ends(antre: Antre, door: Visitor, until: Any) -> None:
    door.client.app.state.doorway.sessions.forget(range(9))  # it is read, not remembered
    assert door.open("/scan").status == 200
    with antre.database.read() as connection:
        assert until in connection.scalars(sa.select(sessions.c.expires_at)).all()


@sqlite_only
def test_a_screen_is_seen_when_it_opens_its_page(signed_in: SignIn, antre: Antre, clock: SettableClock) -> None:
    manager = signed_in("manager")
    code = add(manager, "board", "Layar aula")
    with another_browser(manager) as screen:
        pair(screen, code)
        clock.advance(timedelta(hours=1))
        screen.client.app.state.doorway.sessions.forget(range(9))
        assert "antre_session" in screen.open("/board/balikpapan").response.headers["set-cookie"]
    assert "terlihat Sel 24 Nov 09.00" in manager.open("/manage/devices").text


# -- guessing, and two at once ---------------------------------------------------------------------------


def test_wrong_codes_lock_the_one_who_guesses(signed_in: SignIn, clock: SettableClock) -> None:
    manager = signed_in("manager")
    code = add(manager)
    with another_browser(manager) as stranger:
        for _ in range(devices.GUESSES_FREE):
            assert pair(stranger, "1234567890").status == 422
        page = pair(stranger, code)
        assert page.status == 429
        assert "Kata sandi" not in page.text
        clock.advance(timedelta(seconds=31))
        assert pair(stranger, code).url.path == "/scan"


@sqlite_only
def test_within_the_life_of_a_code_one_network_has_fourteen_guesses(antre: Antre) -> None:
    now, made = NOW, 0
    while now < NOW + PAIRING_LASTS:
        antre.database.write(lambda c, now=now: devices.pair(c, "1", b"network", KEY, now))
        made += 1
        with antre.database.read() as connection:
            locked = connection.execute(sa.select(sign_in_failures.c.locked_until)).scalar_one()
        now = max(now, locked or now)
    assert made == 14
    assert guesses.lock_after(made, devices.GUESSES_FREE) is not None


def a_door(antre: Antre, office: Office) -> Device:
    by = Session(0, office.id, "", "manager", NOW, b"")
    made = antre.database.write(lambda c: devices.add(c, by, "door", "Pintu", "", NOW))
    with antre.database.read() as connection:
        return devices.find(connection, office.id, made, NOW)


def test_one_code_at_many_browsers_at_once_gives_one_key(antre: Antre, balikpapan: Office) -> None:
    device = a_door(antre, balikpapan)
    code = antre.database.write(lambda c: devices.invite(c, device, KEY, NOW))
    with antre.database.read() as one, antre.database.read() as other:  # looking alone would let in both
        assert len([*one.execute(sa.select(pairings)), *other.execute(sa.select(pairings))]) == 2
    paired = all_at_once(*[lambda n=n: antre.database.write(
        lambda c: devices.pair(c, code, b"%d" % n, KEY, NOW)) for n in range(6)])
    assert [one is not None for one in paired].count(True) == 1


def test_codes_asked_for_at_once_leave_one(antre: Antre, balikpapan: Office) -> None:
    device = a_door(antre, balikpapan)
    all_at_once(*[lambda: antre.database.write(lambda c: devices.invite(c, device, KEY, NOW))] * 6)
    with antre.database.read() as connection:
        assert len(connection.execute(sa.select(pairings)).all()) == 1


def test_a_key_taken_while_it_is_revoked_is_worth_nothing(antre: Antre, balikpapan: Office) -> None:
    by = Session(0, balikpapan.id, "", "manager", NOW, b"")
    for n in range(6):
        device = a_door(antre, balikpapan)
        code = antre.database.write(lambda c, of=device: devices.invite(c, of, KEY, NOW))
        all_at_once(lambda n=n, code=code: antre.database.write(lambda c: devices.pair(c, code, b"%d" % n, KEY, NOW)),
                    lambda of=device: antre.database.write(lambda c: devices.revoke(c, by, of, NOW)))
        with antre.database.read() as connection:
            assert sessions_of.places(connection, device.id, NOW) == []


def test_codes_nobody_used_are_swept(antre: Antre, balikpapan: Office) -> None:
    device = a_door(antre, balikpapan)
    antre.database.write(lambda c: devices.invite(c, device, KEY, NOW))
    antre.database.write(lambda c: devices.sweep(c, NOW + PAIRING_LASTS))
    with antre.database.read() as connection:
        assert connection.execute(sa.select(pairings)).all() == []
