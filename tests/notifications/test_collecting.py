"""A carrier that must be asked: what it keeps is taken once, and it is told so only after our commit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from notifications import reports
from notifications.collecting import collect, polled
from notifications.gateways.base import Heard, Reported
from notifications.tables import delivery_reports
from scheduler.foundation.database import Database
from scheduler.foundation.journal import journal, record
from scheduler.foundation.privacy import Vault
from tests.conftest import NOW
from tests.fakes import FakeGateway
from tests.notifications.desk import messages, queue


class Modem(FakeGateway):
    """Keeps what came in until it is told that we have it."""

    name = "modem"

    def __init__(self, reports: Sequence[Reported] = (), inbox: Sequence[Heard] = ()) -> None:
        super().__init__()
        self.waiting, self.inbox = list(reports), list(inbox)
        self.fails = False

    def reports(self, limit: int) -> list[Reported]:
        return self.waiting[:limit]

    def settled(self, ids: Sequence[str]) -> None:
        if self.fails:
            raise OSError("the modem's database went away")
        self.waiting = [one for one in self.waiting if one.id not in ids]

    def heard(self, limit: int) -> list[Heard]:
        return self.inbox[:limit]

    def done(self, ids: Sequence[str]) -> None:
        if self.fails:
            raise OSError("the modem's database went away")
        self.inbox = [one for one in self.inbox if one.id not in ids]


def hear(connection: Connection, gateway: str, one: Heard, now: datetime) -> None:
    if one.text == "bad":
        raise ValueError(one.text)
    record(connection, "signed_in", at=now, data={"from": gateway, "id": one.id})  # any row will do


def heard_ids(database: Database) -> list[str]:
    with database.read() as c:
        return [row.data["id"] for row in c.execute(sa.select(journal.c.data).where(journal.c.kind == "signed_in"))]


def sms(number: str, text: str = "CEK") -> Heard:
    return Heard(number, "+6281200000001", "+6281200009999", text, NOW)


def test_only_carriers_that_must_be_asked_are(gateway: FakeGateway) -> None:
    modem = Modem()
    assert polled([gateway, modem]) == [modem]


@pytest.mark.parametrize(("means", "state"), [("delivered", "delivered"), ("failed", "failed"), (None, "sent")])
def test_its_reports_move_messages_by_its_own_meaning(
    database: Database, vault: Vault, means: str | None, state: str
) -> None:
    queue(database, vault, 1, state="sent", gateway="modem", vendor_id="7", sent_at=NOW)
    modem = Modem([Reported("7", "SomeWord", "", means)])  # type: ignore[arg-type]
    assert collect(database, vault, modem, None, NOW) == 1
    assert messages(database)[0].state == state
    assert modem.waiting == []


def test_a_report_that_overtakes_our_mark_keeps_its_meaning(database: Database, vault: Vault) -> None:
    modem = Modem([Reported("7", "DeliveryOK", "", "delivered")])
    collect(database, vault, modem, None, NOW)
    queue(database, vault, 1, state="sent", gateway="modem", vendor_id="7", sent_at=NOW)
    database.write(lambda c: reports.link(c, NOW))
    assert messages(database)[0].state == "delivered"


def test_what_the_modem_was_not_told_comes_again_and_has_no_second_effect(database: Database, vault: Vault) -> None:
    queue(database, vault, 1, state="sent", gateway="modem", vendor_id="7", sent_at=NOW)
    modem = Modem([Reported("7", "SendingError", "", "failed")])
    modem.fails = True
    with pytest.raises(OSError, match="went away"):
        collect(database, vault, modem, None, NOW)
    assert messages(database)[0].state == "failed", "committed before the modem was told"
    modem.fails = False
    collect(database, vault, modem, None, NOW)
    with database.read() as c:
        assert c.execute(sa.select(sa.func.count()).select_from(delivery_reports)).scalar_one() == 1
    assert modem.waiting == []


def test_messages_to_us_are_worked_on_and_a_bad_one_stays(database: Database, vault: Vault) -> None:
    modem = Modem(inbox=[sms("1"), sms("2", "bad"), sms("3")])
    assert collect(database, vault, modem, hear, NOW) == 2
    assert heard_ids(database) == ["1", "3"]
    assert [one.id for one in modem.inbox] == ["2"]


def test_without_anybody_who_hears_they_stay(database: Database, vault: Vault) -> None:
    modem = Modem(inbox=[sms("1")])
    assert collect(database, vault, modem, None, NOW) == 0
    assert len(modem.inbox) == 1
