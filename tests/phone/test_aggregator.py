"""What an aggregator calls us with, by whatever method and shape: the file that describes it says what it means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest
import sqlalchemy as sa
from litestar.testing import TestClient

from api.app import create_app
from api.installation import install
from notifications.tables import delivery_reports, outbox
from scheduler.bookings import Booking
from tests import people
from tests.conftest import NOW
from tests.phone.resident import OWN_NUMBER, Phone, line

EXAMPLES = files("notifications.gateways").joinpath("examples")
SMS, DELIVERY = (f"/hooks/http/hook-secret-of-tests/{name}" for name in ("sms", "delivery"))
ASK = {"msgid": "m1", "msisdn": people.phone(0).removeprefix("+"), "shortcode": OWN_NUMBER, "sms": line(0)}


@pytest.fixture
def described() -> str:
    return EXAMPLES.joinpath("form-and-text.toml").read_text(encoding="utf-8")


@pytest.fixture
def antre(settings: Any, clock: Any, balikpapan: Any, described: str, tmp_path: Any) -> Iterator[Any]:
    """An installation whose carrier is the one that the file describes."""
    file = tmp_path / "carrier.toml"
    file.write_text(described, encoding="utf-8")
    antre = install(replace(settings, sms_gateway="http", http_gateway_file=str(file), http_gateway_secret="s" * 20),
                    clock=clock)
    yield antre
    antre.close()


@pytest.fixture
def client(antre: Any) -> Iterator[Any]:
    with TestClient(create_app(antre)) as client:
        yield client


@pytest.fixture
def phone(antre: Any, client: Any) -> Phone:
    return Phone(antre, client)


@pytest.mark.parametrize("call", [
    lambda client, fields: client.get(SMS, params=fields),
    lambda client, fields: client.post(SMS, data=fields),
    lambda client, fields: client.post(SMS, json=fields),
], ids=["query", "form", "json"])
def test_a_resident_books_whichever_way_the_carrier_calls(client: Any, phone: Phone, call: Any) -> None:
    answer = call(client, ASK)
    assert (answer.status_code, answer.text) == (200, "OK")
    assert len(phone.answers()) == 1
    call(client, ASK)  # repeated
    assert len(phone.answers()) == 1
    call(client, ASK | {"msgid": "m2", "sms": "1"})
    booking: Booking = phone.standing()[0]
    assert booking.channel == "sms"


def test_a_report_moves_the_message_by_the_carrier_s_own_word(client: Any, antre: Any) -> None:
    antre.database.write(lambda c: c.execute(outbox.insert().values(
        key="notice:1", office_id=1, kind="notice", text="x", state="sent", created_at=NOW, due_at=NOW, sent_at=NOW,
        gateway="http", vendor_id="7f3a91")))
    for status, state in (("ACCEPTD", "sent"), ("strange", "sent"), ("DELIVRD", "delivered")):
        answer = client.post(DELIVERY, data={"msgid": "7f3a91", "status": status, "msisdn": "628120000"})
        assert (answer.status_code, answer.text) == (200, "OK")
        with antre.database.read() as c:
            assert c.scalar(sa.select(outbox.c.state)) == state
    with antre.database.read() as c:
        assert c.scalar(sa.select(sa.func.count()).select_from(delivery_reports)) == 3


def test_what_lacks_a_field_is_refused_and_leaves_nothing(client: Any, phone: Phone) -> None:
    assert client.post(SMS, data={"msgid": "m1", "msisdn": "62812"}).status_code in (400, 422)
    assert client.post(SMS, content=b"{", headers={"content-type": "application/json"}).status_code == 400
    assert client.post(DELIVERY, data={"msgid": "m1"}).status_code in (400, 422)
    assert phone.answers() == []


@pytest.mark.parametrize("path", [SMS, DELIVERY])
def test_a_wrong_secret_is_no_address(client: Any, path: str) -> None:
    assert client.post(path.replace("hook-secret-of-tests", "wrong"), data=ASK).status_code == 404


class TestCarrierThatDoesNotCall:
    @pytest.fixture
    def described(self) -> str:
        text = EXAMPLES.joinpath("form-and-text.toml").read_text(encoding="utf-8")
        return text[:text.index("[inbound]")]

    @pytest.mark.parametrize("path", [SMS, DELIVERY])
    def test_there_is_no_address(self, client: Any, path: str) -> None:
        assert client.post(path, data=ASK).status_code == 404


def test_other_carriers_have_no_such_address(settings: Any, clock: Any, balikpapan: Any) -> None:
    antre = install(settings, clock=clock)
    with TestClient(create_app(antre)) as client:
        assert client.post(SMS, data=ASK).status_code == 404
