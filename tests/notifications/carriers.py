"""Every carrier before its real peer on loopback, all to be used alike by the contract."""

from __future__ import annotations

import itertools
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, urlsplit

import pytest

from api.demo.standin import Trouble
from notifications.gateways import template_file
from notifications.gateways.africastalking import AfricasTalking
from notifications.gateways.base import Ambiguous, Mail, Outcome, Permanent, Temporary
from notifications.gateways.gammu import Gammu
from notifications.gateways.http import HttpGateway
from notifications.gateways.smtp import Smtp
from scheduler.foundation.clock import SettableClock
from tests import people, scratch
from tests.conftest import NOW
from tests.peers import aggregator, post, relay
from tests.peers.aggregator import Aggregator, Reply
from tests.peers.smsd import Smsd, until
from tests.phone import vendor

EXAMPLES = Path(template_file.__file__).parent / "examples"
SHORT = (1.0, 1.5)  # seconds to connect, to answer: a busy machine's peer needs a while
TOO_SLOW_S = 2.5
SECRET = "secret-of-tests"
MANY = 10
_numbers = itertools.count(1)


class Carrier(Protocol):
    """What gateways and mailers have in common."""

    @property
    def name(self) -> str: ...

    def close(self) -> None: ...


@dataclass
class Line:
    """A carrier and its peer. `received` is what the peer has, as pairs of number and text.

    `slow` makes the peer too slow from now on, `slow_means` what then comes; `refuse` makes it refuse the next
    message, `refused_as` what that means. `dead` makes a carrier whose peer is not there.
    """

    make: Callable[[], Carrier]
    received: Callable[[int], list[tuple[str, str]]]
    slow: Callable[[], None]
    refuse: Callable[[], None]
    dead: Callable[[], Carrier]
    refused_as: type[Outcome] = Permanent
    slow_means: type[Outcome] = Ambiguous
    to: str = people.phone(1)
    wrong: tuple[str, ...] = ("", "081234567890", "+62812000\n", f"{people.phone(1)},{people.phone(2)}", "+0812345678")
    texts: tuple[str, ...] = ("Nomor ^{}\\[~]|€ @é & + %", "baris satu\nbaris dua", "x" * 160, "€" * 80)
    outcomes: list[Outcome] = field(default_factory=list)

    def send(self, carrier: Carrier, to: str, text: str) -> Outcome:
        """Hand over one message or mail, and remember the outcome."""
        outcome: Outcome
        if isinstance(carrier, Smtp):
            mail = Mail(to, "Janji Anda", text, (), f"<{next(_numbers)}@office.test>")
            outcome = carrier.mail(mail)
        else:
            outcome = carrier.send(to, text)  # type: ignore[attr-defined]
        self.outcomes.append(outcome)
        return outcome


def _nobody() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextmanager
def africastalking(_request: pytest.FixtureRequest) -> Iterator[Line]:
    with vendor.serving(SettableClock(NOW)) as peer:
        peer.standin.close()  # no callbacks: they would be connections of the peer's own

        def make(url: str = peer.url) -> AfricasTalking:
            return AfricasTalking(vendor.USERNAME, vendor.API_KEY, url=url, timeouts_s=SHORT)

        yield Line(
            make, lambda _: [(number, text.text) for number, text in peer.standin.received()],
            slow=lambda: peer.standin.fail(Trouble(wait_s=TOO_SLOW_S, arrives=True)),
            refuse=lambda: peer.standin.fail(Trouble(code=403), times=1),
            dead=lambda: make(f"http://127.0.0.1:{_nobody()}"))


def _template(example: str, folder: Path, url: str) -> template_file.Template:
    text = (EXAMPLES / example).read_text(encoding="utf-8")
    for host in ("https://sms.aggregator.example", "https://api.aggregator.example"):
        text = text.replace(host, url)
    (folder / example).write_text(text, encoding="utf-8")
    return template_file.load(str(folder / example), SECRET)


@contextmanager
def _http(example: str, taken: Reply, refused: Reply, read: Callable[[aggregator.Request], tuple[str, str]],
          ) -> Iterator[Line]:
    with aggregator.serving() as peer, scratch.folder() as folder:
        peer.usual = taken

        def make(url: str = peer.url) -> HttpGateway:
            return HttpGateway(_template(example, folder, url), timeouts_s=SHORT)

        def received(_count: int) -> list[tuple[str, str]]:
            return [read(one) for one in peer.requests if one not in turned_away]

        def refuse() -> None:
            peer.next.append(refused)
            peer.take = _turning_away(peer, turned_away)  # type: ignore[method-assign]

        turned_away: list[aggregator.Request] = []
        yield Line(make, received, slow=lambda: peer.next.append(Reply(taken.body, taken.status, wait_s=TOO_SLOW_S)),
                   refuse=refuse, dead=lambda: make(f"http://127.0.0.1:{_nobody()}"))


def _turning_away(peer: Aggregator, kept: list[aggregator.Request]) -> Callable[[aggregator.Request], Reply]:
    def take(request: aggregator.Request) -> Reply:
        kept.append(request)
        return Aggregator.take(peer, request)

    return take


@contextmanager
def http_form(_request: pytest.FixtureRequest) -> Iterator[Line]:
    def read(request: aggregator.Request) -> tuple[str, str]:
        assert request.fields["password"] == SECRET
        return "+62" + request.fields["to"].removeprefix("0"), request.fields["message"]

    with _http("form-and-text.toml", Reply("0|c0ffee"), Reply("101|no such number"), read) as line:
        yield line


@contextmanager
def http_json(_request: pytest.FixtureRequest) -> Iterator[Line]:
    def read(request: aggregator.Request) -> tuple[str, str]:
        assert request.headers["Authorization"] == f"Bearer {SECRET}"
        return "+" + request.fields["message"]["to"][0], request.fields["message"]["text"]

    taken = Reply('{"status": "success", "data": {"id": "c0ffee", "price": 325.5, "currency": "IDR"}}', 201)
    refused = Reply('{"status": "error", "code": "invalid_destination", "data": null}', 422)
    with _http("json-and-token.toml", taken, refused, read) as line:
        yield line


def _modem(smsd: Smsd, url: str, slow: Callable[[], None], slow_means: type[Outcome], dead: str) -> Line:
    def received(count: int) -> list[tuple[str, str]]:
        """As it left through the phone; many would take it long (a message a second), so these as they wait."""
        if not 0 < count < MANY:
            return smsd.waiting()
        with smsd.running():
            sent = smsd.sent(count)
            until(lambda: not smsd.waiting())
        return sent

    return Line(
        lambda: Gammu(url, answer_s=0.5), received, slow=slow, slow_means=slow_means,
        refuse=lambda: smsd.change("ALTER TABLE outbox RENAME TO gone"), refused_as=Temporary,
        dead=lambda: Gammu(dead))


@contextmanager
def gammu_sqlite(_request: pytest.FixtureRequest) -> Iterator[Line]:
    with scratch.folder() as folder, ExitStack() as stack:
        smsd = Smsd(f"sqlite:///{folder}/smsd.sqlite3", folder)

        def slow() -> None:
            """Somebody else writes, and goes on writing."""
            stack.callback(smsd.hold().close)

        yield _modem(smsd, smsd.url, slow, Temporary, f"sqlite:///{folder}/nowhere.sqlite3")


@contextmanager
def gammu_postgresql(request: pytest.FixtureRequest) -> Iterator[Line]:
    server, name = request.getfixturevalue("postgres_server"), f"contract{next(_numbers)}"
    address = server.create(name)
    host = parse_qs(urlsplit(address).query)["host"][0]

    def connect() -> socket.socket:
        line = socket.socket(socket.AF_UNIX)
        line.connect(f"{host}/.s.PGSQL.5432")
        return line

    with scratch.folder() as folder, relay.relaying(connect) as line:
        def slow() -> None:
            line.until = b"COMMIT"

        url = f"postgresql://postgres@127.0.0.1:{line.port}/{name}"
        yield _modem(Smsd(address, folder), url, slow, Ambiguous, f"postgresql://postgres@127.0.0.1:{_nobody()}/{name}")
    server.drop(name)


@contextmanager
def smtp(_request: pytest.FixtureRequest) -> Iterator[Line]:
    with post.serving() as peer, relay.relaying(lambda: socket.create_connection(("127.0.0.1", peer.port))) as line:
        def make(port: int = line.port) -> Smtp:
            return Smtp(f"smtp://127.0.0.1:{port}", "antrean@office.test", timeout_s=0.5)

        def received(_count: int) -> list[tuple[str, str]]:
            texts = [(one.recipients[0], one.mail.get_body().get_content()) for one in peer.letters]  # type: ignore[union-attr]
            return [(to, text.replace("\r\n", "\n").removesuffix("\n")) for to, text in texts]

        def slow() -> None:
            line.until = b"\r\n.\r\n"

        yield Line(
            make, received, slow=slow, refuse=lambda: peer.says.update(RCPT="550 no such user here"),
            dead=lambda: make(_nobody()), to="siti@mail.test",
            wrong=("", "siti", "a@b@c", "Siti <siti@mail.test>", "siti@mail.test\nBcc: x@mail.test", "a@x.id,b@x.id"),
            texts=("Halo Şiti € 你好\n.\n.. titik\n\nselesai", "x" * 2000, "From Siti\n=20"))


CARRIERS = {
    "africastalking": africastalking, "http-form": http_form, "http-json": http_json, "gammu-sqlite": gammu_sqlite,
    "gammu-postgresql": gammu_postgresql, "smtp": smtp,
}
