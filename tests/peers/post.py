"""An SMTP server on loopback: keeps each mail, answers as it is told."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

USER, PASSWORD = "antrean", "p@ss:word/of tests"


@dataclass(frozen=True)
class Letter:
    """One mail as it came, with its envelope."""

    sender: str
    recipients: list[str]
    content: bytes

    @property
    def mail(self) -> EmailMessage:
        """The mail, read."""
        return cast(EmailMessage, message_from_bytes(self.content, policy=default))


@dataclass
class Post:
    """A running server. `says` replaces its replies to MAIL, RCPT and DATA."""

    port: int = 0
    letters: list[Letter] = field(default_factory=list)
    says: dict[str, str] = field(default_factory=dict)
    signed_in: list[bool] = field(default_factory=list)

    async def handle_MAIL(self, _server: Any, _session: Any, envelope: Any, address: str, options: Any) -> str:
        if "MAIL" not in self.says:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return self.says.get("MAIL", "250 OK")

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if "RCPT" not in self.says:
            envelope.rcpt_tos.append(address)
        return self.says.get("RCPT", "250 OK")

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:
        if "DATA" not in self.says:
            self.letters.append(Letter(envelope.mail_from, list(envelope.rcpt_tos), bytes(envelope.content)))
            self.signed_in.append(bool(session.authenticated))
        return self.says.get("DATA", "250 OK")


def _authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: LoginPassword) -> AuthResult:
    return AuthResult(success=(data.login.decode(), data.password.decode()) == (USER, PASSWORD))


class _Controller(Controller):
    """Names itself without looking the machine's name up, and takes a port that is free."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        super()._trigger_server()


@contextmanager
def serving(*, starttls: ssl.SSLContext | None = None, tls: ssl.SSLContext | None = None,
            must_sign_in: bool = False) -> Iterator[Post]:
    """A server on a free port for as long as the block runs."""
    post = Post()
    controller = _Controller(
        post, "127.0.0.1", 0, ssl_context=tls, server_hostname="mail.test", tls_context=starttls, enable_SMTPUTF8=True,
        authenticator=_authenticate, auth_require_tls=True, auth_required=must_sign_in)
    controller.start()
    post.port = controller.port
    try:
        yield post
    finally:
        controller.stop()


assert SMTP
