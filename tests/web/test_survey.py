"""The survey's page: nine questions without scripts, nothing lost, counted once, and kind words for old links."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from api.assembly import Antre
from scheduler.foundation.clock import SettableClock
from scheduler.offices import Office
from tests.conftest import NOW
from tests.hall_days import Came, Hall
from tests.web.reading import Visitor
from ticketing import survey
from ticketing.ikm import ELEMENTS
from ticketing.survey_tables import invitations, opinions

BEST = dict.fromkeys(ELEMENTS, "4")


def invited(antre: Antre, office: Office, minute: int = 0) -> str:
    """The token of somebody who came for a Kartu Keluarga."""
    (visit,) = Hall(antre.database, office).came(NOW.date(), Came(f"08:{minute:02}", due="08:00", service="kk"))
    token = antre.database.write(lambda c: survey.invite(c, office, visit, NOW))
    assert token is not None
    return token


@pytest.fixture
def token(antre: Antre, balikpapan: Office) -> str:
    return invited(antre, balikpapan)


def answers(antre: Antre) -> list[Any]:
    with antre.database.read() as c:
        return [(row.answers, row.channel) for row in c.execute(sa.select(opinions))]


def test_nine_answers_are_counted_once_and_thanked_for(visitor: Visitor, antre: Antre, token: str) -> None:
    page = visitor.open(f"/s/{token}")
    assert page.status == 200
    assert "Kartu Keluarga" in page.text
    assert sorted(page.form("Kirim jawaban").offered) == sorted(ELEMENTS)
    page = visitor.send("Kirim jawaban", **BEST | {"waktu": "2"})
    assert "Terima kasih" in page.text
    assert answers(antre) == [([4, 4, 2, 4, 4, 4, 4, 4, 4], "web")]
    assert "Terima kasih" in visitor.open(f"/S/{token.upper()}").text
    again = visitor.client.post(f"/s/{token}", data=BEST, headers={"Origin": antre.settings.public_url})
    assert again.status_code == 200
    assert len(answers(antre)) == 1


def test_what_is_left_out_is_named_and_what_was_chosen_stays(visitor: Visitor, antre: Antre, token: str) -> None:
    visitor.open(f"/s/{token}")
    page = visitor.send("Kirim jawaban", **{name: "3" for name in ELEMENTS if name not in ("waktu", "sarana")})
    assert page.status == 422
    assert "Pertanyaan 3 belum dijawab" in page.text
    assert "Pertanyaan 8 belum dijawab" in page.text
    assert {one.href for one in page.links if one.href.startswith("#w") or one.href.startswith("#s")} == {
        "#waktu-1", "#sarana-1"}
    assert page.form("Kirim jawaban").fields == {name: "3" for name in ELEMENTS if name not in ("waktu", "sarana")}
    assert answers(antre) == []
    assert "Terima kasih" in visitor.send("Kirim jawaban", waktu="4", sarana="1").text
    assert answers(antre) == [([3, 3, 4, 3, 3, 3, 3, 1, 3], "web")]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("wrong", ["5", "0", "", "x", "44"])
def test_other_answers_are_none(visitor: Visitor, antre: Antre, token: str, wrong: str) -> None:
    headers = {"Origin": antre.settings.public_url}
    answer = visitor.client.post(f"/s/{token}", data=BEST | {"biaya": wrong}, headers=headers)
    assert answer.status_code == 422
    assert answers(antre) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_link_too_old_and_one_that_never_was_are_told_kindly(
        visitor: Visitor, antre: Antre, clock: SettableClock, token: str) -> None:
    clock.advance(timedelta(days=14))
    page = visitor.open(f"/s/{token}")
    assert (page.status, "Waktu untuk menjawab sudah lewat" in page.text) == (410, True)
    for unknown in ("0000000000000", "x", "a" * 200):
        page = visitor.open(f"/s/{unknown}")
        assert (page.status, "Alamat ini tidak kami kenal" in page.text) == (404, True)
    post = visitor.client.post(f"/s/{token}", data=BEST, headers={"Origin": antre.settings.public_url})
    assert post.status_code == 410
    assert answers(antre) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_in_english_and_not_from_another_site(visitor: Visitor, antre: Antre, token: str) -> None:
    assert "Were the staff polite and friendly?" in visitor.open(f"/s/{token}?lang=en").text
    forged = visitor.client.post(f"/s/{token}", data=BEST, headers={"Sec-Fetch-Site": "cross-site"})
    assert forged.status_code >= 400
    assert answers(antre) == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_page_tells_nobody_who_answers(visitor: Visitor, antre: Antre, token: str) -> None:
    """No cookie is set, nothing is kept, and what is written holds a date and a month alone."""
    answer = visitor.client.get(f"/s/{token}")
    assert "set-cookie" not in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    visitor.open(f"/s/{token}")
    visitor.send("Kirim jawaban", **BEST)
    with antre.database.read() as c:
        (asked,) = c.execute(sa.select(invitations)).all()
        journalled = c.scalar(sa.text("SELECT count(*) FROM journal WHERE visit_id IS NOT NULL"))
    assert (asked.used, journalled) == (date(2026, 11, 24), 0)
