"""Any carrier with an HTTP interface, by a template: most local aggregators fit."""

from __future__ import annotations

import secrets

import requests

from notifications.gateways.base import Outcome, Permanent
from notifications.gateways.numbers import E164, NOT_E164
from notifications.gateways.sessions import CONNECT_S, Sessions, broken_off
from notifications.gateways.template import Template

NAME = "http"


class HttpGateway:
    """Sends as the template says. `timeouts_s` are those to connect and to answer; without them the template's."""

    name = NAME

    def __init__(self, template: Template, *, timeouts_s: tuple[float, float] | None = None) -> None:
        self.template = template
        self._sessions = Sessions(template.address)
        self._timeouts_s = timeouts_s or (CONNECT_S, float(template.timeout_s))

    def send(self, phone: str, text: str) -> Outcome:
        """One attempt; see `base.Gateway`."""
        if not E164.fullmatch(phone):
            return Permanent(NOT_E164)
        template = self.template
        call = template.call(phone, text, secrets.token_hex(12))
        try:
            response = self._sessions.request(
                call.method, call.url, headers=call.headers, params=call.params, data=call.data, json=call.json,
                auth=(template.user, template.secret) if template.user else None, timeout=self._timeouts_s)
        except requests.RequestException as problem:
            return broken_off(problem)
        return template.judge(response.status_code, response.content.decode("utf-8", "replace"), text)

    def close(self) -> None:
        """Close the connections that are kept open."""
        self._sessions.close()
