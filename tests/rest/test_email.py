"""An e-mail address over JSON: optional, checked, kept only where mail can be sent, never answered."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from api.assembly import Antre
from scheduler.tables import bookings
from tests import people
from tests.fakes import FakeMailer
from tests.rest.conftest import question


@pytest.fixture
def mailer() -> FakeMailer:
    return FakeMailer()


def persons(antre: Antre) -> list[Any]:
    with antre.database.read() as connection:
        return [antre.vault.open(sealed) for sealed in connection.scalars(sa.select(bookings.c.sealed))]


def test_an_address_is_kept_sealed_and_not_answered(client: Any, free: Any, antre: Antre) -> None:
    answer = client.post("/api/v1/bookings", json=question(1, free()[0], email=people.email(1)))
    assert answer.status_code == 201
    assert "@" not in answer.text
    assert "@" not in client.get(f"/api/v1/bookings/{answer.json()['token']}").text
    assert persons(antre) == [people.person(1, with_email=True)]


@pytest.mark.parametrize("given", [{}, {"email": None}])
def test_it_may_be_left_out(client: Any, free: Any, antre: Antre, given: Any) -> None:
    assert client.post("/api/v1/bookings", json=question(1, free()[0], **given)).status_code == 201
    assert persons(antre) == [people.person(1)]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("typed", "code", "why"), [
    ("", "invalid_email", "at"), ("siti", "invalid_email", "at"), ("budi@contoh", "invalid_email", "domain"),
    ("a b@example.com", "invalid_email", "characters"), (f"{'a' * 80}@example.com", "invalid_email", "length"),
    ("siti@example.com\r\nBcc: budi@example.com", "invalid_email", "at"), ("a" * 401, "invalid_request", None),
    (7, "invalid_request", None),
])
def test_a_wrong_one_is_refused_in_words_that_do_not_repeat_it(
    client: Any, free: Any, antre: Antre, typed: Any, code: str, why: str | None
) -> None:
    answer = client.post("/api/v1/bookings", json=question(1, free()[0], email=typed))
    problem = answer.json()
    assert (answer.status_code, problem["code"], problem["field"], problem.get("why")) == (422, code, "email", why)
    assert len(str(typed)) < 5 or str(typed) not in answer.text
    assert persons(antre) == []


class TestWithoutMail:
    """An installation that sends no mail takes the field, checks it and keeps nothing of it."""

    @pytest.fixture
    def mailer(self) -> None:
        return None

    def test_an_address_is_checked_and_not_kept(self, client: Any, free: Any, antre: Antre) -> None:
        wrong = client.post("/api/v1/bookings", json=question(1, free()[0], email="siti"))
        assert wrong.json()["code"] == "invalid_email"
        assert client.post("/api/v1/bookings", json=question(1, free()[0], email=people.email(1))).status_code == 201
        assert persons(antre) == [people.person(1)]
