"""The vendor tells that somebody wants no more."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from notifications import opt_outs
from scheduler.foundation.database import Database
from scheduler.foundation.journal import journal
from scheduler.foundation.privacy import Vault
from tests import people
from tests.phone.queueing import joined, states, wait
from tests.phone.resident import Phone

PATH = "/hooks/africastalking/hook-secret-of-tests/optout"


def test_the_wish_is_noted_once_however_often_it_comes(client: Any, database: Database, vault: Vault) -> None:
    for _ in range(3):
        answer = client.post(PATH, data={"senderId": "ANTRE", "phoneNumber": people.phone(3)})
        assert (answer.status_code, answer.text) == (200, "")
    with database.read() as c:
        assert opt_outs.is_out(c, vault, people.phone(3))
        assert not opt_outs.is_out(c, vault, people.phone(4))
        (entry,) = c.execute(sa.select(journal.c.data).where(journal.c.kind == "opted_out"))
        assert entry.data == {"source": "vendor"}


def test_who_wants_no_more_waits_no_longer(antre: Any, client: Any) -> None:
    phone = Phone(antre, client, 3)
    joined(antre, phone, 3)
    client.post(PATH, data={"senderId": "ANTRE", "phoneNumber": phone.number})
    assert states(antre) == ["left"]
    wait(antre, minutes=11)  # the same words sooner would be the same message
    joined(antre, phone, 3)
    client.post(PATH, data={"senderId": "ANTRE", "phoneNumber": phone.number})
    assert states(antre) == ["left", "waiting"], "the wish to wait came after that"


@pytest.mark.parametrize(("form", "status"), [
    ({"phoneNumber": "12345"}, 200), ({"phoneNumber": ""}, 400), ({"phoneNumber": "+62812\n0000"}, 400),
    ({"senderId": "x" * 50, "phoneNumber": people.phone(3)}, 400),
])
def test_what_is_no_number_changes_nothing(client: Any, database: Database, form: dict[str, str], status: int) -> None:
    assert client.post(PATH, data=form).status_code == status
    with database.read() as c:
        assert c.execute(sa.select(journal.c.id).where(journal.c.kind == "opted_out")).first() is None


def test_a_wrong_secret_finds_nothing(client: Any) -> None:
    assert client.post("/hooks/africastalking/not-the-secret-at-all/optout",
                       data={"phoneNumber": people.phone(3)}).status_code == 404
