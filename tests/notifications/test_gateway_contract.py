"""What every carrier promises, tried on each of them before its real peer."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from notifications.gateways.base import LONGEST_NAME, Permanent, Sent, Temporary
from scheduler.foundation.config import GATEWAYS
from tests.notifications.carriers import CARRIERS, Line
from tests.threads import all_at_once

THREADS, EACH, TIMES = 16, 3, 8


@pytest.fixture(params=list(CARRIERS))
def line(request: pytest.FixtureRequest) -> Iterator[Line]:
    with CARRIERS[request.param](request) as line:
        yield line
        _assert_nothing_personal(line)


def _assert_nothing_personal(line: Line) -> None:
    """What is said of any outcome in a test names nobody and repeats nothing."""
    reasons = [one.reason for one in line.outcomes if not isinstance(one, Sent)]
    assert all(reasons)
    for reason in reasons:
        assert line.to[1:] not in reason
        assert line.to.lstrip("+62") not in reason
        assert not any(text in reason for text in ("rahasia", *line.texts))
        assert len(reason) <= 100


def test_every_carrier_a_setting_can_name_is_tried() -> None:
    assert set(GATEWAYS) - {"console"} <= {name.partition("-")[0] for name in CARRIERS}


def test_its_peer_has_exactly_what_was_handed_over(line: Line) -> None:
    carrier = line.make()
    assert 0 < len(carrier.name) <= LONGEST_NAME
    outcomes = [line.send(carrier, line.to, text) for text in line.texts]
    carrier.close()
    assert all(isinstance(one, Sent) for one in outcomes), outcomes
    assert line.received(len(line.texts)) == [(line.to, text) for text in line.texts]


def test_what_is_no_address_is_refused_for_good_and_never_leaves(line: Line) -> None:
    carrier = line.make()
    for wrong in line.wrong:
        outcome = line.send(carrier, wrong, "rahasia")
        assert isinstance(outcome, Permanent), wrong
        assert not outcome.elsewhere
    carrier.close()
    assert line.received(0) == []


def test_a_peer_that_is_not_there_has_nothing_and_may_come_back(line: Line) -> None:
    carrier = line.dead()
    assert isinstance(line.send(carrier, line.to, "rahasia"), Temporary)
    carrier.close()
    assert line.received(0) == []


def test_a_peer_that_is_too_slow_may_have_it(line: Line) -> None:
    """The slow one has it, which is why nobody may send it again; where a peer surely has not, that is said."""
    carrier = line.make()
    line.slow()
    outcome = line.send(carrier, line.to, "rahasia")
    carrier.close()
    assert isinstance(outcome, line.slow_means), outcome
    expected = [] if line.slow_means is Temporary else [(line.to, "rahasia")]
    _until(lambda: line.received(len(expected)) == expected)


def test_a_refusal_means_what_the_carrier_says_it_means(line: Line) -> None:
    carrier = line.make()
    line.refuse()
    outcome = line.send(carrier, line.to, "rahasia")
    carrier.close()
    assert type(outcome) is line.refused_as


def test_it_may_be_called_from_many_threads_at_once(line: Line) -> None:
    carrier = line.make()

    def send(n: int) -> list[object]:
        return [line.send(carrier, line.to, f"{n}-{m}") for m in range(EACH)]

    answers = all_at_once(*(lambda n=n: send(n) for n in range(THREADS)))
    carrier.close()
    assert all(isinstance(one, Sent) for answer in answers for one in answer), answers
    ids = [one.vendor_id for answer in answers for one in answer if one.vendor_id not in (None, "c0ffee")]
    assert len(ids) == len(set(ids))
    expected = [(line.to, f"{n}-{m}") for n in range(THREADS) for m in range(EACH)]
    assert sorted(line.received(len(expected))) == sorted(expected)


def test_when_closed_it_leaves_no_connection_and_no_thread(line: Line) -> None:
    def send_and_close() -> None:
        carrier = line.make()
        assert isinstance(line.send(carrier, line.to, "satu"), Sent)
        carrier.close()

    send_and_close()
    before = _held()
    for _ in range(TIMES):
        send_and_close()
    _until(lambda: all(now <= then for now, then in zip(_held(), before, strict=True)))


def _until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _held() -> tuple[int, int]:
    """How many threads and open sockets this process has, the peer's among them."""
    links = []
    for name in os.listdir("/proc/self/fd"):
        with suppress(OSError):
            links.append(os.readlink(f"/proc/self/fd/{name}"))
    return threading.active_count(), sum(one.startswith("socket:") for one in links)
