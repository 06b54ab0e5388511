"""Requests that other sites send in a visitor's name."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rest.conftest import PASSWORD

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://antre.test"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Origin": "https://antre.test"}, True),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "https://antre.test"}, False),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Origin": "https://evil.test"}, False),
        ({"Origin": "null"}, False),
    ],
)
def test_only_our_own_pages_sign_somebody_in(client: Any, hire: Any, headers: dict[str, str], allowed: bool) -> None:
    """Else a stranger's site could sign a clerk in to an account of the stranger's choosing."""
    hire("loket1")
    answer = client.post("/sign-in", data={"username": "loket1", "password": PASSWORD}, headers=headers,
                         follow_redirects=False)
    assert (answer.status_code == 303, "antre_session" in answer.cookies) == (allowed, allowed)
    assert allowed or answer.status_code == 403


def test_the_cookie_is_out_of_reach(client: Any, hire: Any) -> None:
    hire("loket1")
    answer = client.post("/sign-in", data={"username": "loket1", "password": PASSWORD}, follow_redirects=False)
    session, known = (cookie.lower() for cookie in sorted(answer.headers.get_list("set-cookie"), reverse=True))
    for cookie in (session, known):
        assert all(word in cookie for word in ("httponly", "samesite=lax", "secure", "path=/"))
    assert session.startswith("antre_session=")
    assert "max-age" not in session, "it ends with the browser"
