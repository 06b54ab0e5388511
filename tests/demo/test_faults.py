"""What goes wrong when it is chosen, and nothing else does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest

from api.demo.faults import CARRIERS, REPORTS, Faults
from api.demo.standin import StandIn
from scheduler.foundation.clock import SettableClock
from tests import people
from tests.demo.live import KEY, Played, until

PHONE, OTHER = people.phone(1), people.phone(2)


@pytest.fixture
def standin(clock: SettableClock, office: Played) -> Iterator[StandIn]:
    """A vendor before an office that is played."""
    with closing(StandIn(clock, office.hooks, username="x", api_key=KEY)) as standin:
        yield standin


def send(standin: StandIn, phone: str = PHONE) -> int:
    """The office sends an SMS; what the vendor says of it: the HTTP status, or the recipient's code."""
    answer = standin.answer({"username": "x", "to": phone, "message": "Halo"}, KEY)
    if answer.status != 201:
        return answer.status
    return int(json.loads(answer.body)["SMSMessageData"]["Recipients"][0]["statusCode"])


@pytest.mark.parametrize(("arrival", "copies", "ids"), [("once", 1, 1), ("same_id", 2, 1), ("new_id", 2, 2)])
def test_a_resident_s_sms_comes_as_often_as_chosen(standin: StandIn, office: Played, arrival: str, copies: int,
                                                   ids: int) -> None:
    Faults(arrival=arrival, carrier="slow").play(standin)
    standin.send_in(PHONE, "INFO")
    until(lambda: len(office.heard) == copies)
    assert len({form["id"] for form in office.heard}) == ids
    assert {form["text"] for form in office.heard} == {"INFO"}
    assert [text.text for text in standin.written(PHONE)] == ["INFO"], "the phone sent it once"


@pytest.mark.parametrize(("carrier", "code", "arrives"), [
    ("takes", 101, True), ("refuses", 403, False), ("no_credit", 405, False), ("down", 503, False)])
def test_the_office_s_sms_is_taken_as_chosen(standin: StandIn, carrier: str, code: int, arrives: bool) -> None:
    Faults(carrier=carrier).play(standin)
    assert send(standin) == code
    assert bool(standin.inbox(PHONE)) == arrives


def test_waiting_is_shorter_or_longer_than_the_client_s_patience() -> None:
    assert CARRIERS["slow"].wait_s < 9 < CARRIERS["no_answer"].wait_s


def test_a_fault_for_one_phone_leaves_the_others_alone(standin: StandIn, office: Played) -> None:
    Faults(arrival="same_id", carrier="refuses", phone=PHONE).play(standin)
    assert (send(standin), send(standin, OTHER)) == (403, 101)
    standin.send_in(OTHER, "CEK")
    standin.send_in(PHONE, "INFO")
    until(lambda: len(office.heard) == 3)
    assert sorted(form["text"] for form in office.heard) == ["CEK", "INFO", "INFO"]


def test_the_report_is_the_one_chosen(standin: StandIn, office: Played) -> None:
    Faults(report="Expired").play(standin)
    send(standin)
    until(lambda: office.reports)
    assert [form["status"] for form in office.reports] == ["Expired"]


def test_choosing_anew_forgets_what_was_chosen(standin: StandIn, office: Played) -> None:
    Faults(arrival="new_id", carrier="down", report="Failed").play(standin)
    Faults(phone=OTHER).play(standin)
    assert send(standin) == 101
    standin.send_in(PHONE, "INFO")
    until(lambda: office.heard and office.reports)
    assert ([form["status"] for form in office.reports], len(office.heard)) == (["Success"], 1)


def test_only_what_can_be_played_is_known() -> None:
    assert Faults().known
    assert Faults().quiet
    for wrong in (Faults(arrival="x"), Faults(carrier=""), Faults(report="success")):
        assert not wrong.known
    assert all(replace(Faults(), report=report).known for report in REPORTS)
