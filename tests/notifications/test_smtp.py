"""E-mail over real sockets: what arrives, what a refusal means, where a call broke, and that nothing slips in."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from notifications.gateways.base import Ambiguous, Attachment, Mail, Outcome, Permanent, Sent, Temporary
from notifications.gateways.smtp import Smtp
from tests.peers import post, relay
from tests.peers.post import PASSWORD, USER, Post

FROM = "antrean@office.test"
CALENDAR = Attachment("janji.ics", "text/calendar; method=REQUEST; charset=utf-8", b"BEGIN:VCALENDAR\r\n")
PAPER = Attachment("tiket.pdf", "application/pdf", bytes(range(256)))


def mail(**changed: object) -> Mail:
    values: dict[str, object] = {"to": "siti@mail.test", "subject": "Janji Anda – Senin", "text": "Halo",
                                 "attachments": (), "message_id": "<482177305.1@antre.test>"}
    return Mail(**(values | changed))  # type: ignore[arg-type]


def send(port: int, message: Mail | None = None, *, scheme: str = "smtp", account: str = "",
         context: ssl.SSLContext | None = None) -> Outcome:
    carrier = Smtp(f"{scheme}://{account}127.0.0.1:{port}", FROM, timeout_s=1.0, context=context)
    return carrier.mail(message or mail())


@pytest.fixture
def peer() -> Iterator[Post]:
    with post.serving() as peer:
        yield peer


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate of 127.0.0.1, signed by itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                                       serialization.NoEncryption()) + signed.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def server_side(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def client_side(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


def arrived(peer: Post) -> EmailMessage:
    (letter,) = peer.letters
    return letter.mail


def test_a_mail_says_what_it_is_and_carries_its_files(peer: Post) -> None:
    assert send(peer.port, mail(attachments=(CALENDAR, PAPER))) == Sent()
    one = arrived(peer)
    assert (one["From"], one["To"], one["Subject"]) == (FROM, "siti@mail.test", "Janji Anda – Senin")
    assert (one["Message-ID"], one["Auto-Submitted"]) == ("<482177305.1@antre.test>", "auto-generated")
    assert one["Date"]
    calendar, paper = one.iter_attachments()
    assert calendar.get_content_type() == "text/calendar"
    assert calendar.get_param("method") == "REQUEST"
    assert calendar.get_filename() == "janji.ics"
    assert calendar.get_payload(decode=True) == CALENDAR.content
    assert (paper.get_content_type(), paper.get_payload(decode=True)) == ("application/pdf", PAPER.content)


def test_a_repeat_is_known_by_its_id(peer: Post) -> None:
    send(peer.port)
    send(peer.port)
    assert {one.mail["Message-ID"] for one in peer.letters} == {"<482177305.1@antre.test>"}


@pytest.mark.parametrize(("changed", "value"), [
    ("subject", "Janji\r\nBcc: dia@mail.test"), ("subject", "Janji\nBcc: dia@mail.test\n\nisi"),
    ("subject", "Janji\u2028Bcc: dia@mail.test"), ("to", "siti@mail.test\r\nBcc: dia@mail.test"),
    ("to", "siti@mail.test> RCPT TO:<dia@mail.test"), ("message_id", "<a@b>\r\nBcc: dia@mail.test"),
    ("attachments", (Attachment("a.ics\r\nBcc: dia@mail.test", "text/calendar", b""),)),
    ("attachments", (Attachment("a.ics", "text/calendar\r\nBcc: dia@mail.test", b""),)),
    ("text", "\r\n.\r\nRCPT TO:<dia@mail.test>\r\n"),
])
def test_no_value_adds_a_header_or_a_recipient(peer: Post, changed: str, value: object) -> None:
    outcome = send(peer.port, mail(**{changed: value}))
    assert isinstance(outcome, Sent | Permanent)
    assert len(peer.letters) == isinstance(outcome, Sent)
    for letter in peer.letters:
        assert letter.recipients == ["siti@mail.test"]
        assert all(part["Bcc"] is None for part in letter.mail.walk())


@pytest.mark.parametrize("message", [mail(to="a\ud800@x.test"), mail(text="\ud800"), mail(message_id="482177305")])
def test_what_no_mail_can_hold_never_leaves(peer: Post, message: Mail) -> None:
    assert isinstance(send(peer.port, message), Permanent)
    assert peer.letters == []


@pytest.mark.parametrize(("step", "code", "outcome"), [
    ("MAIL", 550, Permanent("sender refused with 550", elsewhere=True)),
    ("MAIL", 530, Temporary("sender refused with 530")),
    ("RCPT", 550, Permanent("recipient refused with 550")),
    ("RCPT", 450, Temporary("recipient refused with 450")),
    ("DATA", 554, Permanent("content refused with 554", elsewhere=True)),
    ("DATA", 451, Temporary("content refused with 451")),
    ("DATA", 421, Temporary("content refused with 421")),
])
def test_a_refusal_is_told_by_its_number_alone(peer: Post, step: str, code: int, outcome: Outcome) -> None:
    peer.says[step] = f"{code} <siti@mail.test> is not welcome"
    assert send(peer.port) == outcome
    assert peer.letters == []


@pytest.mark.parametrize(("after", "kind", "letters"), [
    (b"ehlo", Temporary, 0), (b"mail FROM", Temporary, 0), (b"rcpt TO", Temporary, 0), (b"DATA\r\n", Temporary, 0),
    (b"\r\n.\r\n", Ambiguous, 1),
])
def test_where_the_line_goes_dead_decides(peer: Post, after: bytes, kind: type, letters: int) -> None:
    with relay.relaying(lambda: socket.create_connection(("127.0.0.1", peer.port))) as line:
        line.until = after
        outcome = send(line.port)
    assert isinstance(outcome, kind)
    assert len(peer.letters) == letters


def test_a_password_travels_encrypted(server_side: ssl.SSLContext, client_side: ssl.SSLContext) -> None:
    account = f"{USER}:{quote(PASSWORD, safe='')}@"
    with post.serving(starttls=server_side, must_sign_in=True) as peer:
        assert send(peer.port, account=account, context=client_side) == Sent()
        wrong = send(peer.port, account=f"{USER}:wrong@", context=client_side)
        assert wrong in (Temporary("user or password refused"), Temporary("hung up while signing in"))
        assert send(peer.port, context=client_side) == Temporary("sender refused with 530")
    assert peer.signed_in == [True]


def test_tls_from_the_first_octet(server_side: ssl.SSLContext, client_side: ssl.SSLContext) -> None:
    with post.serving(tls=server_side) as peer:
        assert send(peer.port, scheme="smtps", context=client_side) == Sent()
        assert send(peer.port, scheme="smtps") == Temporary("certificate not accepted")
    assert len(peer.letters) == 1


def test_a_certificate_nobody_vouches_for_ends_it(server_side: ssl.SSLContext) -> None:
    with post.serving(starttls=server_side) as peer:
        assert send(peer.port) == Temporary("certificate not accepted")
    assert peer.letters == []


def test_a_server_elsewhere_that_cannot_encrypt_gets_nothing(peer: Post) -> None:
    """0.0.0.0 stands for another host: connecting to it ends on this one, and its name does not say so."""
    outcome = Smtp(f"smtp://0.0.0.0:{peer.port}", FROM, timeout_s=1.0).mail(mail())
    assert outcome == Temporary("no STARTTLS or no login offered")
    assert peer.letters == []
