"""The menu without a book: every screen fits and keeps secrets, whatever offices, services and people are called."""

from __future__ import annotations

import zoneinfo
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from api.languages import LANGUAGES
from api.phone.menu import state, steps
from api.phone.menu.refusals import CODES, OF_PLACES, VARIANTS
from api.phone.menu.state import State
from api.phone.menu.talk import Inside
from scheduler.foundation.errors import Refusal
from tests import people
from tests.conftest import NOW
from tests.phone.desk import FakeDesk, held, in_line, office, service, talk, walk
from tests.phone.dialler import check

NIK, NAME = people.nik(1), "Siti Rahmawatiningsih"
SECRETS = ("Rahmawatiningsih", NIK, people.phone(1), people.phone(1)[3:], "Zulkarnainsyah")
STARTS = [NOW + timedelta(hours=hours) for hours in (30, 31, 32)]

_names = st.text(max_size=60)
_phones = st.text(st.characters(codec="utf-8"), max_size=20)
_services = st.lists(st.tuples(st.text(max_size=24), st.lists(st.text(max_size=100), max_size=5)), min_size=1,
                     max_size=9)
_zones = st.sampled_from(["Asia/Makassar", "Asia/Jakarta", "Pacific/Chatham", "America/Sao_Paulo"])
_refusals = st.one_of(st.none(), st.builds(
    lambda code, starts, missed: Refusal(code, limit=5, missed=missed, **({} if starts is None else {
        "alternatives": starts})),
    st.sampled_from(CODES), st.sampled_from([None, [], STARTS[:1], STARTS]), st.booleans()))
_inputs = st.one_of(st.sampled_from(["0", "1", "2", "3", "4", "1", "1", "2"]), st.sampled_from(
    ["00", "5", "9", NIK, NAME, "besok", "2511", "3112", "1.", " 2 ", "*", "1*1", "", "Bali", "K", "123", "\u202e"]),
    st.text(max_size=12))


@st.composite
def desks(draw: Any) -> FakeDesk:
    services = [service(n, short, bring) for n, (short, bring) in enumerate(draw(_services), 1)]
    zone = draw(_zones)
    count = draw(st.sampled_from([1, 1, 2, 12]))
    every = [office(n, draw(_names), draw(_phones), services, timezone=zone, address=draw(_names))
             for n in range(1, count + 1)]
    names = draw(st.lists(st.sampled_from(["Bambang Zulkarnainsyah", "Ma'ruf Zulkarnainsyah", "W" * 70 + " Z",
                                           "李小龙"]), max_size=5))
    mine = [held(n, every[0], services[0], name) for n, name in enumerate(names, 1)]
    hall = [Inside(held(50, every[0], services[0], "Bambang Zulkarnainsyah"), draw(st.sampled_from(["A-012", None])),
                   draw(st.integers(0, 60)), draw(st.sampled_from(["waiting", "held", "called", "serving", "served",
                                                                  "missed"])),
                   draw(st.sampled_from(["", "08.20-08.38"])), draw(_names))] if draw(st.booleans()) else []
    waits = [in_line(n, every[0], services[0], "W" * 70 + " Zulkarnainsyah", draw(st.integers(0, 999)),
                     offered=draw(st.sampled_from([None, *STARTS]))) for n in range(1, draw(st.integers(1, 3)))]
    return FakeDesk(every, mine, hall, waits, draw(st.lists(_refusals, max_size=4)),
                    draw(st.sampled_from([0, 2, 400])))


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(desks(), st.lists(_inputs, max_size=25), st.sampled_from(LANGUAGES))
def test_wherever_one_walks_screens_fit_and_keep_secrets(desk: FakeDesk, inputs: list[str], language: str) -> None:
    begun, screen = talk(desk, State(language=language))
    text = ""
    for one in inputs:
        check(screen.answer)
        assert not screen.cut, screen.text
        assert not [secret for secret in SECRETS if secret in screen.text], screen.text
        if screen.end:
            break
        stood, done = begun.state.at, len(desk.did)
        text = f"{text}*{one}" if text else one
        screen = steps.work(begun, text, one)
        for act, screens in (("take", ["summary"]), ("join", ["none"]), ("accept", ["line"]), ("leave", ["leave"])):
            if act in desk.did[done:] and "*" not in one:
                assert stood in screens, "only after its own question"
                assert one.strip() in ("1", "1.")
        begun.state = state.decode(state.encode(begun.state)) or State()
    check(screen.answer)
    assert not screen.cut, screen.text


@settings(max_examples=100, deadline=None)
@given(desks(), st.lists(st.sampled_from(["0", "1", "2", "3", "4", "00", NIK, NAME]), max_size=12))
def test_inputs_that_come_together_are_worked_through_in_order(desk: FakeDesk, inputs: list[str]) -> None:
    refusals = list(desk.refusals)
    mine, waits = list(desk.phone), list(desk.waits)
    assume(inputs)
    assume(inputs.count(NAME) < 2)  # together they may be one name with a star in it
    _, one_by_one = walk(desk, *inputs)
    did = list(desk.did)
    again = FakeDesk(desk.every, mine, desk.hall, waits, refusals, desk.starts)
    begun, _ = talk(again)
    together = steps.work(begun, "*".join(inputs), "*".join(inputs))
    assert together == one_by_one
    assert again.did == did


PATHS = {
    "main": (), "service": ("1",), "second page": ("1", "4"), "bring": ("5", "2", "1"), "info": ("5",),
    "address": ("5", "3"), "nik": ("1", "1"), "wrong nik": ("1", "1", "12"), "name": ("1", "1", NIK),
    "wrong name": ("1", "1", NIK, "Budi/Anton"), "place": ("1", "1", NIK, NAME), "summary": ("1", "1", NIK, NAME, "1"),
    "wrong": ("1", "1", NIK, NAME, "1", "7"), "booked": ("1", "1", NIK, NAME, "1", "1"), "list": ("2",),
    "visit": ("2", "2"), "confirmed": ("2", "2", "1"), "spot": ("3", "1"), "moved": ("3", "1", "1"),
    "far": ("3", "1", "0101"), "cancel": ("4", "1"), "cancelled": ("4", "1", "1"), "over": ("1", "1", "1", "2", "3"),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", PATHS)
def test_no_sentence_is_cut_with_the_longest_values(path: str, language: str) -> None:
    """Values at the limit of each column in septets; only what ends a last screen may be left out."""
    services = [service(n, "W" * 24, ("K" * 90, "F" * 90)) for n in range(1, 9)]
    one = office(1, "M" * 40, "9" * 20, services, timezone="Pacific/Chatham", address="J" * 200)
    wide = NOW + timedelta(days=9, hours=6)
    mine = [held(n, one, services[0], "W" * 30 + " Z", wide) for n in range(1, 4)]
    _, screen = walk(FakeDesk([one], mine, refusals=[]), *PATHS[path], language=language)
    check(screen.answer)
    assert not screen.cut, screen.text


WAITS = {
    "nothing free": ("1", "1", NIK, NAME), "joined": ("1", "1", NIK, NAME, "1"), "list": ("2",), "place": ("2", "2"),
    "wrong": ("2", "2", "7"), "leave": ("2", "2", "1"), "left": ("2", "2", "1", "1"), "offer": ("2", "1"),
    "wrong answer": ("2", "1", "7"), "wrong at nothing free": ("1", "1", NIK, NAME, "7"),
    "wrong at leave": ("4", "2", "7"),
    "taken": ("2", "1", "1"), "declined": ("2", "1", "2"), "cancel": ("4", "2"),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("path", WAITS)
def test_nothing_about_the_waiting_list_is_cut_with_the_longest_values(path: str, language: str) -> None:
    one = office(1, "M" * 40, "9" * 20, [service(1, "W" * 24)], timezone="Pacific/Chatham")
    wide = NOW + timedelta(days=36, hours=6)
    waits = [in_line(1, one, one.by_id[1], "W" * 30 + " Z", 999, offered=wide),
             in_line(2, one, one.by_id[1], "W" * 30 + " Z", 999)]
    _, screen = walk(FakeDesk([one], waits=waits, starts=0), *WAITS[path], language=language)
    check(screen.answer)
    assert not screen.cut, screen.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", [*CODES, *VARIANTS])
@pytest.mark.parametrize("starts", [None, [], STARTS])
def test_every_refusal_is_told_whole_with_a_way_on(code: str, language: str, starts: Any) -> None:
    details: dict[str, Any] = {"limit": 5} | ({} if starts is None else {"alternatives": starts})
    variants = {"missed": Refusal("too_soon", missed=True, **details),
                "given_up": Refusal("too_many_for_phone", why="given_up", **details)}
    refusal = variants[code] if code in variants else Refusal(code, **details)
    one = office(1, "M" * 40, "9" * 20)
    _, screen = walk(FakeDesk([one], refusals=[refusal]), "1", "1", NIK, NAME, "1", "1", language=language)
    assert not screen.end
    assert not screen.cut
    if starts and code in OF_PLACES:
        assert screen.text.count("\n") == 6, "a word, a title, three places, later, back"
    else:
        assert "9" * 20 in screen.text
        assert screen.text.count("\n") == (2 if code in OF_PLACES else 1), "where nothing is free, one may wait"


def test_a_refusal_that_nobody_expects_is_no_screen() -> None:
    with pytest.raises(Refusal):
        walk(FakeDesk([office()], refusals=[Refusal("reason_required")]), "1", "1", NIK, NAME, "1", "1")


def test_pages_of_services() -> None:
    desk = FakeDesk([office(services=[service(n, f"Layanan {n}") for n in range(1, 8)])])
    assert walk(desk, "1")[1].text.endswith("1 Layanan 1\n2 Layanan 2\n3 Layanan 3\n4 Lainnya\n0 Kembali")
    assert walk(desk, "1", "4")[1].text.endswith("1 Layanan 4\n2 Layanan 5\n3 Layanan 6\n4 Lainnya\n0 Kembali")
    assert walk(desk, "1", "4", "4")[1].text.endswith("1 Layanan 7\n0 Kembali")
    assert walk(desk, "1", "4", "4", "0", "2")[0].state.service == 5


def test_back_from_what_to_bring_is_the_information() -> None:
    desk = FakeDesk([office()])
    assert walk(desk, "5", "2", "1", "0", "0")[1] == walk(desk, "5")[1]
    assert "bawa KK" in walk(desk, "5", "2", "1")[1].text
    assert walk(desk, "5", "2", "1", "1", NIK, NAME, "1", "1")[1].end
    assert desk.did == ["take"]


# -- several offices -----------------------------------------------------------------------------------------


def many(count: int) -> FakeDesk:
    return FakeDesk([office(n, f"Disdukcapil {'ABCDEFGHIJ'[n % 10]}contoh {n}") for n in range(1, count + 1)])


def test_a_few_offices_are_listed() -> None:
    _, screen = walk(many(2))
    assert "Pilih kantor" in screen.text
    begun, screen = walk(many(2), "2")
    assert (begun.state.office, screen.text.splitlines()[0]) == (2, "Antre Disdukcapil Ccontoh 2")


def test_of_many_offices_the_first_letters_are_asked() -> None:
    desk = many(514)
    assert "huruf awal" in walk(desk)[1].text
    assert "berawalan itu" in walk(desk, "1234")[1].text
    assert walk(desk, "1")[1] == walk(desk)[1], "nothing is listed to choose from"
    begun, screen = walk(desk, "econtoh 4")
    assert "1 Disdukcapil Econtoh 4\n" in screen.text
    assert "4 Lainnya" in screen.text
    begun, _ = walk(desk, "econtoh 4", "4", "2")
    assert begun.state.office == 424
    assert "huruf awal kota" in walk(desk, "econtoh 4", "0")[1].text
    assert walk(desk, "ECONTOH 514")[0].state.office == 514, "the only one is taken at once"
    assert "berawalan itu" in walk(desk, "xyz")[1].text


def test_the_office_can_be_changed() -> None:
    begun, screen = walk(many(2), "1", "5", "4")
    assert "Pilih kantor" in screen.text
    begun, screen = walk(many(2), "1", "5", "4", "2")
    assert begun.state.office == 2


def test_without_any_office_the_menu_says_so() -> None:
    _, screen = walk(FakeDesk([]))
    assert screen.end
    assert "belum ada kantor" in screen.text


@pytest.mark.parametrize("zone", sorted(zoneinfo.available_timezones())[::25])
def test_places_are_said_in_the_office_s_time(zone: str) -> None:
    _, screen = walk(FakeDesk([office(timezone=zone)]), "1", "1", NIK, NAME)
    first = (NOW + timedelta(hours=1)).astimezone(zoneinfo.ZoneInfo(zone))
    assert first.strftime("%H.%M") in screen.text
