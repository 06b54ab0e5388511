"""What `antre doctor` finds out from those who carry messages, without sending any."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from api.commands.carriers import carriers
from notifications.gateways import make_gateways, make_mailer
from scheduler.foundation.config import Settings
from tests import scratch
from tests.notifications.carriers import EXAMPLES
from tests.peers import aggregator, post
from tests.peers.smsd import Smsd, until

BASE = Settings(secret_key="k" * 40, public_url="https://antre.test", hook_secret="h" * 20)


def found(settings: Settings) -> list[tuple[bool, str]]:
    return [(one.good, one.words) for one in carriers(settings)]


def template(folder: Path, example: str, url: str) -> Settings:
    text = (EXAMPLES / example).read_text(encoding="utf-8")
    for host in ("https://sms.aggregator.example", "https://api.aggregator.example"):
        text = text.replace(host, url)
    (folder / example).write_text(text, encoding="utf-8")
    return replace(BASE, sms_gateway="http", http_gateway_file=str(folder / example), http_gateway_secret="s3cret")


@pytest.fixture
def smsd() -> Iterator[Smsd]:
    with scratch.folder() as folder:
        yield Smsd(f"sqlite:///{folder}/smsd.sqlite3", folder)


def test_each_carrier_in_the_list_is_asked_in_order(smsd: Smsd) -> None:
    both = replace(BASE, sms_gateway="console,gammu", gammu_database_url=smsd.url, gammu_price="IDR 350")
    (console, gammu) = found(both)
    assert console == (True, "The SMS gateway is the console: messages are printed, none is sent.")
    assert not gammu[0]
    made = make_gateways(both)
    assert [one.name for one in made] == ["console", "gammu"]


@pytest.mark.parametrize(("status", "good", "said"), [
    (200, True, "answers."), (404, True, "answers."), (401, False, "refuses the user name or the key."),
    (403, False, "refuses the user name or the key."), (503, False, "answers 503."),
])
def test_a_carrier_by_http_is_asked_where_its_file_says(tmp_path: Path, status: int, good: bool, said: str) -> None:
    with aggregator.serving() as peer:
        peer.usual = aggregator.Reply("{}", status)
        (finding,) = found(template(tmp_path, "json-and-token.toml", peer.url))
    assert finding == (good, f"The SMS gateway at {peer.url} {said}")
    (request,) = peer.requests
    assert (request.method, request.path, request.headers["Authorization"]) == ("GET", "/v2/balance", "Bearer s3cret")


def test_a_carrier_by_http_without_a_question_to_ask_is_not_asked_to_send(tmp_path: Path) -> None:
    with aggregator.serving() as peer:
        settings = template(tmp_path, "form-and-text.toml", peer.url)
        ((good, words),) = found(settings)
        assert peer.requests == []
    assert good
    assert "[check]" in words
    ((good, words),) = found(settings)
    assert not good
    assert "does not answer" in words


def test_a_mistake_in_the_file_is_told(tmp_path: Path) -> None:
    settings = template(tmp_path, "form-and-text.toml", "gopher://sms.test")
    ((good, words),) = found(settings)
    assert not good
    assert "line 11: address must be" in words


def test_a_carrier_reached_in_the_open_is_told(tmp_path: Path) -> None:
    first, *_ = found(template(tmp_path, "form-and-text.toml", "http://sms.invalid"))
    assert first == (False, "The SMS gateway at http://sms.invalid is reached in the open: texts and the password can "
                            "be read on the way.")


def test_the_modem_says_how_it_is(smsd: Smsd) -> None:
    settings = replace(BASE, sms_gateway="gammu", gammu_database_url=smsd.url)
    absent = (False, "Gammu SMSD does not run, or does not find its modem: none is registered in its database.")
    assert found(settings) == [absent]
    with smsd.running():
        until(lambda: found(settings) == [(True, "A modem of Gammu SMSD is at work: signal 42 %, battery 100 %.")])
    smsd.change('UPDATE phones SET "Signal" = 7, "Battery" = -1')
    assert found(settings) == [(False, "A modem of Gammu SMSD has a weak signal 7 %, battery unknown: move it or its "
                                       "antenna.")]
    smsd.change("""UPDATE phones SET "Receive" = 'no'""")
    assert "does not receive" in found(settings)[0][1]
    smsd.change('UPDATE gammu SET "Version" = 12')
    assert found(settings)[0] == (False, "The database of Gammu SMSD is at version 12; Antre knows 13 to 18.")
    gone = replace(settings, gammu_database_url="sqlite:////nowhere/smsd.sqlite3")
    assert found(gone) == [(False, "The database of Gammu SMSD cannot be read (SQLITE_CANTOPEN).")]


def test_the_mail_server_is_greeted_and_gets_no_mail() -> None:
    assert make_mailer(BASE) is None
    with post.serving() as peer:
        settings = replace(BASE, smtp_url=f"smtp://127.0.0.1:{peer.port}", mail_from="antrean@mail.test")
        assert found(settings)[1] == (True, "The mail server at 127.0.0.1 greets us.")
        mailer = make_mailer(settings)
    assert peer.letters == []
    assert mailer is not None
    assert mailer.name == "smtp"
    assert found(settings)[1] == (False, "The mail server at 127.0.0.1 does not serve us: no connection.")
