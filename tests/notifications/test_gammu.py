"""A GSM modem behind the real gammu-smsd: what leaves, what comes back, what people write, and what is then blanked."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from notifications.gateways.base import Permanent, Reported, Sent, Temporary
from notifications.gateways.gammu import Gammu, Modem
from tests import people, scratch
from tests.peers.smsd import Smsd, until

PHONE = people.phone(1)
_names = itertools.count()


@pytest.fixture(params=["sqlite", "postgresql"])
def smsd(request: pytest.FixtureRequest) -> Iterator[Smsd]:
    with scratch.folder() as folder:
        if request.param == "sqlite":
            yield Smsd(f"sqlite:///{folder}/smsd.sqlite3", folder)
            return
        server, name = request.getfixturevalue("postgres_server"), f"smsd{next(_names)}"
        yield Smsd(server.create(name), folder)
        server.drop(name)


@pytest.fixture
def carrier(smsd: Smsd) -> Iterator[Gammu]:
    carrier = Gammu(smsd.url)
    yield carrier
    carrier.close()


def send(carrier: Gammu, text: str = "Halo") -> str:
    outcome = carrier.send(PHONE, text)
    assert isinstance(outcome, Sent)
    assert outcome.vendor_id is not None
    return outcome.vendor_id


def test_a_message_leaves_and_its_reports_come_back_until_they_are_settled(smsd: Smsd, carrier: Gammu) -> None:
    first, second = send(carrier, "€" * 80), send(carrier, "Nama Dewi Şahin")
    with smsd.running():
        assert smsd.sent(2) == [(PHONE, "€" * 80), (PHONE, "Nama Dewi Şahin")]
        until(lambda: not smsd.waiting())
    assert smsd.septets() == [160, -1]
    told = [Reported(first, "SendingOK", PHONE, "sent"), Reported(second, "SendingOK", PHONE, "sent")]
    assert carrier.reports(10) == told
    assert carrier.reports(10) == told, "told again until it is kept"
    carrier.settled([one.id for one in told])
    assert carrier.reports(10) == []

    smsd.change(f"""UPDATE sentitems SET "Status" = 'DeliveryOK' WHERE "ID" = {first}""")  # as SMSD on a report
    smsd.change(f"""UPDATE sentitems SET "Status" = 'DeliveryUnknown' WHERE "ID" = {second}""")
    last = carrier.reports(10)
    assert last == [Reported(first, "DeliveryOK", PHONE, "delivered"), Reported(second, "DeliveryUnknown", PHONE, None)]
    carrier.settled([one.id for one in last])
    rows = smsd.rows('SELECT "DestinationNumber", "Text", "TextDecoded" FROM sentitems ORDER BY "ID"')
    assert rows[0] == ("", "", ""), "nothing of it is needed any more"
    assert rows[1][0] == PHONE, "a report may still come, and is matched by the number"


def test_a_word_that_came_after_the_one_that_is_settled_is_told_as_well(smsd: Smsd, carrier: Gammu) -> None:
    send(carrier)
    with smsd.running():
        smsd.sent(1)
    (one,) = carrier.reports(10)
    smsd.change("""UPDATE sentitems SET "Status" = 'DeliveryFailed'""")
    carrier.settled([one.id])
    assert [(report.status, report.means) for report in carrier.reports(10)] == [("DeliveryFailed", "failed")]


def test_rows_of_other_programs_are_left_alone(smsd: Smsd, carrier: Gammu) -> None:
    send(carrier)
    with smsd.running():
        smsd.sent(1)
    smsd.change("""UPDATE sentitems SET "CreatorID" = 'antrean'""")
    assert carrier.reports(10) == []


def test_what_people_write_is_heard_until_it_is_done_and_then_blanked(smsd: Smsd, carrier: Gammu) -> None:
    with smsd.running():
        smsd.receive(1, PHONE, "DAFTAR KTP Siti\nNur €")
        until(lambda: carrier.heard(10))
    (heard,) = carrier.heard(10)
    assert (heard.sender, heard.text) == (PHONE, "DAFTAR KTP Siti\nNur €")
    assert isinstance(heard.at, datetime)
    assert heard.at.tzinfo is not None
    carrier.done([heard.id])
    assert carrier.heard(10) == []
    assert smsd.rows('SELECT "SenderNumber", "Text", "TextDecoded" FROM inbox') == [("", "", "")]


def test_the_parts_of_a_long_message_are_one_message(smsd: Smsd, carrier: Gammu) -> None:
    """SMSD waits for all parts; the reader does again, as SMSD writes them one by one."""
    with smsd.running():
        smsd.receive(1, PHONE, "DAFTAR KTP ", udh="0500034D0201")
        smsd.receive(2, "085200000009", "CEK")
        smsd.receive(3, PHONE, "Siti Nur", udh="0500034D0202")
        until(lambda: len(carrier.heard(10)) == 2)
    by_text = {one.text: one for one in carrier.heard(10)}
    assert by_text["DAFTAR KTP Siti Nur"].sender == PHONE
    assert by_text["CEK"].sender == "+6285200000009"
    carrier.done([one.id for one in by_text.values()])
    assert carrier.heard(10) == []


def test_a_part_whose_others_never_come_is_told_at_last(smsd: Smsd, carrier: Gammu) -> None:
    with smsd.running():
        smsd.receive(1, PHONE, "CEK", udh="")
        until(lambda: carrier.heard(10))
    smsd.change("""UPDATE inbox SET "UDH" = '0500034D0201'""")
    assert carrier.heard(10) == []
    impatient = Gammu(smsd.url, patience_s=0)
    assert [one.text for one in impatient.heard(10)] == ["CEK"]


def test_menus_of_the_operator_are_no_messages(smsd: Smsd, carrier: Gammu) -> None:
    with smsd.running():
        smsd.receive(1, PHONE, "Pulsa Anda Rp 5.000")
        until(lambda: carrier.heard(10))
    smsd.change('UPDATE inbox SET "Class" = 127')
    assert carrier.heard(10) == []


def test_the_state_of_the_modem(smsd: Smsd, carrier: Gammu) -> None:
    assert carrier.state() == (17, [])
    with smsd.running():
        until(lambda: carrier.state()[1][0].signal == 42)
        assert carrier.state() == (17, [Modem(True, True, True, 42, 100)])
    smsd.change("""UPDATE phones SET "TimeOut" = '2026-01-01 00:00:00'""")
    assert not carrier.state()[1][0].alive


def test_older_schemas_are_spoken_with(smsd: Smsd, carrier: Gammu) -> None:
    """Version 13 lacks the columns that came later: none of them may be named."""
    for table, column in [("outbox", "Status"), ("outbox", "StatusCode"), ("outbox", "Priority"), ("inbox", "Status"),
                          ("sentitems", "StatusCode"), ("phones", "NetCode"), ("phones", "IMSI")]:
        cascade = "" if smsd.url.startswith("sqlite") else " CASCADE"
        if (table, column) == ("outbox", "Status") and not cascade:
            continue  # a check names it, so SQLite keeps it
        smsd.change(f'ALTER TABLE {table} DROP COLUMN "{column}"{cascade}')
    assert send(carrier) == "1"
    assert (carrier.heard(10), carrier.reports(10), carrier.state()[1]) == ([], [], [])


def test_a_message_longer_than_one_part_is_for_another_carrier(smsd: Smsd, carrier: Gammu) -> None:
    for text in ("x" * 161, "Ş" * 71):
        assert carrier.send(PHONE, text) == Permanent("longer than one part", elsewhere=True)
    assert smsd.waiting() == []


@pytest.mark.parametrize("place", ["sqlite:////nowhere/smsd.sqlite3", "postgresql://smsd@127.0.0.1:1/smsd"])
def test_a_database_that_is_not_there_is_worth_another_try_and_none_is_made(place: str) -> None:
    carrier = Gammu(place)
    outcome = carrier.send(PHONE, "Halo")
    assert isinstance(outcome, Temporary)
    assert outcome.reason.startswith("database of Gammu")
    assert not Path("/nowhere").exists()
