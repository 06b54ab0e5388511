"""Every refusal in both languages, every fault as a problem, and the headers of every answer."""

from __future__ import annotations

import re
import string
from datetime import UTC, datetime
from typing import Any

import pytest

from api import errors, languages
from api.errors import STATUS, WORDS, DoorError
from scheduler.foundation.errors import CODES, Refusal
from scheduler.people import __doc__ as people_doc

PROBLEM = "application/problem+json"
JSON = {"content-type": "application/json"}
sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_every_code_has_a_status_and_words_in_both_languages() -> None:
    assert set(CODES) <= set(STATUS)
    for language in languages.LANGUAGES:
        assert set(WORDS[language]) - {"way_on"} == set(STATUS), language
        for code, words in WORDS[language].items():
            if code != "way_on":
                assert words["title"], code
                assert words["detail"].endswith("."), code


def test_both_languages_know_the_same_causes_and_blanks() -> None:
    for code in STATUS:
        indonesian, english = WORDS["id"][code], WORDS["en"][code]
        assert set(indonesian.get("why", {})) == set(english.get("why", {})), code
        for why, sentence in (indonesian.get("why", {}) | {"detail": indonesian["detail"]}).items():
            other = english["detail"] if why == "detail" else english["why"][why]
            assert _blanks(sentence) == _blanks(other), (code, why)


def _blanks(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_no_sentence_shouts_or_speaks_of_slots() -> None:
    for language in languages.LANGUAGES:
        text = repr(WORDS[language])
        assert "!" not in text
        assert not re.search(r"\b(slot|submit|error)\b", text.replace("'slot_full'", ""), re.IGNORECASE)


def test_each_cause_that_people_can_name_has_words() -> None:
    """The causes stand in the doc of `scheduler.people`; one without words falls back to the general sentence."""
    for code in ("invalid_nik", "invalid_phone", "invalid_name"):
        line = next(line for line in (people_doc or "").splitlines() if line.strip().startswith(code))
        known = set(WORDS["id"][code]["why"])
        named = {word.strip() for word in line.replace(code, "").split(",")}
        assert known <= named, code


@pytest.mark.parametrize(("status", "code"), [(status, code) for code, status in STATUS.items()])
def test_a_problem_says_what_its_status_says(status: int, code: str) -> None:
    refusal: Any = Refusal(code) if code in CODES else DoorError(code)
    problem = errors.problem(refusal, "id")
    assert (problem.status, problem.code, problem.type) == (status, code, f"/problems/{code}")
    assert "{" not in problem.title + problem.detail


def test_alternatives_carry_the_offices_offset(balikpapan: Any) -> None:
    refusal = Refusal("slot_full", alternatives=[datetime(2026, 11, 25, 0, 15, tzinfo=UTC)])
    problem = errors.problem(refusal, "en", balikpapan)
    assert problem.alternatives == ["2026-11-25T08:15:00+08:00"]
    assert problem.phone == balikpapan.phone
    assert balikpapan.phone in problem.detail


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "id"), ("", "id"), ("*", "id"), ("fr", "id"), ("en", "en"), ("en-GB", "en"), ("id", "id"), ("in", "id"),
        ("id, en", "id"), ("en, id", "id"), ("en;q=0.9, id;q=0.8", "en"), ("en;q=0.5, id;q=0.5", "id"),
        ("en;q=nonsense", "id"), ("en;q=0", "id"), ("jv, en;q=0.1", "en"), ("en;" * 500, "en"),
        ("*, en;q=0.5", "id"), ("en;q=0.5, *;q=0.1", "en"), ("id;q=0.1, *", "en"), ("fr, *;q=0.5", "id"),
    ],
)
def test_indonesian_comes_first(header: str | None, language: str) -> None:
    assert languages.preferred(header) == language


@sqlite_only
def test_options_name_every_method_of_the_address(client: Any) -> None:
    for path, methods in (("/api/v1/session", "DELETE, GET, OPTIONS, POST"), ("/api/v1/bookings", "OPTIONS, POST"),
                          ("/t/x/cancel", "GET, OPTIONS, POST")):
        answer = client.options(path)
        assert (answer.status_code, answer.headers["allow"]) == (204, methods)
    assert client.options("/nothing").status_code == 404


# -- what no rule refuses --------------------------------------------------------------------------------


@sqlite_only
@pytest.mark.parametrize(
    ("method", "path", "arguments", "status", "code"),
    [
        ("GET", "/api/v1/nothing", {}, 404, "unknown_address"),
        ("GET", "/nothing/at/all", {}, 404, "unknown_address"),
        ("PUT", "/api/v1/bookings", {"json": {}}, 405, "invalid_request"),
        ("GET", "/api/v1/bookings", {}, 405, "invalid_request"),
        ("POST", "/api/v1/bookings", {"content": b"{", "headers": JSON}, 400, "invalid_request"),
        ("POST", "/api/v1/bookings", {"content": b"\xff", "headers": JSON}, 400, "invalid_request"),
        ("POST", "/api/v1/bookings", {"content": b"[" * 50_000, "headers": JSON}, 422, "invalid_request"),
        ("POST", "/api/v1/bookings", {"content": b"", "headers": JSON}, 400, "invalid_request"),
        ("POST", "/api/v1/bookings", {"json": []}, 422, "invalid_request"),
        ("POST", "/api/v1/bookings", {"content": b"{}"}, 415, "invalid_request"),
        ("POST", "/api/v1/bookings", {"data": {"office": "balikpapan"}}, 415, "invalid_request"),
        ("POST", "/api/v1/bookings", {"json": {"x": "y" * 70_000}}, 413, "invalid_request"),
    ],
)
def test_what_is_malformed_gets_a_problem(
    client: Any, method: str, path: str, arguments: Any, status: int, code: str
) -> None:
    answer = client.request(method, path, **arguments)
    assert (answer.status_code, answer.headers["content-type"]) == (status, PROBLEM)
    assert (answer.json()["code"], answer.json()["status"]) == (code, status)
    if status == 405:
        assert answer.headers["allow"]


@sqlite_only
def test_a_browser_gets_a_page_where_nothing_is(client: Any) -> None:
    answer = client.get("/nothing", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (404, "text/html")
    assert client.get("/api/v1/nothing", headers={"Accept": "text/html"}).headers["content-type"] == PROBLEM


@sqlite_only
@pytest.mark.parametrize("path", ["/", "/nothing", "/api/v1/offices", "/api/v1/session", "/schema", "/metrics"])
def test_every_answer_carries_the_headers_that_protect(client: Any, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] in ("no-referrer", "same-origin"), "no ticket's address leaves our house"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["strict-transport-security"]
    assert headers["cache-control"]


@sqlite_only
def test_what_is_personal_is_stored_nowhere(client: Any, free: Any) -> None:
    from tests.rest.conftest import question

    made = client.post("/api/v1/bookings", json=question(1, free()[0]))
    for answer in (made, client.get(f"/api/v1/bookings/{made.json()['token']}"), client.get("/api/v1/bookings/x")):
        assert answer.headers["cache-control"] == "no-store"


@sqlite_only
def test_a_fault_of_ours_is_a_bare_problem(antre: Any) -> None:
    from litestar import get
    from litestar.testing import TestClient

    from api.app import create_app

    @get("/broken")
    async def broken() -> None:
        raise ValueError("6471990101900001")

    with TestClient(create_app(antre, also=[broken]), raise_server_exceptions=False) as client:
        answer = client.get("/broken")
        assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
        assert "6471990101900001" not in answer.text


@sqlite_only
def test_a_database_out_of_reach_passes(antre: Any) -> None:
    from litestar import get
    from litestar.testing import TestClient
    from sqlalchemy.exc import OperationalError

    from api.app import create_app

    @get("/away")
    async def away() -> None:
        raise OperationalError("SELECT", {}, Exception("6471990101900001"))

    with TestClient(create_app(antre, also=[away]), raise_server_exceptions=False) as client:
        for accept, kind in (("*/*", PROBLEM), ("text/html", "text/html; charset=utf-8")):
            answer = client.get("/away", headers={"Accept": accept})
            assert (answer.status_code, answer.headers["retry-after"]) == (503, str(errors.BACK_IN_S))
            assert answer.headers["content-type"] == kind
            assert "6471990101900001" not in answer.text
