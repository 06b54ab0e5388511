"""Statistics over HTTP: as JSON in sums, as CSV for spreadsheets, and who may ask for which days."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from api.rest import csv_table
from scheduler.offices import Office
from tests.conftest import NOW
from tests.hall_days import Came, Hall
from tests.notifications.desk import queue
from tests.seed import second_office
from ticketing.survey_tables import opinions
from ticketing.tidy import COLUMNS, Counts

PATH = "/api/v1/offices/balikpapan/statistics"
MONDAY = date(2026, 11, 2)
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def lived(antre: Any, balikpapan: Office) -> Hall:
    """A Monday with three visits, one of whom nobody saw again, and four answers about one service, five of another."""
    hall = Hall(antre.database, balikpapan)
    hall.came(MONDAY, Came("08:00", due="08:10", called=20, begun=21, ended=30, channel="sms", priority="elderly"),
              Came("08:05", called=31, begun=32, ended=40, service="kk", counter=1),
              Came("09:00", due="09:00", service="kk", reason="upload", called=2, state="absent"))
    hall.stayed_away(MONDAY, 1)
    hall.day(MONDAY, arrived=40, walk_ins=22, turned_away=3)
    given = [(4, "ktp-rekam"), (5, "kk")]
    antre.database.write(lambda c: c.execute(opinions.insert(), [
        {"id": bytes([n, k] * 8), "office_id": balikpapan.id, "service_id": balikpapan.service(slug).id,
         "month": MONDAY.replace(day=1), "channel": "web", "answers": [4, 3] * 4 + [4]}
        for k, (count, slug) in enumerate(given) for n in range(count)]))
    queue(antre.database, antre.vault, 2, sent_at=NOW, office_id=balikpapan.id, state="delivered",
          cost=Decimal("0.8"), currency="KES")
    return hall


def test_the_month_so_far_in_sums(client: Any, signed_in: Any, lived: Hall) -> None:
    answer = client.get(PATH, headers=signed_in("manager"))
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["from"], body["to"]) == ("2026-11-01", "2026-11-24")
    assert body["visitors"]["people"] == 62
    assert body["visitors"]["turned_away"] == 3
    assert body["visitors"]["days_in_band"] == 1
    assert body["visits"] == {"count": 3, "booked": 2, "walk_ins": 1, "unanswered": 1, "left": 0,
                              "priority": {"elderly": 1}}
    assert body["no_shows"] == {"count": 1, "share": 0.3333, "cancelled": 0}
    assert body["channels"][2] == {"channel": "sms", "bookings": 1, "came": 1}
    assert body["reasons"] == [{"reason": "upload", "bookings": 1}]
    assert body["waits"] == {"count": 3, "mean": 14.3, "median": 10, "p90": 31, "within_15": 2, "within_30": 2}
    assert body["service_times"] == {"count": 2, "mean": 8.5, "median": 8, "p90": 9}
    services = {one["service"]: one for one in body["services"]}
    assert services["kk"]["service_times"]["median"] == 8
    assert services["kk"]["visits"] == 2
    assert services["ktp-rekam"]["no_shows"] == 1
    assert body["counters"][1]["service_times"]["count"] == 1
    assert body["hours"] == [{"weekday": 1, "hour": 8, "people": 2}, {"weekday": 1, "hour": 9, "people": 1}]
    assert body["messages"] == {"count": 2, "parts": 2, "costs": [{"currency": "KES", "amount": "1.6000"}]}
    assert (body["survey"]["answers"], body["survey"]["ikm"], body["survey"]["grade"]) == (9, "88.89", "A")
    assert body["survey"]["elements"]["prosedur"] == "3.00"


def test_what_few_people_answered_about_a_service_is_not_told(client: Any, signed_in: Any, lived: Hall) -> None:
    """Nor what could be reckoned from all less the others."""
    body = client.get(PATH, headers=signed_in("manager")).json()
    assert [one["ikm"] for one in body["services"] if one["answers"]] == []


@pytest.mark.parametrize("asked", [{"headers": {"Accept": "text/csv"}}, {"params": {"format": "csv"}}])
def test_a_table_for_spreadsheets(client: Any, signed_in: Any, lived: Hall, asked: dict[str, Any]) -> None:
    headers = signed_in("manager") | asked.get("headers", {})
    answer = client.get(PATH, headers=headers, params=asked.get("params", {}))
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="antre-balikpapan-2026-11-01-2026-11-24.csv"'
    assert "accept" in answer.headers["vary"].split(", ")
    text = answer.content.decode()
    assert text[0] == "\ufeff"
    assert text.count("\n") == text.count("\r\n") > 1
    head, *rows = list(csv.reader(io.StringIO(text[1:], newline="")))
    assert head == ["date", "service", "service_name", "counter", "counter_name", *COLUMNS]
    assert {len(row) for row in rows} == {len(head)}
    assert all(cell.isdigit() for row in rows for cell in row[5:])
    told = [dict(zip(head, row, strict=True)) for row in rows if row[0] == "2026-11-02"]
    assert sum(int(row["visits"]) for row in told) == 3
    assert sum(int(row["waited_s"]) for row in told) == 43 * 60
    assert {row["service"] for row in told} == {"ktp-rekam", "kk"}
    assert next(row["counter"] for row in told if row["called"] == "1") in {one.slug for one in lived.office.counters}


@sqlite_only
def test_json_is_what_a_program_gets_that_takes_both(client: Any, signed_in: Any) -> None:
    headers = signed_in("manager")
    for accept in ("*/*", "application/json, text/csv;q=0.5", "text/html"):
        answer = client.get(PATH, headers=headers | {"Accept": accept})
        assert answer.headers["content-type"] == "application/json", accept
    answer = client.get(PATH, headers=headers | {"Accept": "text/csv"}, params={"format": "json"})
    assert answer.json()["from"] == "2026-11-01"


@pytest.mark.parametrize("name", ["=1+1", "+62", "-2", "@SUM(A1)", "\t=1", 'a "b", c', "Akta;Kelahiran\r\nx"])
def test_a_name_that_begins_like_a_formula_is_shown(balikpapan: Office, name: str) -> None:
    services = tuple(replace(one, name={"id": name, "en": name}) for one in balikpapan.services)
    office = replace(balikpapan, services=services)
    written = csv_table.write(office, [((MONDAY, services[0].id, None), Counts(visits=1))], "id").decode()
    (_, row) = csv.reader(io.StringIO(written[1:], newline=""))
    assert row[2].lstrip("'") == name
    assert row[2][0] not in "=+-@\t\r\n"


@sqlite_only
@pytest.mark.parametrize(("query", "field"), [
    ({"from": "x"}, "from"), ({"to": "2026-13-01"}, "to"), ({"from": "2026-11-24", "to": "2026-11-23"}, "from"),
    ({"day": "1"}, "day"), ({"from": "2025-11-24", "to": "2026-11-24"}, None), ({"to": "0001-01-01"}, None),
    ({"from": "0001-01-01"}, "from"), ({"from": "2026-11-25"}, "from"), ({"format": "xml"}, "format"),
])
def test_senseless_days_are_refused(client: Any, signed_in: Any, query: dict[str, str], field: str | None) -> None:
    answer = client.get(PATH, params=query, headers=signed_in("manager"))
    if query == {"from": "2025-11-24", "to": "2026-11-24"}:  # 366 days: the longest
        assert answer.status_code == 200
        answer = client.get(PATH, params={**query, "from": "2025-11-23"}, headers=signed_in("manager", "manager2"))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert field is None or answer.json()["field"] == field


@sqlite_only
def test_what_lies_ahead_is_cut_off(client: Any, signed_in: Any) -> None:
    ahead = (NOW.date() + timedelta(days=400)).isoformat()
    body = client.get(PATH, params={"from": "2026-11-01", "to": ahead}, headers=signed_in("manager")).json()
    assert body["to"] == "2026-11-24"


@sqlite_only
def test_managers_of_that_office_only(client: Any, signed_in: Any, antre: Any) -> None:
    other = antre.database.write(second_office)
    assert client.get(PATH).status_code == 401
    assert client.get(PATH, headers=signed_in("counter")).status_code == 403
    assert client.get(PATH, headers=signed_in("manager", "manager2", other)).json()["why"] == "office"
