"""The real client over real sockets: every way the vendor can answer, and what it means for the message."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal

import pytest

from api.demo.standin import Trouble
from notifications.gateways.africastalking import AfricasTalking
from notifications.gateways.base import Ambiguous, Outcome, Permanent, Sent, Temporary
from scheduler.foundation.clock import SettableClock
from tests import people
from tests.phone.vendor import API_KEY, USERNAME, Vendor, serving

PHONE = people.phone(1)
PATIENT, SHORT = (1.0, 10.0), (1.0, 0.3)  # seconds to connect, to answer


@pytest.fixture
def vendor(clock: SettableClock) -> Iterator[Vendor]:
    with serving(clock) as vendor:
        yield vendor


@contextmanager
def gateway(url: str, api_key: str = API_KEY, timeouts_s: tuple[float, float] = PATIENT) -> Iterator[AfricasTalking]:
    gateway = AfricasTalking(USERNAME, api_key, sender="ANTRE", url=url, timeouts_s=timeouts_s)
    yield gateway
    gateway.close()


def send(vendor: Vendor, *troubles: Trouble, phone: str = PHONE, text: str = "Halo") -> Outcome:
    for trouble in troubles:
        vendor.standin.fail(trouble, times=1)
    with gateway(vendor.url) as carrier:
        return carrier.send(phone, text)


def test_a_message_arrives_with_its_price_and_id(vendor: Vendor) -> None:
    outcome = send(vendor, text="Nomor Anda 482-177-305 & @ + é")
    assert isinstance(outcome, Sent)
    assert (outcome.cost, outcome.currency) == (Decimal("0.8000"), "KES")
    assert outcome.vendor_id
    assert outcome.vendor_id.startswith("ATXid_")
    (text,) = vendor.standin.inbox(PHONE)
    assert (text.text, text.sender, text.parts) == ("Nomor Anda 482-177-305 & @ + é", "ANTRE", 1)


@pytest.mark.parametrize(("code", "kind"), [
    (401, Permanent), (402, Temporary), (403, Permanent), (404, Permanent), (405, Temporary), (406, Permanent),
    (407, Permanent), (409, Permanent), (500, Temporary), (501, Temporary), (502, Permanent), (799, Ambiguous),
])
def test_a_refusal_of_one_recipient_inside_a_2xx(vendor: Vendor, code: int, kind: type) -> None:
    outcome = send(vendor, Trouble(code=code))
    assert isinstance(outcome, kind)
    assert str(code) in outcome.reason
    assert vendor.standin.inbox(PHONE) == []


@pytest.mark.parametrize("code", [100, 101, 102])
def test_processed_sent_and_queued_are_all_taken(vendor: Vendor, code: int) -> None:
    assert isinstance(send(vendor, Trouble(code=code)), Sent)


@pytest.mark.parametrize(("status", "kind"), [
    (301, Temporary), (302, Temporary), (400, Permanent), (401, Temporary), (403, Temporary), (404, Temporary),
    (408, Temporary), (413, Permanent), (429, Temporary), (500, Ambiguous), (502, Ambiguous), (503, Temporary),
    (504, Ambiguous),
])
def test_a_refusal_by_http_status(vendor: Vendor, status: int, kind: type) -> None:
    outcome = send(vendor, Trouble(status=status, body="down"))
    assert isinstance(outcome, kind)
    assert outcome.reason == f"HTTP {status}"


def test_a_wrong_key_is_for_the_operator_to_mend(vendor: Vendor) -> None:
    with gateway(vendor.url, api_key="another") as carrier:
        assert carrier.send(PHONE, "Halo") == Temporary("HTTP 401")
    assert isinstance(send(vendor), Sent)


def test_no_answer_in_time_may_have_arrived(vendor: Vendor) -> None:
    vendor.standin.fail(Trouble(wait_s=0.6), times=1)
    with gateway(vendor.url, timeouts_s=SHORT) as carrier:
        assert carrier.send(PHONE, "Halo") == Ambiguous("no answer in time")
    assert len(vendor.standin.inbox(PHONE)) == 1, "this is why it must not be sent again"


@pytest.mark.parametrize("body", [
    "OK", "", "<html>", "[]", "null", "{}", '{"SMSMessageData": null}', '{"SMSMessageData": {"Message": "x"}}',
    '{"SMSMessageData": {"Recipients": [{}]}}', '{"SMSMessageData": {"Recipients": [{"statusCode": "x"}]}}',
    '{"SMSMessageData": {"Recipients": ["x"]}}', '{"SMSMessageData": {"Recipients": [{"statusCode": null}]}}',
])
def test_an_answer_nobody_understands_settles_nothing(vendor: Vendor, body: str) -> None:
    assert send(vendor, Trouble(status=201, body=body)) == Ambiguous("answer not understood")


def test_taken_for_nobody_is_told_without_repeating_the_number(vendor: Vendor) -> None:
    body = f'{{"SMSMessageData": {{"Message": "Invalid {PHONE}", "Recipients": []}}}}'
    outcome = send(vendor, Trouble(status=201, body=body))
    assert outcome == Temporary("taken for nobody: Invalid +...")


@pytest.mark.parametrize(("cost", "message_id", "expected"), [
    ('"KES 0.8000"', '"None"', Sent(None, Decimal("0.8000"), "KES")),
    ('"0"', '"ATXid_1"', Sent("ATXid_1")),
    ('"IDR 325"', '""', Sent(None, Decimal(325), "IDR")),
    ('"KES 1e9"', "7", Sent()),
    ("null", "null", Sent()),
    ("0.8", f'"{"x" * 81}"', Sent()),
])
def test_odd_prices_and_ids_never_hide_that_it_was_taken(
    vendor: Vendor, cost: str, message_id: str, expected: Sent
) -> None:
    recipient = f'{{"statusCode": 101, "number": "{PHONE}", "cost": {cost}, "messageId": {message_id}}}'
    body = f'{{"SMSMessageData": {{"Message": "Sent", "Recipients": [{recipient}]}}}}'
    assert send(vendor, Trouble(status=201, body=body)) == expected


@pytest.mark.parametrize("phone", [
    "", "081234567890", "+62812000\n", "+٦٢٨١٢٠٠٠٠٠", "+6281200000001,+6281200000002", "+" + "6" * 40, "+0812345678",
])
def test_what_is_no_number_never_leaves(vendor: Vendor, phone: str) -> None:
    assert send(vendor, phone=phone) == Permanent("not a number in E.164")
    assert vendor.standin.received() == []


def test_nobody_listening_is_safe_to_try_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with gateway(f"http://127.0.0.1:{port}") as carrier:
        assert carrier.send(PHONE, "Halo") == Temporary("no connection")


def test_a_connection_that_is_never_accepted_is_safe_to_try_again() -> None:
    """A full backlog: the kernel answers no SYN, so the connection times out before anything is sent."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        fillers = [socket.socket() for _ in range(4)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(server.getsockname())
        with gateway(f"http://127.0.0.1:{server.getsockname()[1]}") as carrier:
            assert carrier.send(PHONE, "Halo") == Temporary("no connection")
        for filler in fillers:
            filler.close()


def test_a_name_that_does_not_resolve_is_safe_to_try_again() -> None:
    with gateway("http://vendor.invalid") as carrier:
        assert carrier.send(PHONE, "Halo") == Temporary("no connection")


def _read_request(connection: socket.socket) -> None:
    """Head and body, so that closing afterwards does not reset what was answered."""
    with connection.makefile("rb") as lines:
        length = 0
        while (line := lines.readline()).strip():
            if line.lower().startswith(b"content-length:"):
                length = int(line.partition(b":")[2])
        lines.read(length)


@contextmanager
def speaking(speak: Callable[[socket.socket], None]) -> Iterator[str]:
    """A server that does one thing with each connection once the request is there."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection:
                _read_request(connection)
                speak(connection)

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}"
    server.close()


@pytest.mark.parametrize("answer", [
    b"", b"HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{", b"not http\r\n\r\n",
    b"HTTP/1.1 201 Created\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{",
])
def test_a_connection_that_breaks_after_the_request_settles_nothing(answer: bytes) -> None:
    with speaking(lambda connection: connection.sendall(answer)) as url, gateway(url) as carrier:
        assert isinstance(carrier.send(PHONE, "Halo"), Ambiguous)


def test_a_redirect_is_not_followed_with_the_message_lost(vendor: Vendor) -> None:
    """The vendor's own client turns the POST into a GET and takes the 200 that follows for success."""
    answer = f"HTTP/1.1 302 Found\r\nlocation: {vendor.url}/messaging\r\ncontent-length: 0\r\n\r\n".encode()
    with speaking(lambda connection: connection.sendall(answer)) as url, gateway(url) as carrier:
        assert carrier.send(PHONE, "Halo") == Temporary("HTTP 302")


def test_loopback_is_reached_past_a_proxy(vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("no_proxy", raising=False)
    assert isinstance(send(vendor), Sent)


def test_another_host_is_reached_through_the_proxy(vendor: Vendor, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{port}")
    monkeypatch.delenv("no_proxy", raising=False)
    with gateway("http://vendor.invalid") as carrier:
        assert carrier.send(PHONE, "Halo") == Temporary("no connection")


def test_one_connection_serves_many_messages_of_a_thread(vendor: Vendor) -> None:
    with gateway(vendor.url) as carrier:
        assert all(isinstance(carrier.send(PHONE, "Halo"), Sent) for _ in range(5))
    assert len({client for path, client in vendor.clients if path == "/messaging"}) == 1
