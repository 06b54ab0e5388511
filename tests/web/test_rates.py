"""What was learnt about who comes, for the manager without scripts, on both databases."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from api.assembly import Antre
from api.web.numbers import percent, signed
from api.web.render import WORDS
from scheduler import learning
from scheduler.foundation.clock import SettableClock
from scheduler.offices import Office
from tests.web.lived import past_days
from tests.web.test_staff_pages import SignIn


def test_before_any_day_is_over_nothing_is_claimed(signed_in: SignIn) -> None:
    page = signed_in("manager").open("/manage/rates")
    assert "setiap orang yang memesan dianggap akan datang" in page.text
    assert "Belum ada hari selesai yang bisa dihitung." in page.text
    assert "<svg xmlns" not in page.html.split("<main")[1]


def test_what_was_learnt_is_said_drawn_and_told_in_numbers(
    signed_in: SignIn, antre: Antre, balikpapan: Office, clock: SettableClock,
) -> None:
    dates = past_days(antre, balikpapan, clock.now(), 12)
    visitor = signed_in("manager")
    visitor.open("/manage")
    page = visitor.follow("Berapa yang datang")
    assert page.url.path == "/manage/rates"
    for said in ("dipelajari dari 12 hari", "Semua yang memesan", "Yang menjawab YA", "Layanan Perekaman KTP-el",
                 "Hari yang dihitung"):
        assert said in page.text, said
    assert 'aria-labelledby="rates-t rates-d"' in page.html
    assert page.html.count("/manage?date=2026-") == len(dates)
    english = visitor.open("/manage/rates?lang=en")
    assert "Those who answered YA" in english.text


def test_a_day_is_left_out_with_a_reason_and_counts_again(
    signed_in: SignIn, antre: Antre, balikpapan: Office, clock: SettableClock,
) -> None:
    past_days(antre, balikpapan, clock.now(), 6)
    visitor = signed_in("manager")
    visitor.open("/manage/rates")
    page = visitor.follow("Jangan hitung Jumat, 20 November 2026")
    assert "Jangan hitung Jumat, 20 November 2026?" in page.text
    page = visitor.send("Jangan hitung hari itu", reason="  ")
    assert page.status == 422
    assert page.link("Tulis alasannya") == "#reason"
    page = visitor.send("Jangan hitung hari itu", reason="x" * 121)
    assert "Paling banyak 120 huruf" in page.text
    assert page.form("Jangan hitung hari itu").fields["reason"] == "x" * 121
    page = visitor.send("Jangan hitung hari itu", reason="banjir")
    assert "tidak dihitung: banjir" in page.text
    assert "Hari itu tidak dihitung lagi" in page.text
    assert learnt_days(antre, balikpapan) == 5
    day = visitor.open("/manage?date=2026-11-20")
    assert "Hari itu tidak dihitung untuk tingkat kehadiran oleh manager. Alasan: banjir." in day.text
    visitor.open("/manage/rates")
    page = visitor.send("Hitung lagi")
    assert "tidak dihitung: banjir" not in page.text
    assert learnt_days(antre, balikpapan) == 6


def test_a_strange_day_is_marked(signed_in: SignIn, antre: Antre, balikpapan: Office, clock: SettableClock) -> None:
    past_days(antre, balikpapan, clock.now(), 3)
    antre.database.write(lambda c: c.execute(sa.text(
        """UPDATE journal SET data = '{"booked": 40, "came": 9, "strange": true, "opened": 44}'
           WHERE kind = 'learnt' AND id = (SELECT max(id) FROM journal WHERE kind = 'learnt')""")))
    assert signed_in("manager").open("/manage/rates").text.count("tidak biasa") == 2  # the help, and the day


def learnt_days(antre: Antre, office: Office) -> int:
    """How many days what was learnt rests on."""
    with antre.database.read() as connection:
        return learning.read(connection, [office.id])[office.id].days


@pytest.mark.parametrize("path", ["/manage/rates/soon/count", "/manage/rates/2030-01-01/count",
                                  "/manage/rates/2030-01-01/leave-out"])
def test_days_that_are_not_there(signed_in: SignIn, path: str) -> None:
    visitor = signed_in("manager")
    mark = visitor.open("/manage").form("Keluar").fields["_csrf"]
    answer = visitor.client.post(path, data={"_csrf": mark, "reason": "banjir"}, headers=visitor.headers)
    assert answer.status_code == 404


@pytest.mark.parametrize(("share", "words"), [
    (0, "0 %"), (0.001, "kurang dari 1 %"), (0.006, "1 %"), (0.5, "50 %"), (0.994, "99 %"), (0.999, "lebih dari 99 %"),
    (1, "100 %"),
])
def test_nearly_nothing_is_not_nothing(share: float, words: str) -> None:
    assert percent(share, WORDS["id"]["numbers"]) == words


def test_a_difference_says_its_direction() -> None:
    assert [signed(value) for value in (3.4, -2.6, 0.2, -0.4)] == ["+3", "−3", "0", "0"]
