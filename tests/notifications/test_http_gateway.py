"""A carrier by its file: what a mistake in it says, what answers and callbacks mean, how numbers are written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from notifications.gateways.base import Ambiguous, Heard, Outcome, Permanent, Reported, Sent, Temporary
from notifications.gateways.http import HttpGateway
from notifications.gateways.numbers import to_e164, written
from notifications.gateways.template import Template, flatten
from notifications.gateways.template_file import load
from scheduler.foundation.errors import Refusal, SettingsError
from tests import people
from tests.notifications.carriers import EXAMPLES
from tests.peers import aggregator
from tests.peers.aggregator import Aggregator, Reply

PHONE = people.phone(1)
SECRET = "p&ss word+%"
SMALLEST = """
[send]
method = "GET"
address = "https://sms.test/send"
body = "query"
number = "plain"
[send.fields]
to = "{to}"
text = "{text}"
[[answer]]
outcome = "sent"
matches = "^OK"
"""


def read(tmp_path: Path, text: str, secret: str = SECRET) -> Template:
    file = tmp_path / "carrier.toml"
    file.write_text(text, encoding="utf-8")
    return load(str(file), secret)


@pytest.fixture(params=["form-and-text.toml", "json-and-token.toml"])
def example(request: pytest.FixtureRequest) -> str:
    return (EXAMPLES / request.param).read_text(encoding="utf-8")


@pytest.fixture
def form() -> Template:
    return load(str(EXAMPLES / "form-and-text.toml"), SECRET)


@pytest.fixture
def json() -> Template:
    return load(str(EXAMPLES / "json-and-token.toml"), SECRET)


def test_the_smallest_file_is_enough_and_the_examples_need_their_secret(tmp_path: Path, example: str) -> None:
    assert read(tmp_path, SMALLEST, secret="").judge(200, "OK", "") == Sent()
    with pytest.raises(SettingsError, match="ANTRE_HTTP_GATEWAY_SECRET"):
        read(tmp_path, example, secret="")


def test_the_secret_is_in_nothing_that_is_shown(form: Template) -> None:
    assert SECRET not in repr(form)


@pytest.mark.parametrize(("old", "new", "line", "said"), [
    ('method = "GET"', 'method = "SEND"', 3, 'method must be "POST" or "GET" or "PUT"'),
    ('address = "https://sms.test/send"', "", 2, "address is missing; write for example: address = "),
    ('"https://sms.test/send"', '"sms.test/send"', 4, "address must be an address that begins with https://"),
    ('"https://sms.test/send"', '"https://sms.test/{user}"', 4, "{user} is not known here. Did you mean sender?"),
    ('number = "plain"', 'number = "plian"', 6, "Did you mean plain?"),
    ('number = "plain"', 'number = "plain"\ntimeout = 5', 7, "timeout is not known in [send]. Did you mean timeout_s?"),
    ('number = "plain"', 'number = "plain"\ntimeout_s = 60', 7, "must be a whole number from 1 to 25"),
    ('number = "plain"', 'number = "plain"\nprice = "Rp 350"', 7, 'like "IDR 350"'),
    ('text = "{text}"', "", 7, 'nothing holds {text}; write for example: text = "{text}"'),
    ('text = "{text}"', 'text = "{txet}"', 7, "{txet} is not known here. Did you mean text?"),
    ('text = "{text}"', 'text = "{text}"\nflash = 1', 10, 'flash must be a text in quotes, like "1"'),
    ('text = "{text}"', 'text = "{text}"\nfrom = "{sender}"', 2, 'sender is missing; write for example: sender ='),
    ('[send.fields]', '[send.headers]\nX-To = "{to}"\n[send.fields]', 7, "{to} is not known here. Known are: {secret}"),
    ('[send.fields]', '[send.headers]\n"X To" = "a"\n[send.fields]', 8, "X To must be a name and a plain text"),
    ('outcome = "sent"', 'outcome = "ok"', 11, 'outcome must be "sent" or "temporary" or "permanent" or "ambiguous"'),
    ('outcome = "sent"', 'outcome = "temporary"', 10, "no [[answer]] says what success is"),
    ('outcome = "sent"', 'outcome = "sent"\nelsewhere = true', 12, 'elsewhere goes with outcome = "permanent"'),
    ('matches = "^OK"', "", 11, "success needs more than an HTTP status"),
    ('matches = "^OK"', "statuses = [200]", 11, "success needs more than an HTTP status"),
    ('matches = "^OK"', 'statuses = ["200"]\nmatches = "OK"', 12, "statuses must be a list of at most 50 whole"),
    ('matches = "^OK"', 'matches = "(OK"', 12, "matches must be a regular expression"),
    ('matches = "^OK"', 'matches = "^OK"\n[taken]\nid_matches = "OK .*"', 14, "one pair of round brackets"),
    ('matches = "^OK"', 'matches = "^OK"\n[taken]\nid = "a"\nid_matches = "(a)"', 15, "not both"),
    ('matches = "^OK"', 'matches = "^OK"\n[inbound]\nsender = "from"', 13, "text is missing"),
    ('matches = "^OK"', 'matches = "^OK"\n[reports]\nid="i"\nstatus="s"\nsent=["1"]\nfailed=["1"]', 17,
     '"1" means sent as well'),
    ('matches = "^OK"', 'matches = "^OK"\n[repotrs]\nid = "id"', 13, "repotrs is not known in this file. Did you mean"),
    ('[send]', '[send', 2, "this is not TOML"),
])
def test_a_mistake_is_told_with_file_line_and_what_to_write(
    tmp_path: Path, old: str, new: str, line: int, said: str
) -> None:
    assert SMALLEST.count(old) == 1
    with pytest.raises(SettingsError) as told:
        read(tmp_path, SMALLEST.replace(old, new))
    assert str(told.value).startswith(f"{tmp_path}/carrier.toml, line {line}: ")
    assert said in str(told.value)
    assert "\n" not in str(told.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^ANTRE_HTTP_GATEWAY_FILE cannot be read: .*nowhere"):
        load(str(tmp_path / "nowhere.toml"), "")


def test_a_secret_no_header_can_hold_stops_the_start(tmp_path: Path) -> None:
    text = SMALLEST.replace('number = "plain"', 'number = "plain"\nuser = "antre"')
    with pytest.raises(SettingsError, match="a header holds ASCII only"):
        read(tmp_path, text, secret="rahasia é")


@pytest.mark.parametrize(("status", "body", "expected"), [
    (200, "0|7f3a91", Sent("7f3a91", Decimal(350), "IDR")),
    (200, "  0|7f3a91\r\n", Sent("7f3a91", Decimal(350), "IDR")),
    (200, "0|", Sent(None, Decimal(350), "IDR")),
    (200, f"0|{'7' * 81}", Sent(None, Decimal(350), "IDR")),
    (200, "101|+628120000", Permanent("HTTP 200, no such number")),
    (200, "110|x", Permanent("HTTP 200, no route or sender refused", elsewhere=True)),
    (200, "201|x", Temporary("HTTP 200, credit, account or maintenance")),
    (200, "", Ambiguous("HTTP 200, no rule for this answer")),
    (200, "00|x", Ambiguous("HTTP 200, no rule for this answer")),
    (500, "0|7f3a91", Ambiguous("HTTP 500, no rule for this answer")),
    (302, "", Temporary("HTTP 302")), (401, "", Temporary("HTTP 401")), (429, "", Temporary("HTTP 429")),
    (503, "", Temporary("HTTP 503")), (400, "", Ambiguous("HTTP 400, no rule for this answer")),
])
def test_answers_of_one_line(form: Template, status: int, body: str, expected: Outcome) -> None:
    assert form.judge(status, body, "Halo") == expected


@pytest.mark.parametrize(("status", "body", "expected"), [
    (201, '{"status": "success", "data": {"id": 7, "price": 325.50, "currency": "IDR"}}',
     Sent("7", Decimal("325.50"), "IDR")),
    (200, '{"status": "queued", "data": {"price": "IDR 325"}}', Sent(None, Decimal(325), "IDR")),
    (200, '{"status": "queued", "data": {"id": "x", "price": 325}}', Sent("x")),
    (200, '{"status": "queued", "data": {"id": "x", "price": 1e9, "currency": "IDR"}}', Sent("x")),
    (200, '{"status": "queued", "data": null}', Sent()),
    (422, '{"code": "opted_out"}', Permanent("HTTP 422, no such number, or opted out")),
    (422, '{"code": "no_route"}', Permanent("HTTP 422, this carrier cannot", elsewhere=True)),
    (402, '{"code": "insufficient_balance"}', Temporary("HTTP 402, credit, account or maintenance")),
    (200, '{"status": true}', Ambiguous("HTTP 200, no rule for this answer")),
    (200, "success", Ambiguous("HTTP 200, no rule for this answer")),
    (200, "[" * 100_000, Ambiguous("HTTP 200, no rule for this answer")),
])
def test_answers_in_json(json: Template, status: int, body: str, expected: Outcome) -> None:
    assert json.judge(status, body, "Halo") == expected


def test_the_first_rule_that_fits_decides(tmp_path: Path) -> None:
    two = SMALLEST.replace('matches = "^OK"', 'matches = "^OK"\n[[answer]]\noutcome = "ambiguous"\nstatuses = [401]')
    template = read(tmp_path, two)
    assert template.judge(401, "OK", "") == Sent()
    assert template.judge(401, "no", "") == Ambiguous("HTTP 401")


def test_each_part_costs(form: Template) -> None:
    assert form.judge(200, "0|1", "x" * 160) == Sent("1", Decimal(350), "IDR")
    assert form.judge(200, "0|1", "x" * 161) == Sent("1", Decimal(700), "IDR")


def test_no_text_is_taken_for_a_placeholder(form: Template) -> None:
    call = form.call(PHONE, "kode {secret} {to}", "ref")
    assert call.data is not None
    assert call.data["message"] == "kode {secret} {to}"


@pytest.fixture
def peer() -> Iterator[Aggregator]:
    with aggregator.serving() as peer:
        peer.usual = Reply("OK 12")
        yield peer


def test_fields_behind_a_question_mark_and_a_password_in_a_header(tmp_path: Path, peer: Aggregator) -> None:
    text = SMALLEST.replace("https://sms.test/send", f"{peer.url}/send/{{id}}").replace(
        'number = "plain"', 'number = "national"\nuser = "antre"')
    carrier = HttpGateway(read(tmp_path, text))
    outcomes = [carrier.send(PHONE, "a&b=c d+é€\n%20") for _ in range(2)]
    carrier.close()
    assert outcomes == [Sent(), Sent()]
    first, second = peer.requests
    assert (first.method, first.fields) == ("GET", {"to": "0" + PHONE[3:], "text": "a&b=c d+é€\n%20"})
    assert first.headers["Authorization"].startswith("Basic ")
    assert first.path != second.path, "each try has a reference of its own"


def test_a_redirect_is_not_followed(tmp_path: Path, peer: Aggregator) -> None:
    peer.next.append(Reply("", 302, headers={"location": f"{peer.url}/OK"}))
    carrier = HttpGateway(read(tmp_path, SMALLEST.replace("https://sms.test/send", peer.url)))
    assert carrier.send(PHONE, "Halo") == Temporary("HTTP 302")
    carrier.close()
    assert len(peer.requests) == 1


@pytest.mark.parametrize(("number", "kind", "expected"), [
    ("+6281200000001", "e164", "+6281200000001"), ("+6281200000001", "plain", "6281200000001"),
    ("+6281200000001", "national", "081200000001"), ("+60123456789", "national", "0060123456789"),
])
def test_numbers_are_written_as_the_carrier_wants_them(number: str, kind: str, expected: str) -> None:
    assert written(number, kind) == expected  # type: ignore[arg-type]
    assert to_e164(expected) == number


@pytest.mark.parametrize("number", ["4444", "TELKOMSEL", "", "0", "62", "628", "+", "00", "+12345678901234567"])
def test_what_is_no_number_stays_as_it_came(number: str) -> None:
    assert to_e164(number) == number


def test_a_message_to_us(form: Template, json: Template) -> None:
    fields = {"msgid": "9", "msisdn": "081200000001", "shortcode": "4444", "sms": "CEK", "more": "x"}
    assert form.heard(fields) == Heard("9", PHONE, "4444", "CEK", None)
    nested = {"message": {"id": 9, "from": "6281200000001", "text": "CEK", "received_at": "2026-11-24T09:30:00+08:00"}}
    assert json.heard(flatten(nested)) == Heard("9", PHONE, "", "CEK", datetime(2026, 11, 24, 1, 30, tzinfo=UTC))


@pytest.mark.parametrize(("at", "expected"), [
    ("1764000000", datetime.fromtimestamp(1764000000, UTC)), ("2026-11-24 09:30:00", None), ("besok", None), ("", None),
])
def test_a_moment_without_a_zone_is_none(json: Template, at: str, expected: datetime | None) -> None:
    fields = {"message.id": "9", "message.from": "x", "message.text": "x", "message.received_at": at}
    assert json.heard(fields).at == expected


@pytest.mark.parametrize(("word", "means"), [("1", "delivered"), ("EXPIRED", "failed"), ("8", "sent"), ("77", None)])
def test_a_report_of_what_became_of_a_message(form: Template, word: str, means: str | None) -> None:
    fields = {"msgid": "9", "status": word, "msisdn": "6281200000001"}
    assert form.reported(fields) == Reported("9", word, PHONE, means)  # type: ignore[arg-type]


@pytest.mark.parametrize("fields", [
    {}, {"msgid": "", "status": "1", "msisdn": "1", "sms": "x"},
    {"msgid": "x" * 81, "status": "1", "msisdn": "1", "sms": "x"},
])
def test_a_callback_that_lacks_something_is_refused(form: Template, fields: dict[str, str]) -> None:
    for take in (form.heard, form.reported):
        with pytest.raises(Refusal) as refused:
            take(fields)  # type: ignore[operator]
        assert refused.value.code == "invalid_request"
        assert refused.value.details["field"] in ("msgid", "status")


def test_callbacks_the_file_does_not_describe_are_refused(tmp_path: Path) -> None:
    template = read(tmp_path, SMALLEST)
    for take in (template.heard, template.reported):
        with pytest.raises(Refusal):
            take({"msgid": "1"})
