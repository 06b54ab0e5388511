"""E-mail by SMTP: STARTTLS behind smtp://, TLS from the first octet behind smtps://.

Source: RFC 5321 (4.2: replies; 4.5.2: the dot), RFC 3834 (Auto-Submitted), RFC 8314 (submission). The steps are taken
one by one, as the outcome hangs on where a call breaks: the server has the mail only after the dot that ends it.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as LINES
from email.utils import format_datetime
from urllib.parse import unquote, urlsplit

from notifications.gateways.base import Ambiguous, Attachment, Mail, Outcome, Permanent, Sent, Temporary
from notifications.gateways.sessions import is_loopback
from scheduler.foundation.clock import SystemClock
from scheduler.foundation.config import MAIL_ADDRESS

NAME = "smtp"
PORTS = {"smtp": 587, "smtps": 465}
TIMEOUT_S = 15.0

_MESSAGE_ID = re.compile(r"<[^\s<>@]{1,120}@[^\s<>@]{1,120}>", re.ASCII)
_MEDIA_TYPE = re.compile(r"([a-z0-9.+-]+)/([a-z0-9.+-]+)((?:; *[a-z-]+=[A-Za-z0-9_-]+)*)", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]+")
_ABOUT_US = frozenset({530, 534, 535, 538})  # RFC 4954, 6: sign in first, or otherwise; for the operator to mend
_DOT = re.compile(rb"(?m)^\.")


class _Refused(Exception):
    """The server said no, and what that means."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__()
        self.outcome = outcome


class Smtp:
    """Sends through one server, a connection for each mail. `url` as `ANTRE_SMTP_URL`, `sender` an address; `context`
    replaces the usual judgement of certificates."""

    name = NAME

    def __init__(self, url: str, sender: str, *, timeout_s: float = TIMEOUT_S,
                 context: ssl.SSLContext | None = None) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._port = parts.port or PORTS[parts.scheme]
        self._tls_at_once = parts.scheme == "smtps"
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender = sender
        self._timeout_s = timeout_s
        self._context = context or ssl.create_default_context()
        self._in_the_open = is_loopback(url)  # a server on this machine need not encrypt

    def mail(self, message: Mail) -> Outcome:
        """One attempt; see `base.Mailer`."""
        written = write(message, self._sender)
        if isinstance(written, Permanent):
            return written
        return self._call(lambda connection: self._hand_over(connection, message.to, written))

    def ask(self) -> Outcome:
        """Whether the server greets us and takes our password; sends nothing. `Sent` is yes."""
        return self._call(lambda _: Sent())

    def close(self) -> None:
        """Nothing is kept open between mails."""

    def _call(self, work: Callable[[smtplib.SMTP], Outcome]) -> Outcome:
        """What comes of `work` on a connection, or of the way to it: there nothing has been taken yet."""
        connection = None
        try:
            connection = self._greet()
            return work(connection)
        except _Refused as refusal:
            return refusal.outcome
        except ssl.SSLCertVerificationError:
            return Temporary("certificate not accepted")
        except smtplib.SMTPAuthenticationError:
            return Temporary("user or password refused")
        except smtplib.SMTPNotSupportedError:
            return Temporary("no STARTTLS or no login offered")
        except (smtplib.SMTPException, OSError):
            return Temporary("no connection")
        finally:
            _part(connection)

    def _greet(self) -> smtplib.SMTP:
        """A connection, encrypted, and signed in where there is a user."""
        ours = self._sender.rpartition("@")[2]  # how we greet; looking up this machine's name may take long
        if self._tls_at_once:
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, ours, timeout=self._timeout_s, context=self._context)
        else:
            connection = smtplib.SMTP(self._host, self._port, ours, timeout=self._timeout_s)
        try:
            connection.ehlo_or_helo_if_needed()
            if not self._tls_at_once and (connection.has_extn("starttls") or not self._in_the_open):
                connection.starttls(context=self._context)
                connection.ehlo_or_helo_if_needed()
            if self._user:
                self._sign_in(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _sign_in(self, connection: smtplib.SMTP) -> None:
        """By whichever way the server offers; some end the call after a wrong password."""
        try:
            connection.login(self._user, self._password)
        except smtplib.SMTPServerDisconnected:
            raise _Refused(Temporary("hung up while signing in")) from None

    def _hand_over(self, connection: smtplib.SMTP, to: str, written: bytes) -> Outcome:
        options = []
        if not to.isascii():
            if not connection.has_extn("smtputf8"):
                return Permanent("the server takes no such address")
            options = ["SMTPUTF8", "BODY=8BITMIME"]
        _take("sender", connection.mail(self._sender, options), 250)
        _take("recipient", connection.rcpt(to), 250, 251)
        _take("content", connection.docmd("DATA"), 354)
        connection.send(_DOT.sub(b"..", written) + b".\r\n")
        try:
            code, _ = connection.getreply()
        except (smtplib.SMTPException, OSError):
            return Ambiguous("no answer to the end of the mail")
        return Sent() if 200 <= code < 300 else _judge("content", code)


def _part(connection: smtplib.SMTP | None) -> None:
    """Say goodbye, without waiting long for an answer."""
    if connection is None:
        return
    with suppress(smtplib.SMTPException, OSError):
        if connection.sock is not None:
            connection.sock.settimeout(1)
            connection.quit()
    connection.close()


def _take(step: str, reply: tuple[int, bytes], *wanted: int) -> None:
    if reply[0] not in wanted:
        raise _Refused(_judge(step, reply[0]))


def _judge(step: str, code: int) -> Outcome:
    """The server's words may repeat the address, so only its number is kept."""
    reason = f"{step} refused with {code}"
    final = 500 <= code < 600 and code not in _ABOUT_US
    return Permanent(reason, elsewhere=step != "recipient") if final else Temporary(reason)


def write(message: Mail, sender: str) -> bytes | Permanent:
    """The mail as it travels, ended by a line break; Permanent for what no mail can hold.

    No value can begin a header of its own: control characters are taken out, and what is not an address or an id of
    its form is refused.
    """
    if not MAIL_ADDRESS.fullmatch(message.to):
        return Permanent("not an address")
    if not _MESSAGE_ID.fullmatch(message.message_id):
        return Permanent("not a message id")
    try:
        return _written(message, sender)
    except ValueError:  # half a character, or a media type that is none
        return Permanent("not a mail that can be written")


def _written(message: Mail, sender: str) -> bytes:
    mail = EmailMessage(policy=LINES.clone(utf8=not message.to.isascii(), max_line_length=78))
    mail["From"] = _address(sender)
    mail["To"] = _address(message.to)
    mail["Subject"] = _CONTROL.sub(" ", message.subject).strip()
    mail["Date"] = format_datetime(SystemClock().now())  # when it leaves, whatever the office's clock says
    mail["Message-ID"] = message.message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text, charset="utf-8", cte="quoted-printable")
    for attachment in message.attachments:
        _attach(mail, attachment)
    return mail.as_bytes()


def _address(text: str) -> Address:
    name, _, domain = text.rpartition("@")
    return Address(username=name, domain=domain)


def _attach(mail: EmailMessage, attachment: Attachment) -> None:
    """Add it. Raises ValueError for a media type of another form than `text/calendar; method=REQUEST`."""
    found = _MEDIA_TYPE.fullmatch(attachment.media_type)
    if found is None:
        raise ValueError("not a media type")
    pairs = (pair.strip().partition("=") for pair in found[3].split(";") if pair.strip())
    mail.add_attachment(
        attachment.content, maintype=found[1], subtype=found[2], filename=_CONTROL.sub(" ", attachment.name),
        params={name: value for name, _, value in pairs})
