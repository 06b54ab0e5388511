"""E-mail rows: written as they go, by a carrier of their own, beside the SMS."""

from __future__ import annotations

import threading
from contextlib import closing
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from notifications import opt_outs
from notifications.breaker import FAILURES
from notifications.claims import Claim
from notifications.delivery import MAILS
from notifications.gateways.base import Ambiguous, Mail, Outcome, Permanent, Sent, Temporary
from notifications.rounds import FIRST_WAIT
from notifications.tables import outbox
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.database import Database
from scheduler.foundation.privacy import Vault
from tests import people
from tests.conftest import NOW
from tests.fakes import FakeGateway
from tests.notifications.desk import courier_of, failures, messages, queue, states
from tests.threads import in_thread


class Post:
    """A mailer that keeps what it is given, except where told otherwise."""

    name = "smtp"

    def __init__(self, *answers: Outcome) -> None:
        self.answers, self.mails, self.closed = list(answers), list[Mail](), False

    def mail(self, message: Mail) -> Outcome:
        self.mails.append(message)
        return self.answers.pop(0) if self.answers else Sent()

    def close(self) -> None:
        self.closed = True


def write(_connection: Connection, claim: Claim) -> Mail:
    assert (claim.medium, claim.kind) == ("email", "notice")
    return Mail("siti@example.id", "Antrean Anda", claim.text, (), f"<notice.{claim.id}@antre.test>")


def queue_mails(database: Database, vault: Vault, count: int, first: int = 0) -> None:
    rows = [{"key": f"mail:{first + n}", "office_id": 1, "kind": "notice", "text": f"Surat {n}", "medium": "email",
             "address": vault.seal_bytes(b"siti@example.id"), "state": "queued", "created_at": NOW, "due_at": NOW,
             "expires_at": NOW + timedelta(days=1)} for n in range(count)]
    database.write(lambda c: c.execute(outbox.insert(), rows))


def test_mails_go_by_the_mailer_and_sms_by_the_gateway(
    database: Database, vault: Vault, clock: SettableClock, gateway: FakeGateway
) -> None:
    mailer = Post()
    queue(database, vault, 3)
    queue_mails(database, vault, 3)
    database.write(lambda c: opt_outs.stop(c, vault, people.phone(0), "sms", NOW))
    with closing(courier_of(database, vault, clock, gateway, mailer=mailer, letters=write)) as courier:
        assert courier.deliver() == 5
    assert sorted(mail.text for mail in mailer.mails) == ["Surat 0", "Surat 1", "Surat 2"]
    assert (len(gateway.carried), mailer.closed) == (2, True)
    assert {row.gateway for row in messages(database) if row.medium == "email"} == {"smtp"}


def test_a_mailer_that_is_down_keeps_no_sms_waiting(
    database: Database, vault: Vault, clock: SettableClock, gateway: FakeGateway
) -> None:
    mailer = Post(*[Temporary("no connection")] * 50)
    queue_mails(database, vault, 40)
    queue(database, vault, 40)
    with closing(courier_of(database, vault, clock, gateway, mailer=mailer, letters=write, threads=8)) as courier:
        courier.deliver()
    assert len(gateway.carried) == 40
    assert FAILURES <= len(mailer.mails) < FAILURES + MAILS


@pytest.mark.parametrize(("outcome", "state"), [
    (Temporary("450 try again"), "queued"), (Permanent("550 no such user"), "failed"),
    (Ambiguous("broke off"), "unknown"),
])
def test_a_mail_s_outcomes_are_those_of_an_sms(
    database: Database, vault: Vault, clock: SettableClock, outcome: Outcome, state: str
) -> None:
    mailer = Post(outcome)
    queue_mails(database, vault, 1)
    with closing(courier_of(database, vault, clock, mailer=mailer, letters=write)) as courier:
        courier.deliver()
        assert states(database) == {state: 1}
        clock.advance(FIRST_WAIT)
        courier.deliver()
    assert len(mailer.mails) == (2 if state == "queued" else 1)


@pytest.mark.parametrize(("problem", "state"), [
    (ValueError("what was under the seal"), "failed"), (OperationalError("SELECT", {}, Exception()), "queued"),
])
def test_one_that_cannot_be_written_stops_itself_only(
    database: Database, vault: Vault, clock: SettableClock, problem: Exception, state: str
) -> None:
    mailer = Post()

    def letters(connection: Connection, claim: Claim) -> Mail:
        if claim.text == "Surat 0":
            raise problem
        return write(connection, claim)

    queue_mails(database, vault, 2)
    with closing(courier_of(database, vault, clock, mailer=mailer, letters=letters)) as courier:
        courier.deliver()
    assert [row.state for row in messages(database)] == [state, "sent"]
    assert "seal" not in (messages(database)[0].error or "")


def test_without_a_mailer_it_fails_clearly(
    database: Database, vault: Vault, clock: SettableClock, gateway: FakeGateway
) -> None:
    queue_mails(database, vault, 1)
    with closing(courier_of(database, vault, clock, gateway)) as courier:
        courier.deliver()
    assert [(row.state, row.error) for row in messages(database)] == [("failed", "no carrier of email")]
    assert len(failures(database)) == 1


class Slow(Post):
    """Answers nobody until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.let_go = threading.Event()

    def mail(self, message: Mail) -> Outcome:
        assert self.let_go.wait(30)
        return super().mail(message)


def test_a_slow_mailer_takes_a_few_threads_only(
    database: Database, vault: Vault, clock: SettableClock, gateway: FakeGateway
) -> None:
    mailer = Slow()
    queue_mails(database, vault, 30)
    queue(database, vault, 30)
    with closing(courier_of(database, vault, clock, gateway, mailer=mailer, letters=write, threads=6)) as courier:
        running = in_thread(courier.deliver)
        try:
            for _ in range(3000):
                if len(gateway.carried) == 30 or running.done():
                    break
                threading.Event().wait(0.01)
            assert len(gateway.carried) == 30, "while every mail still waits"
            with database.read() as c:
                out = c.execute(sa.select(sa.func.count()).where(
                    outbox.c.state == "sending", outbox.c.medium == "email")).scalar_one()
            assert out == MAILS
        finally:
            mailer.let_go.set()
        assert running.result(30) == 60
