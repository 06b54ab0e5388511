"""A phone that dials: what the hook is asked, and what its answers mean. The hook is a real server of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from api.demo.handset import Handset, NoDoor
from api.demo.standin import StandIn
from scheduler.foundation.clock import SettableClock
from tests import people
from tests.demo.live import Played, until

PHONE = people.phone(1)


@pytest.fixture
def handset(office: Played, clock: SettableClock) -> Iterator[Handset]:
    """A phone whose office takes USSD."""
    standin = StandIn(clock, office.hooks, username="x", api_key="y")
    handset = Handset(standin, office.hooks)
    handset.open_hooks = frozenset({"ussd"})
    yield handset
    standin.close()


def test_a_session_sends_all_inputs_so_far_as_the_vendor_does(handset: Handset, office: Played) -> None:
    office.screens = [(200, "CON Layanan?\n1 KTP"), (200, "CON NIK?"), (200, "END Selesai")]
    screens = [handset.dial(PHONE, "s1", typed) for typed in ("*384*6471#", "1", "6471")]
    assert [(screen.text, screen.end) for screen in screens] == [("Layanan?\n1 KTP", False), ("NIK?", False),
                                                                 ("Selesai", True)]
    assert [asked["text"] for asked in office.asked] == ["", "1", "1*6471"]
    assert {(asked["sessionId"], asked["phoneNumber"]) for asked in office.asked} == {("s1", PHONE)}
    assert set(office.asked[0]) == {"sessionId", "phoneNumber", "networkCode", "serviceCode", "text"}


def test_another_session_and_one_that_ended_begin_anew(handset: Handset, office: Played) -> None:
    office.screens = [(200, "CON a"), (200, "CON b"), (200, "END c"), (200, "CON d")]
    for session, typed in (("s1", ""), ("s2", ""), ("s2", "1"), ("s2", "")):
        handset.dial(PHONE, session, typed)
    assert [asked["text"] for asked in office.asked] == ["", "", "1", ""]


@pytest.mark.parametrize("answer", [(404, ""), (500, "CON x"), (200, "Halo"), (200, "")])
def test_a_hook_that_does_not_answer_as_it_should_is_no_door(
    handset: Handset, office: Played, answer: tuple[int, str]
) -> None:
    office.screens = [answer]
    with pytest.raises(NoDoor):
        handset.dial(PHONE, "s1", "")
    assert handset.dialogue(PHONE) is None


def test_an_office_without_hooks_has_no_doors(handset: Handset, office: Played) -> None:
    handset.open_hooks = frozenset()
    with pytest.raises(NoDoor):
        handset.dial(PHONE, "s1", "")
    with pytest.raises(NoDoor):
        handset.write(PHONE, "INFO")
    assert office.asked == []


def test_inputs_dialled_with_the_code_are_sent_with_the_first_step(handset: Handset, office: Played) -> None:
    office.screens = [(200, "CON a"), (200, "CON b")]
    handset.dial(PHONE, "s1", "*384*6471*1*2#")
    handset.dial(PHONE, "s1", "3")
    assert [asked["text"] for asked in office.asked] == ["1*2", "1*2*3"]


def test_the_office_is_told_when_a_session_is_over(handset: Handset, office: Played) -> None:
    office.screens = [(200, "CON a"), (200, "END b")]
    handset.dial(PHONE, "s1", "")
    handset.dial(PHONE, "s1", "7")
    until(lambda: office.ended)
    (ended,) = office.ended
    assert {name: ended[name] for name in ("sessionId", "phoneNumber", "status", "hopsCount", "input",
                                           "lastAppResponse")} == {
        "sessionId": "s1", "phoneNumber": PHONE, "status": "Success", "hopsCount": "2", "input": "7",
        "lastAppResponse": "END b"}
    assert int(ended["durationInMillis"]) >= 0
    handset.hang_up(PHONE)
    handset.hang_up(people.phone(2))
    handset.dial(PHONE, "s2", "")  # answered END again
    until(lambda: len(office.ended) == 2)
    assert {form["status"] for form in office.ended} == {"Success"}, "nothing is left to hang up"


def test_hanging_up_breaks_the_session_off(handset: Handset, office: Played) -> None:
    office.screens = [(200, "CON a"), (200, "CON b")]
    handset.dial(PHONE, "s1", "")
    handset.hang_up(PHONE)
    until(lambda: office.ended)
    assert [(form["sessionId"], form["status"], form["lastAppResponse"]) for form in office.ended] == [
        ("s1", "Incomplete", "CON a")]
    assert handset.dialogue(PHONE) is None
    handset.dial(PHONE, "s1", "1")
    assert [asked["text"] for asked in office.asked] == ["", "1"], "what was typed before is forgotten"
