"""How invented residents and the clerk who lets them in speak to the system: JSON over HTTP, as anybody would."""

from __future__ import annotations

from typing import Any

import requests

TIMEOUT_S = 20


class Doors:
    """The doors of one office at `url`. Raises requests.RequestException when nobody answers."""

    def __init__(self, url: str, office: str, username: str, password: str) -> None:
        self._url, self._office = f"{url}/api/v1", office
        self._account = {"username": username, "password": password}
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy does not lead to this machine
        self._services: list[dict[str, Any]] = []
        self._counters: list[str] = []

    def services(self) -> list[dict[str, Any]]:
        """What the office offers; asked for once."""
        if not self._services:
            answer = self._session.get(f"{self._url}/offices/{self._office}/services", timeout=TIMEOUT_S)
            answer.raise_for_status()
            self._services = answer.json()["items"]
        return self._services

    def starts(self, service: str) -> list[str]:
        """Every start of the coming week that can be booked."""
        answer = self._session.get(f"{self._url}/offices/{self._office}/slots",
                                   params={"service": service, "days": "7"}, timeout=TIMEOUT_S)
        answer.raise_for_status()
        return [slot["start"] for day in answer.json()["days"] for slot in day["slots"]]

    def book(self, request: dict[str, Any]) -> dict[str, Any] | None:
        """Book; when the place is gone, the first of the alternatives. None when that is gone as well."""
        answer = self._post("/bookings", request | {"office": self._office})
        alternatives = answer.json().get("alternatives") if answer.status_code >= 400 else None
        if alternatives:
            answer = self._post("/bookings", request | {"office": self._office, "start": alternatives[0]})
        return answer.json() if answer.status_code == 201 else None

    def cancel(self, token: str) -> bool:
        """Cancel; whether that was still possible."""
        return self._post(f"/bookings/{token}/cancel", {}).ok

    def move(self, token: str, start: str) -> dict[str, Any] | None:
        """Move; None when that is not possible any more."""
        answer = self._post(f"/bookings/{token}/move", {"start": start})
        return answer.json() if answer.ok else None

    def scan(self, code: str) -> str:
        """The clerk types the code; the verdict, or the refusal's code."""
        answer = self._as_clerk("POST", "/scans", {"code": code}).json()
        return str(answer.get("verdict") or answer.get("code"))

    def walk_in(self, service: str) -> bool:
        """The clerk asks for a number for a visitor without booking; whether there was room."""
        return self._as_clerk("POST", "/walk-ins", {"service": service}).ok

    def counters(self) -> list[str]:
        """The slugs of the office's counters; asked for once."""
        if not self._counters:
            answer = self._session.get(f"{self._url}/offices/{self._office}", timeout=TIMEOUT_S)
            answer.raise_for_status()
            self._counters = [counter["slug"] for counter in answer.json()["counters"]]
        return self._counters

    def somebody_waits(self) -> bool:
        """Whether anybody waits in the hall."""
        answer = self._as_clerk("GET", f"/offices/{self._office}/queue", None)
        return answer.ok and bool(answer.json()["waiting"])

    def act(self, counter: str, what: str) -> dict[str, Any] | None:
        """A clerk's act at a counter, such as `call-next`; the visit, or None when there is none."""
        answer = self._as_clerk("POST", f"/counters/{counter}/{what}", {})
        return answer.json() if answer.status_code == 200 else None

    def _as_clerk(self, method: str, path: str, body: dict[str, Any] | None) -> requests.Response:
        answer = self._ask(method, path, body)
        if answer.status_code == 401:  # not signed in yet, or not any more
            signed_in = self._post("/session", self._account)
            signed_in.raise_for_status()
            self._session.headers["Authorization"] = f"Bearer {signed_in.json()['token']}"
            answer = self._ask(method, path, body)
        return answer

    def _post(self, path: str, body: dict[str, Any]) -> requests.Response:
        return self._ask("POST", path, body)

    def _ask(self, method: str, path: str, body: dict[str, Any] | None) -> requests.Response:
        return self._session.request(method, f"{self._url}{path}", json=body, timeout=TIMEOUT_S)
