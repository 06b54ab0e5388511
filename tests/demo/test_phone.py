"""The drawn phones in a real Chromium: keys, keyboard, touch and the plain field; before an office that is played."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from api.demo.demo import Demo
from tests.demo.conftest import Walk
from tests.demo.live import Played, say, until
from tests.web.walking import NARROW

pytestmark = [pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)]

ONE, TWO = "+6281200000001", "+6281200000002"
THREE_PHONES = "/demo?phone=0812+0000+0001&phone=0812+0000+0002&phone=0812+0000+0003"
FIRST_VIEW = 30 * 1024  # bytes, with headers
HOUR = re.compile(r"\d\d[.:]00")
PLACES = ("CON Pilih waktu (WITA):\nHari lain: ketik tanggal, mis. 0212\n1 Kam 26/11 07.30\n2 Kam 26/11 08.30\n"
          "3 Kam 26/11 09.30\n4 Lebih lambat\n0 Kembali")
MENU = "CON Pilih:\n1 Daftar\n2 Cek"
OFFER = "Untuk S*** A***: 1) Rab 25 Nov 08.30 2) 09.00 3) 09.30. Balas 1, 2 atau 3."


def phone(page: Page, number: str = ONE) -> Locator:
    """One phone of the page, once it shows the hour."""
    found = page.locator(f'[data-number="{number}"]')
    expect(found.locator("[data-hour]")).to_have_text(HOUR)
    return found


def screen(page: Page, number: str = ONE) -> Locator:
    """What a phone shows."""
    return phone(page, number).locator("[data-screen]")


def wait_for(page: Page, words: str) -> None:
    """Let the browser's paused clock go on until the first phone shows the words; not long, so that it still rings."""
    until(lambda: page.clock.run_for(200) or words in screen(page).inner_text())


def press(on: Locator, keys: str) -> None:
    """Press keys of the pad, with the mouse, one after the other."""
    for key in keys.split():
        on.locator(f'[data-key="{key}"]').click()


def test_a_message_is_written_with_number_keys(walk: Walk, office: Played) -> None:
    page = walk(1366).page
    page.clock.install(time="2026-11-24T08:00:00")
    page.goto("/demo")
    mine = phone(page)
    page.clock.pause_at("2026-11-24T09:00:00")  # keys are not pressed against a clock
    press(mine, "left-soft down ok")
    # C E K: three letters of three keys; then A and B of one key, with a pause between
    press(mine, "2 2 2 3 3 5 5 0 2")
    expect(mine.locator(".pending")).to_have_count(1)
    page.clock.run_for(1300)
    expect(mine.locator(".pending")).to_have_count(0)
    press(mine, "2 2")
    expect(mine.locator(".written")).to_have_text("CEK AB")
    page.clock.run_for(1300)
    expect(screen(page)).to_contain_text("1 SMS, 6/160")
    press(mine, "right-soft right-soft right-soft # # 4 8 2 left right-soft")
    expect(mine.locator(".written")).to_have_text("CEK42")
    expect(mine.locator(".typed input")).to_have_value("CEK42")
    press(mine, "# 7")
    expect(mine.locator(".meter")).to_contain_text("ABC")
    press(mine, "7 7 7 7 7 # 7 7")
    expect(mine.locator(".written")).to_have_text("CEK4Pq2")
    page.clock.resume()
    press(mine, "left-soft")
    until(lambda: office.heard)
    assert (office.heard[0]["from"], office.heard[0]["text"]) == (ONE, "CEK4Pq2")
    expect(screen(page)).to_contain_text("CEK4Pq2")
    expect(screen(page)).to_contain_text("1 SMS, 7/160")


def test_a_session_by_the_keyboard_alone(walk: Walk, office: Played) -> None:
    walker = walk(1366)
    page, keys = walker.page, walker.page.keyboard
    page.goto("/demo")
    office.screens = [(200, MENU), (200, "CON Nama?"), (200, "END Tercatat.")]
    screen(page).focus()
    keys.type("*384*6471#")
    expect(screen(page)).to_have_text("*384*6471#")
    keys.press("Enter")
    expect(screen(page)).to_contain_text("2 Cek")
    expect(screen(page)).to_be_focused()
    walker.audit()
    keys.type("12")
    keys.press("Backspace")
    keys.press("Enter")
    expect(screen(page)).to_contain_text("Nama?")
    keys.type("Siti")
    keys.press("Enter")
    expect(screen(page)).to_have_text("Tercatat.")
    assert [asked["text"] for asked in office.asked] == ["", "1", "1*Siti"]
    until(lambda: office.ended)
    keys.press("Enter")
    expect(screen(page)).to_contain_text("Peragaan")


def test_escape_and_the_red_key_hang_up(walk: Walk, office: Played) -> None:
    page = walk(1366).page
    page.goto("/demo")
    office.screens = [(200, MENU), (200, MENU)]
    press(phone(page), "call call")
    expect(screen(page)).to_contain_text("1 Daftar")
    page.keyboard.press("Escape")
    expect(screen(page)).to_contain_text("Peragaan")
    press(phone(page), "call ok")
    expect(screen(page)).to_contain_text("1 Daftar")
    press(phone(page), "end")
    until(lambda: len(office.ended) == 2)
    assert {form["status"] for form in office.ended} == {"Incomplete"}
    assert len({form["sessionId"] for form in office.ended}) == 2


def test_a_session_stands_when_the_page_is_loaded_anew(walk: Walk, office: Played) -> None:
    page = walk(1366).page
    page.goto("/demo")
    office.screens = [(200, MENU), (200, "CON Nama?")]
    press(phone(page), "call call")
    expect(screen(page)).to_contain_text("1 Daftar")
    page.reload()
    expect(screen(page)).to_contain_text("1 Daftar")
    press(phone(page), "1 ok")
    expect(screen(page)).to_contain_text("Nama?")
    assert [asked["text"] for asked in office.asked] == ["", "1"]
    assert len({asked["sessionId"] for asked in office.asked}) == 1


@pytest.mark.parametrize(("dialled", "answer", "words"), [
    ("*384*6471#", (500, ""), "kode MMI tidak valid"),
    ("*384*6471*1#", (200, "CON Layanan?"), "Layanan?"),
    ("*123#", (200, MENU), "kode MMI tidak valid"),
    ("0542000100", (200, MENU), "hanya untuk SMS"),
])
def test_what_the_network_says_to_a_code(walk: Walk, office: Played, dialled: str, answer: tuple[int, str],
                                         words: str) -> None:
    page = walk(1366).page
    page.goto("/demo")
    office.screens = [answer]
    screen(page).click()
    page.keyboard.type(dialled)
    page.keyboard.press("Enter")
    expect(screen(page)).to_contain_text(words)


def test_a_message_comes_without_loading_the_page_and_is_answered_with_a_digit(
    walk: Walk, demo: Demo, office: Played
) -> None:
    walker = walk(1366)
    page = walker.page
    page.clock.install(time="2026-11-24T08:00:00")
    page.goto("/demo")
    expect(screen(page)).to_contain_text("Peragaan")
    page.evaluate("window.same = true")
    page.clock.pause_at("2026-11-24T09:00:00")
    say(demo, ONE, OFFER)
    wait_for(page, "1 pesan baru")
    expect(phone(page).locator(".device")).to_have_class("device rings")
    expect(phone(page).locator(".top")).to_contain_text("1")
    page.clock.resume()
    walker.audit()
    screen(page).click()
    page.keyboard.press("Enter")
    expect(screen(page)).to_contain_text(OFFER)
    expect(phone(page).locator("[data-unread]")).to_have_text("")
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    until(lambda: office.heard)
    assert office.heard[0]["text"] == "2"
    say(demo, ONE, "Tercatat: Rab 25 Nov 09.00")
    expect(screen(page)).to_contain_text("Tercatat")
    assert page.evaluate("window.same")
    page.reload()
    expect(screen(page)).to_contain_text("Peragaan")
    expect(phone(page).locator("[data-unread]")).to_have_text("")


def test_phones_side_by_side_are_different_phones(walk: Walk, demo: Demo, office: Played) -> None:
    page = walk(1366).page
    page.goto("/demo")
    page.get_by_role("link", name="Tambah ponsel").click()
    left, right = (phone(page, number).bounding_box() for number in (ONE, TWO))
    assert left
    assert right
    assert (left["y"], left["x"] + left["width"] <= right["x"]) == (right["y"], True)
    phone(page, TWO).get_by_role("button", name="CEK").click()
    until(lambda: office.heard)
    assert office.heard[0]["from"] == TWO
    expect(screen(page, TWO)).to_contain_text("CEK")
    expect(screen(page, ONE)).to_contain_text("Peragaan")
    screen(page, ONE).click()
    page.keyboard.type("7")
    expect(screen(page, ONE)).to_have_text("7")
    expect(screen(page, TWO)).not_to_contain_text("7")
    page.get_by_text("Ganti nomor").nth(1).click()
    page.get_by_role("link", name="Singkirkan ponsel 2").click()
    expect(page.locator("[data-number]")).to_have_count(1)


def test_a_sample_is_sent_with_one_press_and_the_next_one_is_for_somebody_else(walk: Walk, office: Played) -> None:
    page = walk(1366).page
    page.goto("/demo")
    sample = phone(page).locator(".sample").first
    first = sample.inner_text()
    assert first.startswith("DAFTAR KTP 647199")
    sample.focus()
    page.keyboard.press("Enter")
    until(lambda: office.heard)
    assert office.heard[0]["text"] == first
    expect(sample).not_to_have_text(first)
    expect(sample).to_be_focused()
    expect(screen(page)).to_contain_text(first)


def test_the_plain_field_writes_where_typing_would(walk: Walk, office: Played) -> None:
    page = walk(320).page
    page.goto("/demo")
    office.screens = [(200, MENU)]
    mine, field = phone(page), page.get_by_label("Atau ketik di sini")
    field.press_sequentially("INFO KTP")
    expect(mine.locator(".written")).to_have_text("INFO KTP")
    field.press("Enter")
    until(lambda: office.heard)
    assert office.heard[0]["text"] == "INFO KTP"
    expect(field).to_have_value("")
    press(mine, "end")
    field.press_sequentially("*384*6471#")
    field.press("Enter")
    expect(screen(page)).to_contain_text("1 Daftar")
    field.press("Escape")
    until(lambda: office.ended)


def test_letters_write_wherever_the_phone_has_nothing_better_to_do_with_them(walk: Walk, office: Played) -> None:
    page = walk(1366).page
    page.goto("/demo")
    mine, field = phone(page), page.get_by_label("Atau ketik di sini")
    screen(page).focus()
    page.keyboard.type("INFO 1")  # at rest; the digit is part of the message and dials nothing
    expect(mine.locator(".written")).to_have_text("INFO 1")
    press(mine, "end right-soft left-soft")  # no messages yet: the first one is written from there
    expect(screen(page)).to_contain_text("0812 0000 9999")
    press(mine, "2")
    expect(mine.locator(".written")).to_have_text("A")
    press(mine, "end right-soft")
    field.press_sequentially("CEK")
    expect(field).to_have_value("CEK")
    press(mine, "end left-soft")
    field.press_sequentially("INFO KTP")
    expect(mine.locator(".written")).to_have_text("INFO KTP")
    press(mine, "end left-soft")
    field.press_sequentially("2")  # of a list that stands, a digit chooses
    expect(screen(page)).to_contain_text("0812 0000 9999")
    expect(field).to_have_value("")


def test_faults_are_set_without_losing_what_a_phone_shows(walk: Walk, demo: Demo) -> None:
    walker = walk(1366)
    page = walker.page
    page.goto("/demo")
    screen(page).click()
    page.keyboard.type("123")
    page.get_by_text("Gangguan untuk dicoba").click()
    page.get_by_label("SMS dari kantor").select_option("refuses")
    walker.audit()
    page.get_by_role("button", name="Pasang").click()
    expect(page.get_by_text("Gangguan dipasang.")).to_be_visible()
    assert demo.faults.carrier == "refuses"
    expect(screen(page)).to_have_text("123")
    page.get_by_role("button", name="Maju 1 jam").click()
    expect(page.locator("[data-clock]")).to_contain_text("09.00")
    expect(page.locator(".top")).to_contain_text("09.00")
    expect(screen(page)).to_have_text("123")


def test_what_one_chooses_from_is_seen_whole(walk: Walk, office: Played) -> None:
    page = walk(1366).page
    page.goto("/demo")
    office.screens = [(200, PLACES)]
    press(phone(page), "call call")
    expect(screen(page)).to_contain_text("0 Kembali")
    assert screen(page).evaluate("shown => shown.scrollHeight - shown.clientHeight") == 0
    page.get_by_text("Gangguan untuk dicoba").click()
    missing = page.locator(".faults select").evaluate_all("""all => all.map(one => {
        const has = one.offsetWidth;
        one.style.width = "auto";
        return one.offsetWidth - has;
    })""")
    assert max(missing) <= 0, missing


def test_an_office_that_takes_no_sms_is_not_offered_any(walk: Walk, demo: Demo) -> None:
    demo.handset.open_hooks = frozenset()
    page = walk(1366).page
    page.goto("/demo")
    expect(page.locator(".sample")).to_have_count(0)
    press(phone(page), "left-soft")
    expect(screen(page).locator("li")).to_have_count(1)
    press(phone(page), "end call")
    page.keyboard.type("*384*6471#")
    page.keyboard.press("Enter")
    expect(screen(page)).to_contain_text("kode MMI tidak valid")


def test_every_view_is_accessible_and_fits(walk: Walk, demo: Demo) -> None:
    walker = walk(NARROW)
    page = walker.page
    page.goto(THREE_PHONES)
    say(demo, ONE, OFFER)
    expect(screen(page)).to_contain_text("1 pesan baru")
    # inbox, thread, writing, home, dialling, menu
    for keys in ("right-soft", "ok", "left-soft", "end", "call", "end left-soft"):
        press(phone(page), keys)
        walker.audit()
    press(phone(page), "down")
    expect(phone(page).locator("[data-say]")).to_have_text("Tulis SMS")
    walker.fits()


def test_a_key_reached_by_tab_is_pressed_by_enter_and_keeps_the_focus(walk: Walk) -> None:
    page = walk(1366).page
    page.goto("/demo")
    five = phone(page).get_by_role("button", name="5 jkl")
    five.focus()
    page.keyboard.press("Enter")
    expect(screen(page)).to_have_text("5")
    expect(five).to_be_focused()
    page.keyboard.press("6")
    expect(screen(page)).to_have_text("56")
    page.keyboard.press("Tab")
    expect(phone(page).get_by_role("button", name="6 mno")).to_be_focused()


def test_without_scripts_the_forms_do_the_same(walk: Walk, demo: Demo, office: Played) -> None:
    walker = walk(NARROW, scripts=False)
    page = walker.page
    office.screens = [(200, MENU), (200, "CON Nama?")]
    page.goto("/demo?phone=0812+0000+0001&phone=0812+0000+0002")
    second = page.locator(f'[data-number="{TWO}"]')
    second.get_by_label("Isi SMS").fill("CEK")
    second.get_by_role("button", name="Kirim").click()
    until(lambda: office.heard)
    assert (office.heard[0]["from"], office.heard[0]["text"]) == (TWO, "CEK")
    expect(page.get_by_text("SMS sudah dikirim.")).to_be_visible()
    expect(second).to_contain_text("Kepada 0812 0000 9999")
    second.get_by_role("button", name="Panggil").click()
    expect(second).to_contain_text("1 Daftar")
    sizes = second.locator("label").evaluate_all("all => [...new Set(all.map(one => getComputedStyle(one).fontSize))]")
    assert len(sizes) == 1, "a question of one form stands out"
    second.get_by_label("Jawaban").fill("1")
    second.get_by_role("button", name="Balas").click()
    expect(second).to_contain_text("Nama?")
    second.get_by_role("button", name="Tutup").click()
    until(lambda: office.ended)
    walker.fits()


def test_the_first_view_is_light(walk: Walk) -> None:
    page = walk(320).page
    wire = page.context.new_cdp_session(page)
    sizes: list[float] = []
    wire.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    wire.send("Network.enable")
    page.goto("/demo")
    expect(screen(page)).to_contain_text("Peragaan")
    assert len(sizes) >= 5
    assert sum(sizes) < FIRST_VIEW, sizes


def test_the_phones_stand_still_for_who_wants_that(browser: Browser, demo: Demo) -> None:
    context = browser.new_context(reduced_motion="reduce", locale="id-ID", base_url=demo.antre.settings.public_url)
    page = context.new_page()
    page.clock.install(time="2026-11-24T08:00:00")
    page.goto("/demo")
    expect(screen(page)).to_contain_text("Peragaan")
    page.clock.pause_at("2026-11-24T09:00:00")
    say(demo, ONE, "Halo")
    wait_for(page, "1 pesan baru")
    device = phone(page).locator(".device")
    expect(device).to_have_class("device rings")
    assert device.evaluate("one => getComputedStyle(one).animationName") == "none"
    context.close()
