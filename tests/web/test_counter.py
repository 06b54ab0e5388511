"""The counter without scripts, on both databases: choosing it, every key, and one effect for each press."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from api.assembly import Antre
from api.limits import CLASSES
from api.tables import staff
from api.web import counter, counter_acts, counter_seat
from api.web.counter_acts import Asked
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.journal import journal
from scheduler.offices import Office
from tests.in_the_hall import arrive
from tests.threads import all_at_once, in_thread
from tests.web.conftest import PASSWORD, add_staff
from tests.web.reading import Page, Visitor
from ticketing import calling, desks, seats
from ticketing.hall_tables import servings
from ticketing.tables import visits

SignIn = Callable[[str], Visitor]
CHOOSE = "Anda duduk di loket mana?"


@pytest.fixture
def clerk(signed_in: SignIn, antre: Antre, balikpapan: Office, clock: SettableClock) -> Visitor:
    """A clerk at Loket 1; A-001 to A-003 came at eight, and it is twenty minutes later."""
    arrive(antre.database, balikpapan, clock.now(), "ktp-rekam", "ktp-ambil", "ktp-rekam")
    clock.advance(timedelta(minutes=20))
    visitor = signed_in("counter")
    sit(visitor, "loket-1")
    return visitor


def sit(visitor: Visitor, slug: str) -> Page:
    """Press the button of that counter."""
    page = visitor.open("/counter/seats")
    form = next(form for form in page.forms if form.fields.get("counter") == slug)
    return post(visitor, "/counter/sit", form.fields)


def post(visitor: Visitor, path: str, fields: dict[str, str]) -> Page:
    """Send a form as a browser does, and go where it leads."""
    visitor.page = Page(visitor.client.post(path, data=fields, headers=visitor.headers, follow_redirects=True))
    return visitor.page


def press(visitor: Visitor, act: str, **more: str) -> Page:
    """Press a key of the page as it is."""
    return post(visitor, "/counter", {**visitor.page.form("Panggil").fields, "act": act, **more})


def states(antre: Antre) -> dict[str, str]:
    """What each visit is now, by its number."""
    with antre.database.read() as connection:
        rows = connection.execute(sa.select(visits.c.letter, visits.c.number, visits.c.state))
        return {f"{row.letter}-{row.number:03}": row.state for row in rows}


# -- the way of one visitor --------------------------------------------------------------------------------


def test_a_clerk_chooses_once_calls_starts_and_finishes(clerk: Visitor, clock: SettableClock) -> None:
    page = clerk.page
    assert page.title.startswith("Loket 1")
    assert "3 menunggu, habis kira-kira 08" in page.text
    assert "Belum ada orang di loket" in page.text
    page = press(clerk, "next")
    assert "Dipanggil A-001 00:00 sejak dipanggil Perekaman KTP-el Tanpa janji menunggu 20 menit" in page.text
    assert "Fotokopi Kartu Keluarga (KK)Formulir F-1.02" in page.text
    assert page.text.index("A-002 Ambil/cetak KTP-el") < page.text.index("A-003 Rekam KTP-el")
    clock.advance(timedelta(seconds=40))
    assert "A-001 00:40 sejak dipanggil" in clerk.open("/counter").text
    press(clerk, "start")
    clock.advance(timedelta(minutes=7))
    assert "Sedang dilayani A-001 07:00 dilayani" in clerk.open("/counter").text
    page = press(clerk, "finish")
    assert "Langkah terakhir: A-001 selesai" in page.text
    assert "Belum ada orang di loket" in page.text
    page = clerk.follow("Hari saya")
    assert "Hari ini Anda melayani 1 orang. Rata-rata 7 menit seorang, paling lama 7 menit." in page.text


def test_who_wants_to_be_called_next_finishes_who_is_there_and_undo_brings_them_back(
    clerk: Visitor, antre: Antre
) -> None:
    press(clerk, "next")
    page = press(clerk, "next")
    assert "Langkah terakhir: A-002 dipanggil" in page.text
    assert (states(antre)["A-001"], states(antre)["A-002"]) == ("done", "called")
    press(clerk, "undo")
    assert (states(antre)["A-001"], states(antre)["A-002"]) == ("called", "waiting")
    page = press(clerk, "undo")
    assert "tidak bisa diurungkan lagi" in page.text


def test_nobody_waits_is_told_and_whoever_was_there_is_finished(clerk: Visitor, antre: Antre) -> None:
    for _ in range(4):
        page = press(clerk, "next")
    assert "Tidak ada yang menunggu untuk loket ini." in page.text
    assert states(antre)["A-003"] == "done"
    assert "Langkah terakhir: A-003 selesai" in clerk.open("/counter").text
    press(clerk, "undo")
    assert states(antre)["A-003"] == "called"


def test_held_and_absent_people_are_listed_and_come_back_by_their_number(clerk: Visitor, antre: Antre) -> None:
    press(clerk, "next")
    page = press(clerk, "hold")
    assert "A-001 ditunda 08.20" in page.text
    press(clerk, "number", number="3")
    press(clerk, "absent")  # once: waits again, after some others
    press(clerk, "number", number="3")
    page = press(clerk, "absent")
    assert "A-003 tidak hadir 08.20" in page.text
    assert press(clerk, "next", number="a1").text.count("Dipanggil A-001") == 1
    press(clerk, "hold")
    press(clerk, "back A-001")
    press(clerk, "left A-002")
    assert states(antre) == {"A-001": "waiting", "A-002": "gone", "A-003": "absent"}


@pytest.mark.parametrize(("typed", "told"), [
    ("x", "Ketik nomor antrean, misalnya 012 atau A-012."),
    ("1", "Ada beberapa nomor 1: ketik juga hurufnya."),
    ("77", "Tidak ada nomor 77 hari ini."),
])
def test_a_number_that_says_too_little_is_told_and_calls_nobody(
    clerk: Visitor, antre: Antre, balikpapan: Office, clock: SettableClock, typed: str, told: str
) -> None:
    arrive(antre.database, balikpapan, clock.now(), "akta")
    clerk.open("/counter")
    assert told in press(clerk, "number", number=typed).text
    assert set(states(antre).values()) == {"waiting"}


def test_a_transfer_takes_a_note_along_which_only_pages_of_clerks_can_read(
    clerk: Visitor, antre: Antre, balikpapan: Office
) -> None:
    press(clerk, "next")
    page = press(clerk, "transfer")
    assert page.url.path == "/counter/transfer"
    page = clerk.send("Pindahkan", to="service pengaduan", keep="no", note="  Nama ibu\n salah ketik ")
    assert "Langkah terakhir: A-001 dipindahkan" in page.text
    with antre.database.read() as connection:
        row = connection.execute(sa.select(visits.c.note, visits.c.queue).where(visits.c.number == 1)).one()
        entries = connection.execute(sa.select(journal.c.data).where(journal.c.kind == "noted")).scalars().all()
    assert row.queue == "C"
    assert b"ibu" not in row.note
    assert entries == [{"left": True}]
    sit(clerk, "loket-6")
    page = press(clerk, "next")
    assert "Catatan dari loket sebelumnya: Nama ibu salah ketik" in page.text


def test_a_transfer_that_leads_nowhere_is_told(clerk: Visitor, antre: Antre) -> None:
    press(clerk, "next")
    fields = {**clerk.page.form("Panggil").fields, "act": "transfer"}
    assert "Ke sana tidak bisa" in post(clerk, "/counter", {**fields, "to": "counter loket-4"}).text
    assert "Pilih layanan atau loket tujuan." in post(clerk, "/counter", {**fields, "to": "elsewhere"}).text
    assert states(antre)["A-001"] == "called"


# -- one effect for each press -----------------------------------------------------------------------------


def test_a_press_that_comes_twice_calls_one_person(clerk: Visitor, antre: Antre) -> None:
    fields = {**clerk.page.form("Panggil").fields, "act": "next"}
    for _ in range(2):
        page = post(clerk, "/counter", fields)
        assert "Dipanggil A-001" in page.text
        assert "Layar itu sudah lama" not in page.text
    assert list(states(antre).values()).count("waiting") == 2


def test_another_key_on_a_screen_that_was_used_does_nothing(clerk: Visitor, antre: Antre) -> None:
    press(clerk, "next")
    fields = clerk.page.form("Panggil").fields
    post(clerk, "/counter", {**fields, "act": "start"})
    page = post(clerk, "/counter", {**fields, "act": "absent"})
    assert "Layar itu sudah lama" in page.text
    assert states(antre)["A-001"] == "serving"


def test_a_screen_that_shows_somebody_else_does_nothing(clerk: Visitor, antre: Antre) -> None:
    press(clerk, "next")
    old = clerk.page.form("Panggil").fields
    press(clerk, "next")
    page = post(clerk, "/counter", {**old, "act": "absent"})  # its nonce was used; so was that of a copy:
    copied = post(clerk, "/counter", {**old, "nonce": "another", "act": "absent"})
    assert "Layar itu sudah lama" in page.text
    assert "Layar itu sudah lama" in copied.text
    assert states(antre)["A-002"] == "called"


@pytest.mark.parametrize(("guarded", "called"), [(False, 3), (True, 1)])
def test_presses_that_arrive_at_once_call_one_person(clerk: Visitor, antre: Antre, balikpapan: Office,
                                                     clock: SettableClock, guarded: bool, called: int) -> None:
    staff_id = clerks_id(antre)
    by_screen = counter_acts.work(antre, balikpapan, Asked("next", "", "", "one screen"), clock.now(), staff_id)

    def unguarded(connection: Connection) -> Any:
        return calling.call_next(connection, balikpapan, "loket-1", now=clock.now(), staff_id=staff_id)

    answers = all_at_once(*[lambda: antre.database.write(by_screen if guarded else unguarded)] * 4)
    assert not any(isinstance(answer, Exception) for answer in answers)
    assert not guarded or set(answers) == {counter_acts.NOTHING}
    with antre.database.read() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(servings)).scalar_one() == called


def test_two_keys_of_one_screen_at_once_do_one_thing(clerk: Visitor, antre: Antre, balikpapan: Office,
                                                     clock: SettableClock) -> None:
    press(clerk, "next")
    works = [counter_acts.work(antre, balikpapan, Asked(act, "", "A-001", nonce), clock.now(), clerks_id(antre))
             for act, nonce in (("finish", "one"), ("absent", "two"), ("hold", "three"))]
    answers = all_at_once(*(lambda work=work: antre.database.write(work) for work in works))  # type: ignore[misc]
    assert sorted(answer.key for answer in answers) == ["", "again", "again"]
    with antre.database.read() as connection:
        assert len(connection.execute(sa.select(servings.c.outcome)).all()) == 1


def clerks_id(antre: Antre) -> int:
    """The account of the clerk."""
    with antre.database.read() as connection:
        return connection.execute(sa.select(staff.c.id)).scalar_one()


# -- who sits where ----------------------------------------------------------------------------------------


def test_the_second_at_a_counter_is_told_who_sits_there_and_may_take_it_over(
    clerk: Visitor, antre: Antre, balikpapan: Office
) -> None:
    press(clerk, "next")
    token = clerk.client.cookies["antre_session"]
    clerk.client.cookies.clear()
    clerk.open("/sign-in?next=/counter")
    page = clerk.send("Masuk", username=add_staff(antre, balikpapan, "manager"), password=PASSWORD)
    assert page.title.startswith(CHOOSE)
    assert "counter sejak 08.20memanggil A-001" in page.text
    page = sit(clerk, "loket-1")
    assert "counter duduk di Loket 1 sejak 08.20" in page.title
    page = clerk.send("Ambil alih Loket 1")
    assert "Dipanggil A-001" in page.text
    clerk.client.cookies.set("antre_session", token, domain="antre.test")
    assert clerk.open("/counter").title.startswith(CHOOSE)
    assert "manager sejak 08.20" in clerk.page.text


def test_who_lost_the_counter_does_nothing_and_is_told(clerk: Visitor, antre: Antre, balikpapan: Office,
                                                       clock: SettableClock) -> None:
    fields = clerk.page.form("Panggil").fields
    antre.database.write(lambda c: desks.sit(c, balikpapan, "loket-1", now=clock.now(), staff_id=77))
    part = {**clerk.headers, "X-Part": "counter"}
    mark = {"_csrf": fields["_csrf"]}
    assert clerk.client.post("/counter/seen", data=mark, headers=part).status_code == 409
    assert clerk.client.get("/counter/line?stamp=0-3", headers=part).status_code == 409
    assert clerk.client.post("/counter", data={**fields, "act": "next"}, headers=part).status_code == 409
    page = post(clerk, "/counter", {**fields, "nonce": "new", "act": "next"})
    assert "Loket Anda diambil alih atau dibebaskan." in page.text
    assert set(states(antre).values()) == {"waiting"}


@pytest.mark.parametrize(("button", "state"), [("Selesai, lalu", "done"), ("Kembalikan ke antrean", "waiting")])
@pytest.mark.parametrize("way", ["Tinggalkan loket", "Keluar"])
def test_leaving_and_signing_out_ask_first_while_somebody_is_there(
    clerk: Visitor, antre: Antre, way: str, button: str, state: str
) -> None:
    press(clerk, "next")
    press(clerk, "start")
    page = clerk.send(way)
    assert page.title.startswith("A-001 masih di loket Anda")
    assert states(antre)["A-001"] == "serving"
    form = page.form(button)
    page = post(clerk, form.action, {**form.fields, "then": "finish" if state == "done" else "return"})
    assert states(antre)["A-001"] == state
    assert page.url.path == ("/counter" if way == "Tinggalkan loket" else "/sign-in")


def test_leaving_an_empty_counter_frees_it_and_the_choice_is_remembered(clerk: Visitor) -> None:
    page = clerk.send("Tinggalkan loket")
    assert page.title.startswith(CHOOSE)
    assert page.text.count("Kosong") == 6
    assert clerk.client.cookies["antre_counter"] == "loket-1"


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)  # SQLite lets one write after the other
def test_who_loses_the_counter_while_leaving_it_sends_nobody_off(
    clerk: Visitor, antre: Antre, balikpapan: Office, clock: SettableClock,
) -> None:
    press(clerk, "next")
    fields = clerk.open("/counter/leave").forms[-1].fields | {"then": "finish"}
    waits = sa.text("SELECT count(*) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND wait_event_type = 'Lock'")
    with antre.database.engine.begin() as other:
        desks.sit(other, balikpapan, "loket-1", now=clock.now(), staff_id=99)
        calling.call_next(other, balikpapan, "loket-1", now=clock.now(), staff_id=99)
        leaving = in_thread(post, clerk, "/counter/leave", fields)
        until = time.monotonic() + 20
        while time.monotonic() < until and not antre.database.write(lambda c: c.execute(waits).scalar_one()):
            pass
    leaving.result(20)
    assert states(antre) == {"A-001": "done", "A-002": "called", "A-003": "waiting"}


def test_going_to_another_counter_leaves_the_one_before(clerk: Visitor, antre: Antre) -> None:
    press(clerk, "next")
    assert sit(clerk, "loket-2").title.startswith("A-001 masih di loket Anda")
    clerk.open("/counter")
    press(clerk, "finish")
    assert sit(clerk, "loket-2").title.startswith("Loket 2")
    assert clerk.open("/counter/seats").text.count("Kosong") == 5


def test_of_two_who_choose_the_same_counter_at_once_one_is_asked(
    antre: Antre, balikpapan: Office, client: Any, clock: SettableClock
) -> None:
    def choose(name: str) -> Callable[[], str]:
        made = client.post("/api/v1/session", json={"username": add_staff(antre, balikpapan, name),
                                                    "password": PASSWORD})
        headers = {"Authorization": f"Bearer {made.json()['token']}"}
        return lambda: client.post("/counter/sit", data={"counter": "loket-2"}, headers=headers,
                                   follow_redirects=False).headers["location"]

    assert sorted(all_at_once(choose("counter"), choose("manager"))) == ["/counter", "/counter/taken?counter=loket-2"]


def test_without_the_halls_lock_both_would_believe_that_they_sit_there(antre: Antre, balikpapan: Office,
                                                                       clock: SettableClock) -> None:
    both_looked = threading.Barrier(2)

    def look_then_sit(staff_id: int) -> bool:
        with antre.database.read() as connection:
            seat = seats.seats_of(connection, balikpapan)[1]
        both_looked.wait(30)
        antre.database.write(lambda c: desks.sit(c, balikpapan, "loket-2", now=clock.now(), staff_id=staff_id))
        return seat.staff_id is None

    assert all_at_once(lambda: look_then_sit(1), lambda: look_then_sit(2)) == [True, True]


# -- what the script asks ----------------------------------------------------------------------------------


def test_the_line_is_told_anew_only_when_something_happened(clerk: Visitor, antre: Antre, balikpapan: Office,
                                                            clock: SettableClock) -> None:
    def ask() -> tuple[int, str]:
        stamp = next(given["data-stamp"] for _, given in clerk.page.attributes if "data-stamp" in given)
        answer = clerk.client.get("/counter/line", params={"stamp": stamp},
                                  headers={**clerk.headers, "X-Part": "counter"})
        return answer.status_code, answer.text

    assert ask() == (204, "")
    arrive(antre.database, balikpapan, clock.now(), "ikd")
    status, html = ask()
    assert (status, "A-004" in html, "<html" in html) == (200, True, False)


def test_the_heartbeat_says_that_the_page_is_there(clerk: Visitor, antre: Antre, clock: SettableClock) -> None:
    clock.advance(timedelta(minutes=2))
    mark = clerk.page.form("Panggil").fields["_csrf"]
    assert clerk.client.post("/counter/seen", headers={"X-CSRF-Token": mark}).status_code == 204
    with antre.database.read() as connection:
        assert connection.execute(sa.select(desks.desks.c.seen_at)).scalar_one() == clock.now()


@pytest.mark.parametrize("path", ["/counter", "/counter/sit", "/counter/leave", "/counter/seen"])
def test_a_form_without_the_sessions_own_mark_does_nothing(clerk: Visitor, antre: Antre, path: str) -> None:
    answer = clerk.client.post(path, data={"act": "next", "counter": "loket-2"}, headers=clerk.headers)
    assert answer.status_code == 403
    assert set(states(antre).values()) == {"waiting"}


@pytest.mark.parametrize(("handler", "a_minute"), [(counter.line, 16), (counter.act, 8), (counter_seat.seen, 4)])
def test_forty_counters_behind_one_address_are_within_the_limits(handler: Any, a_minute: int) -> None:
    assert CLASSES[handler.opt["limit"]] > 40 * a_minute
