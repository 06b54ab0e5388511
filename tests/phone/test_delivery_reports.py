"""The vendor's delivery reports: by the real hook, once each, only forward, and never from a stranger."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from notifications import claims, reports
from notifications.tables import delivery_reports, outbox
from scheduler.foundation.clock import SettableClock
from scheduler.foundation.database import Database
from scheduler.foundation.privacy import Vault
from tests import people
from tests.conftest import NOW
from tests.notifications.desk import claim, failures, marked, messages, queue
from tests.threads import all_at_once

PATH = "/hooks/africastalking/hook-secret-of-tests/delivery"


@pytest.fixture
def hook(client: Any) -> Any:
    """Posts as the vendor does."""
    return client


def form(status: str, vendor_id: str = "ATXid_1", n: int = 0, **more: str) -> dict[str, str]:
    return {"id": vendor_id, "status": status, "phoneNumber": people.phone(n), "networkCode": "51010",
            "retryCount": "0", **more}


def sent(database: Database, vault: Vault, state: str = "sent", vendor_id: str | None = "ATXid_1") -> None:
    """One message that left."""
    queue(database, vault, 1, state=state, vendor_id=vendor_id, gateway="africastalking", sent_at=NOW)


def kept(database: Database) -> list[Any]:
    with database.read() as c:
        return list(c.execute(sa.select(delivery_reports).order_by(delivery_reports.c.id)))


def test_a_message_is_delivered(hook: Any, database: Database, vault: Vault) -> None:
    sent(database, vault)
    answer = hook.post(PATH, data=form("Success"))
    assert (answer.status_code, answer.text) == (200, "")
    assert (messages(database)[0].state, messages(database)[0].settled_at) == ("delivered", NOW)
    (report,) = kept(database)
    assert report.outbox_id == messages(database)[0].id
    assert report.fields == {"networkCode": "51010", "retryCount": "0"}, "without the number"


@pytest.mark.parametrize("status", ["Failed", "Rejected", "AbsentSubscriber", "Expired"])
def test_a_message_that_did_not_arrive_is_journalled(hook: Any, database: Database, vault: Vault, status: str) -> None:
    sent(database, vault)
    hook.post(PATH, data=form(status, failureReason="UserInactive"))
    assert (messages(database)[0].state, messages(database)[0].error) == ("failed", "UserInactive")
    (entry,) = failures(database)
    assert entry.data["error"] == "UserInactive"


@pytest.mark.parametrize("status", ["Success", "Failed"])
def test_the_same_report_twice_has_one_effect(hook: Any, database: Database, vault: Vault, status: str) -> None:
    sent(database, vault)
    before = None
    for _ in range(3):
        assert hook.post(PATH, data=form(status)).status_code == 200
        before = before or messages(database)
        assert messages(database) == before
    assert len(kept(database)) == 1
    assert len(failures(database)) == (status == "Failed")


@pytest.mark.parametrize(("first", "second", "state"), [
    ("Success", "Sent", "delivered"), ("Success", "Failed", "delivered"), ("Success", "Buffered", "delivered"),
    ("Failed", "Submitted", "failed"), ("AbsentSubscriber", "Success", "delivered"), ("Sent", "Success", "delivered"),
    ("Success", "Weird", "delivered"),
])
def test_reports_out_of_order_never_lead_back(
    hook: Any, database: Database, vault: Vault, first: str, second: str, state: str
) -> None:
    sent(database, vault)
    hook.post(PATH, data=form(first))
    hook.post(PATH, data=form(second))
    assert messages(database)[0].state == state
    assert [report.status for report in kept(database)] == [first, second]


def test_an_unknown_status_is_kept_and_changes_nothing(hook: Any, database: Database, vault: Vault) -> None:
    sent(database, vault)
    assert hook.post(PATH, data=form("Teleported")).status_code == 200
    assert messages(database)[0].state == "sent"
    assert kept(database)[0].status == "Teleported"


def test_a_report_about_nobody_s_message_is_kept(hook: Any, database: Database) -> None:
    assert hook.post(PATH, data=form("Success", "ATXid_other")).status_code == 200
    assert kept(database)[0].outbox_id is None


@pytest.mark.parametrize("secret", ["wrong", "hook-secret-of-testsX", "hook-secret-of-test", "%C3%A9"])
def test_a_wrong_secret_is_no_address(hook: Any, database: Database, vault: Vault, secret: str) -> None:
    sent(database, vault)
    answer = hook.post(f"/hooks/africastalking/{secret}/delivery", data=form("Success"))
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_address")
    assert kept(database) == []
    assert messages(database)[0].state == "sent"


@pytest.mark.parametrize("broken", [
    {}, {"id": "", "status": "Success"}, {"id": "ATXid_1"}, {"status": "Success"},
    {"id": "x" * 81, "status": "Success"}, {"id": "ATXid_1", "status": "S" * 41},
    {"id": "ATXid_1\0", "status": "Success"}, {"id": "ATXid_1", "status": "Success\n"},
])
def test_a_malformed_report_changes_nothing(
    hook: Any, database: Database, vault: Vault, broken: dict[str, str]
) -> None:
    sent(database, vault)
    answer = hook.post(PATH, data=broken)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert kept(database) == []
    assert messages(database)[0].state == "sent"


@pytest.mark.parametrize(("more", "error"), [
    ({"failureReason": "Number unreachable. " * 20}, ("Number unreachable. " * 20)[:100]),
    ({"failureReason": "Absent\r\nsubscriber\0"}, "Absent  subscriber"),
    ({"phoneNumber": "+" + "6" * 90, "retryCount": "1" * 50, "networkCode": "\t51010"}, "Failed"),
])
def test_what_only_adds_to_a_report_never_keeps_a_failure_from_being_known(
    hook: Any, database: Database, vault: Vault, more: dict[str, str], error: str
) -> None:
    sent(database, vault)
    answer = hook.post(PATH, data={"id": "ATXid_1", "status": "Failed", **more})
    assert (answer.status_code, answer.text) == (200, "")
    assert (messages(database)[0].state, messages(database)[0].error) == ("failed", error)


@pytest.mark.parametrize("number", [people.phone(0), people.phone(0)[1:], people.nik(1), "0812-0000-0001"])
def test_a_number_in_the_vendor_s_words_is_not_kept(
    hook: Any, database: Database, vault: Vault, number: str
) -> None:
    sent(database, vault)
    hook.post(PATH, data=form("Failed", failureReason=f"{number} is unreachable, error 1042"))
    assert messages(database)[0].error == "... is unreachable, error 1042"
    assert number not in str(kept(database)) + str(failures(database))


@pytest.mark.parametrize("how", [
    {"json": {"id": "ATXid_1", "status": "Success"}},
    {"content": b"id=ATXid_1&status=Success"},
    {"content": b"\xff\xfe%zz", "headers": {"content-type": "application/x-www-form-urlencoded"}},
    {"files": {"id": ("id.txt", b"ATXid_1")}, "data": {"status": "Success"}},
])
def test_what_is_no_form_is_refused(hook: Any, database: Database, how: dict[str, Any]) -> None:
    assert hook.post(PATH, **how).status_code == 400
    assert kept(database) == []


def test_a_body_that_is_too_long_is_refused(hook: Any, database: Database) -> None:
    assert hook.post(PATH, data=form("Success", padding="x" * 20_000)).status_code == 413
    assert kept(database) == []


def test_reports_at_the_same_moment_have_one_effect(hook: Any, database: Database, vault: Vault) -> None:
    sent(database, vault)
    answers = all_at_once(*(lambda: hook.post(PATH, data=form("Failed")) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {200}
    assert len(kept(database)) == len(failures(database)) == 1


# -- reports that come before we know the vendor's id ----------------------------------------------------------


def test_a_report_that_overtakes_our_own_mark_is_not_lost(
    antre: Any, hook: Any, database: Database, vault: Vault
) -> None:
    """The vendor calls back while the answer to our request is still being written down."""
    queue(database, vault, 1)
    (claimed,), _ = database.write(lambda c: claim(c, vault, "word", 1, "africastalking"))
    hook.post(PATH, data=form("Success"))
    assert messages(database)[0].state == "sending"
    database.write(lambda c: claims.mark(c, [marked(claimed, "sent", vendor_id="ATXid_1")]))
    assert messages(database)[0].state == "sent"
    antre.courier.deliver()
    assert messages(database)[0].state == "delivered"
    assert kept(database)[0].outbox_id == messages(database)[0].id


@pytest.mark.parametrize("ending", ["ambiguous", "killed"])
def test_a_report_that_comes_while_the_answer_is_being_lost_settles_the_message(
    antre: Any, hook: Any, database: Database, vault: Vault, ending: str
) -> None:
    """The vendor took it and delivered it within seconds; we wait for its answer in vain, or die waiting."""
    queue(database, vault, 1)
    (claimed,), _ = database.write(lambda c: claim(c, vault, "word", 1, "africastalking"))
    hook.post(PATH, data=form("Sent"))
    hook.post(PATH, data=form("Success"))
    assert messages(database)[0].state == "sending", "its own answer may still come"
    if ending == "ambiguous":
        database.write(lambda c: claims.mark(c, [marked(claimed, "unknown", error="no answer in time")]))
    else:
        antre.clock.advance(claims.LEASE)
    for _ in range(2):
        antre.courier.deliver()
    (message,) = messages(database)
    assert (message.state, message.vendor_id) == ("delivered", "ATXid_1")
    assert {report.outbox_id for report in kept(database)} == {message.id}


def test_of_two_suspected_reports_with_different_ids_only_the_first_counts(
    antre: Any, hook: Any, database: Database, vault: Vault
) -> None:
    queue(database, vault, 1)
    (claimed,), _ = database.write(lambda c: claim(c, vault, "word", 1, "africastalking"))
    for vendor_id in ("ATXid_1", "ATXid_2"):
        hook.post(PATH, data=form("Success" if vendor_id == "ATXid_2" else "Failed", vendor_id))
    database.write(lambda c: claims.mark(c, [marked(claimed, "unknown", error="no answer in time")]))
    for _ in range(3):
        antre.courier.deliver()
    assert (messages(database)[0].state, messages(database)[0].vendor_id) == ("failed", "ATXid_1")
    assert [report.outbox_id is None for report in kept(database)] == [False, True]


def test_a_suspected_report_is_not_taken_for_a_message_that_got_another_id(
    antre: Any, hook: Any, database: Database, vault: Vault
) -> None:
    queue(database, vault, 1)
    (claimed,), _ = database.write(lambda c: claim(c, vault, "word", 1, "africastalking"))
    hook.post(PATH, data=form("Failed", "ATXid_other"))
    database.write(lambda c: claims.mark(c, [marked(claimed, "sent", vendor_id="ATXid_1")]))
    antre.courier.deliver()
    assert messages(database)[0].state == "sent"
    assert kept(database)[0].outbox_id is None


def test_a_stray_report_is_not_looked_for_for_ever(database: Database, vault: Vault, clock: SettableClock) -> None:
    database.write(lambda c: reports.take(c, vault, gateway="africastalking", vendor_id="ATXid_1", status="Success",
                                          phone=people.phone(0), fields={}, now=NOW))
    sent(database, vault)
    with database.read() as c:
        assert reports.any_unlinked(c, NOW)
        assert not reports.any_unlinked(c, NOW + reports.LINKED_WITHIN)


@pytest.mark.parametrize(("status", "state"), [
    ("Success", "delivered"), ("Failed", "failed"), ("Sent", "sent"), ("Weird", "unknown"),
])
def test_a_report_settles_a_message_of_unknown_fate_by_its_number(
    hook: Any, database: Database, vault: Vault, status: str, state: str
) -> None:
    sent(database, vault, "unknown", None)
    hook.post(PATH, data=form(status, "ATXid_9"))
    (message,) = messages(database)
    assert (message.state, message.vendor_id) == (state, "ATXid_9")


def test_a_report_for_another_number_settles_nothing(hook: Any, database: Database, vault: Vault) -> None:
    sent(database, vault, "unknown", None)
    hook.post(PATH, data=form("Success", "ATXid_9", n=5))
    hook.post(PATH, data={"id": "ATXid_8", "status": "Success"})
    assert messages(database)[0].state == "unknown"


def test_a_report_settles_nothing_that_another_carrier_took(hook: Any, database: Database, vault: Vault) -> None:
    queue(database, vault, 1, state="unknown", gateway="console", sent_at=NOW)
    hook.post(PATH, data=form("Success", "ATXid_9"))
    assert (messages(database)[0].state, messages(database)[0].vendor_id) == ("unknown", None)


@pytest.mark.parametrize("other", ["unknown", "sending"])
def test_when_two_messages_could_be_meant_neither_is_settled(
    hook: Any, database: Database, vault: Vault, other: str
) -> None:
    sent(database, vault, "unknown", None)
    number, known_by = vault.seal_bytes(people.phone(0).encode()), vault.hash_phone(people.phone(0))
    database.write(lambda c: c.execute(outbox.insert().values(
        key="notice:other", office_id=1, kind="notice", text="x", address=number, phone_hash=known_by,
        state=other, created_at=NOW, due_at=NOW, sent_at=NOW, gateway="africastalking")))
    hook.post(PATH, data=form("Success", "ATXid_9"))
    assert [row.state for row in messages(database)] == ["unknown", other]


def test_an_old_message_is_not_settled_by_a_new_report(
    antre: Any, hook: Any, database: Database, vault: Vault
) -> None:
    sent(database, vault, "unknown", None)
    antre.clock.advance(reports.SETTLED_WITHIN + timedelta(seconds=1))
    hook.post(PATH, data=form("Success", "ATXid_9"))
    assert messages(database)[0].state == "unknown"
