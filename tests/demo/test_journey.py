"""A whole journey through a running demo, over HTTP only, as another program would make it."""

from __future__ import annotations

import stat
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests import people
from tests.cli.terminal import free_port, refused
from tests.demo.playing import AT, Playing, playing


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Playing]:
    """A demo whose clock stands until a test puts it forward."""
    with playing(tmp_path_factory.mktemp("demo") / "data", "--at", AT, "--speed", "0") as (demo, _):
        yield demo


def test_from_booking_to_the_queue_number(demo: Playing) -> None:
    start = next(s for s in demo.starts() if s > (demo.now() + timedelta(days=1)).isoformat())
    booked, asked = demo.book(1, start), time.monotonic()
    while not demo.inbox(1):
        assert time.monotonic() - asked < 1, "no SMS within a second"
        time.sleep(0.02)
    shown = "-".join(booked["code"][i:i + 3] for i in (0, 3, 6))
    assert [shown in message["text"] for message in demo.inbox(1)] == [True]

    begins = datetime.fromisoformat(start)
    demo.advance(begins - timedelta(days=1) - demo.now() + timedelta(hours=9))
    assert len(demo.inbox(1)) == 2, "no reminder the afternoon before"
    demo.advance(begins - demo.now())
    assert len(demo.inbox(1)) == 3, "no reminder before the start"
    sent = [datetime.fromisoformat(message["at"]) for message in demo.inbox(1)]
    assert (sent[1].date(), sent[1].hour) == ((begins - timedelta(days=1)).date(), 16)
    assert sent == sorted(sent)
    assert sent[2] < begins
    assert {message["parts"] for message in demo.inbox(1)} == {1}

    scanned = demo.http.post("/api/v1/scans", json={"code": booked["code"]}, headers=demo.headers("counter")).json()
    assert (scanned["verdict"], scanned["number"]) == ("admitted", "A-001")


def test_the_clock_goes_forward_only_and_not_for_ever(demo: Playing) -> None:
    before = demo.now()
    assert before.utcoffset() == timedelta(hours=8)
    for wrong in ({"advance_s": -1}, {"advance_s": 10**9}, {"advance_s": "1"}, {"advance": 1}, {}, [], "x"):
        answer = demo.http.post("/demo/clock", json=wrong)
        assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json"), wrong
        assert answer.json()["code"] == "invalid_request"
    assert demo.http.post("/demo/clock", content=b"{").status_code in (400, 415)
    assert demo.now() == before


def test_phones_say_what_they_cannot_do(demo: Playing) -> None:
    assert demo.http.get("/demo/phones/12").json()["code"] == "invalid_phone"
    phones = f"/demo/phones/{people.phone(9)}"
    assert demo.http.get(phones).json() == {"messages": []}
    assert demo.http.post(f"{phones}/sms", json={"text": ""}).status_code == 422
    for kind, body in (("sms", {"text": "INFO"}), ("ussd", {"session": "s", "input": ""})):
        hook = demo.http.post(demo.access["hooks"][kind], data={"from": "x"})
        answer = demo.http.post(f"{phones}/{kind}", json=body)
        assert answer.status_code == (501 if hook.status_code == 404 else answer.status_code)
        assert answer.status_code != 501 or answer.json()["code"] == "no_such_door"


def test_the_page_shows_clock_phone_accounts_and_links(demo: Playing) -> None:
    page = demo.http.get("/demo", headers={"Accept-Language": "en"}).text
    for account in demo.access["staff"]:
        assert account["username"] in page
        assert account["password"] in page
    for path in ("/", "/scan", "/manage", "/schema"):
        assert f'href="{path}"' in page
        assert demo.http.get(path, follow_redirects=True).status_code == 200, path
    assert "<script" in page
    assert demo.http.get("/demo/static/demo.js").headers["content-type"].startswith("text/javascript")
    wrong = demo.http.get("/demo", params={"phone": "12"})
    assert (wrong.status_code, "aria-invalid" in wrong.text) == (200, True)


def test_the_page_s_buttons_put_the_clock_forward(demo: Playing) -> None:
    before = demo.now()
    answer = demo.http.post("/demo/turn", data={"by": "900", "phone": "0812 0000 0001"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/demo?phone=0812+0000+0001")
    assert demo.now() - before == timedelta(minutes=15)
    demo.http.post("/demo/turn", data={"by": "morning"})
    assert (demo.now().hour, demo.now().minute) == (7, 0)
    standing = demo.now()
    for wrong in ("", "-1", "x", "99999999"):
        assert "said=clock" in demo.http.post("/demo/turn", data={"by": wrong}).headers["location"]
    forged = demo.http.post("/demo/turn", data={"by": "900"}, headers={"Origin": "https://elsewhere.test"})
    assert forged.status_code == 403
    assert demo.now() == standing


def test_only_its_owner_may_read_what_gives_access(demo: Playing, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = next(tmp_path_factory.getbasetemp().glob("demo*/data"))
    for name in ("access.json", "secrets.json"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert set(demo.access) == {"url", "phone_simulator", "hooks", "staff", "office"}
    roles = [one["role"] for one in demo.access["staff"]]
    assert roles == ["counter", "counter", "manager", "admin"], "two clerks at once, and nobody's invented account"
    assert set(demo.access["hooks"]) == {"sms", "delivery", "ussd"}
    assert "runs in" in refused("demo", "--port", str(free_port()), "--data", str(folder))


def test_a_demo_goes_on_where_it_was_and_begins_anew_for_an_earlier_moment(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    with playing(folder, "--at", "2031-03-03T08:00", "--speed", "0") as (demo, _):
        booked, account = demo.book(1, demo.starts()[5]), demo.access["staff"]
        reached = demo.advance(timedelta(hours=1))
    with playing(folder, "--speed", "0") as (demo, _):
        assert demo.access["staff"] == account
        assert demo.http.get(f"/api/v1/bookings/{booked['token']}").json()["status"] == "booked"
        assert demo.now() == reached
    with playing(folder, "--at", "2031-03-03T08:30", "--speed", "0") as (demo, _):
        assert demo.now().isoformat() == "2031-03-03T08:30:00+08:00"
        assert demo.http.get(f"/api/v1/bookings/{booked['token']}").status_code == 404
        demo.headers("manager")
    assert len(list(folder.glob("antre-until-*.sqlite3"))) == 1


def test_residents_book_come_and_stay_away(tmp_path: Path) -> None:
    with playing(tmp_path / "data", "--at", "2026-11-24T05:00", "--speed", "0", "--residents", "30") as (demo, process):
        demo.advance(timedelta(hours=41))  # the evening of the second day
        day = demo.http.get(f"/api/v1/offices/{demo.access['office']}/days/2026-11-25",
                            headers=demo.headers("manager")).json()
        memory = int(next(line for line in Path(f"/proc/{process.pid}/status").read_text().splitlines()
                          if line.startswith("VmHWM")).split()[1])
    assert 10 < day["booked"] <= day["released"]
    assert 0 < day["absent"] < day["arrived"] <= day["booked"]
    assert day["walk_ins"] > 0
    assert memory <= 250 * 1024
