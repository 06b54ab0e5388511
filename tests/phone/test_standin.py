"""The stand-in: it answers as the vendor does, its phones get what was sent, and it calls our hooks."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from api.demo.standin import INBOX, PHONES, PRICE, Answer, Trouble, router
from scheduler.foundation.clock import SettableClock
from tests import people
from tests.conftest import NOW
from tests.phone.vendor import API_KEY, USERNAME, Vendor, serving

PHONE = people.phone(1)


@pytest.fixture
def vendor(clock: SettableClock) -> Iterator[Vendor]:
    with serving(clock) as vendor:
        yield vendor


def form(to: str = PHONE, **more: str) -> dict[str, str]:
    return {"username": USERNAME, "to": to, "message": "Halo", "bulkSMSMode": "1", **more}


def post(vendor: Vendor, **more: str) -> Answer:
    return vendor.standin.answer(form(**more), API_KEY)


def called(vendor: Vendor, count: int) -> list[tuple[str, dict[str, str]]]:
    deadline = time.monotonic() + 10
    while len(vendor.called) < count:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return vendor.called


def test_it_answers_with_an_entry_for_each_recipient(vendor: Vendor) -> None:
    answer = post(vendor, to=f"{PHONE},{people.phone(2)},081234")
    assert (answer.status, answer.media_type) == (201, "application/json")
    data = json.loads(answer.body)["SMSMessageData"]
    assert data["Message"] == "Sent to 2/3"
    assert [(entry["statusCode"], entry["cost"]) for entry in data["Recipients"]] == [
        (101, PRICE), (101, PRICE), (403, "0")]
    assert data["Recipients"][2]["messageId"] == "None"


@pytest.mark.parametrize(("key", "changes"), [
    ("wrong", {}), ("", {}), (API_KEY, {"username": "somebody"}), (API_KEY, {"username": ""}),
])
def test_it_knows_its_customers(vendor: Vendor, key: str, changes: dict[str, str]) -> None:
    assert vendor.standin.answer(form(**changes), key) == Answer(401, "The supplied authentication is invalid")
    assert vendor.standin.received() == []


@pytest.mark.parametrize("missing", ["to", "message"])
def test_it_wants_every_field(vendor: Vendor, missing: str) -> None:
    assert post(vendor, **{missing: ""}).status == 400


def test_it_takes_a_hundred_recipients_and_no_more(vendor: Vendor) -> None:
    numbers = [people.phone(n) for n in range(101)]
    assert post(vendor, to=",".join(numbers)).status == 400
    assert post(vendor, to=",".join(numbers[:100])).status == 201


def test_a_delivery_report_follows(vendor: Vendor) -> None:
    answer = post(vendor)
    message_id = json.loads(answer.body)["SMSMessageData"]["Recipients"][0]["messageId"]
    ((hook, report),) = called(vendor, 1)
    assert hook == "delivery"
    assert report == {"id": message_id, "status": "Success", "phoneNumber": PHONE, "networkCode": "51010",
                      "retryCount": "0"}


def test_a_report_can_be_another(vendor: Vendor) -> None:
    vendor.standin.fail(Trouble(report="AbsentSubscriber"), msisdn=PHONE, times=1)
    post(vendor)
    post(vendor)
    reports = [report for _, report in called(vendor, 2)]
    assert sorted(report["status"] for report in reports) == ["AbsentSubscriber", "Success"]
    assert [report["failureReason"] for report in reports if "failureReason" in report] == ["DeliveryFailure"]


def test_a_resident_s_sms_is_posted_as_the_vendor_does(vendor: Vendor) -> None:
    message_id = vendor.standin.send_in(PHONE, "DAFTAR ktp")
    ((hook, sms),) = called(vendor, 1)
    assert hook == "sms"
    assert sms == {"date": "2026-11-24 00:00:00", "from": PHONE, "id": message_id, "text": "DAFTAR ktp", "to": "ANTRE",
                   "networkCode": "51010"}


def test_troubles_are_for_one_number_or_all_for_some_times_or_until_mended(vendor: Vendor) -> None:
    vendor.standin.fail(Trouble(code=405), msisdn=PHONE, times=1)
    vendor.standin.fail(Trouble(status=500, body="down"))
    assert "InsufficientBalance" in post(vendor).body
    assert post(vendor) == Answer(500, "down")
    vendor.standin.mend()
    assert post(vendor).status == 201
    assert len(vendor.standin.inbox(PHONE)) == 1


@pytest.mark.parametrize(("trouble", "arrives"), [
    (Trouble(status=500), 0), (Trouble(status=504, arrives=True), 1), (Trouble(wait_s=0.0), 1), (Trouble(code=500), 0),
])
def test_a_message_arrives_or_not_whatever_the_answer_says(vendor: Vendor, trouble: Trouble, arrives: int) -> None:
    vendor.standin.fail(trouble)
    post(vendor)
    assert len(vendor.standin.inbox(PHONE)) == arrives


def test_a_phone_shows_when_from_whom_and_how_long(vendor: Vendor) -> None:
    post(vendor, message="x" * 161, **{"from": "7777"})
    (text,) = vendor.standin.inbox(PHONE)
    assert (text.at, text.sender, text.parts) == (NOW, "7777", 2)
    assert vendor.standin.inbox(people.phone(9)) == []


def test_memory_is_bounded(vendor: Vendor) -> None:
    vendor.standin.close()  # no reports about so many
    for n in range(INBOX + 5):
        post(vendor, message=str(n))
    assert [text.text for text in vendor.standin.inbox(PHONE)][:1] == ["5"]
    for n in range(2, PHONES + 2, 100):
        post(vendor, to=",".join(people.phone(n + i) for i in range(100)))
    assert vendor.standin.inbox(PHONE) == [], "longest without a message"
    assert len({msisdn for msisdn, _ in vendor.standin.received()}) == PHONES


def test_a_callback_is_tried_again_until_it_is_taken(clock: SettableClock) -> None:
    answers = iter([503, 200])
    with serving(clock) as vendor:
        vendor.hook_status = lambda: next(answers)
        vendor.standin.send_in(PHONE, "DAFTAR")
        first, second = called(vendor, 2)
    assert first == second


def test_mounted_in_an_application(vendor: Vendor) -> None:
    with TestClient(Litestar([router(vendor.standin)])) as client:
        answer = client.post("/vendor/messaging", data=form(), headers={"apiKey": API_KEY})
        assert (answer.status_code, answer.headers["content-type"]) == (201, "application/json")
        assert client.post("/vendor/messaging", data=form()).status_code == 401
    assert len(vendor.standin.inbox(PHONE)) == 1
