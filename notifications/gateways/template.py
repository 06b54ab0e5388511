"""A carrier's HTTP interface as data: what to call, what its answers mean, what its callbacks hold (pure).

`template_file.py` reads one from a file, `http.py` calls by it. Names of fields are paths: `data.0.id` is the id in
the first element of `data`. In a form or a query a field's name is its path.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Literal
from urllib.parse import quote

from notifications.gateways.base import (
    LONGEST_ID,
    Ambiguous,
    Heard,
    Means,
    Outcome,
    Permanent,
    Reported,
    Sent,
    Temporary,
)
from notifications.gateways.numbers import Number, to_e164, written
from notifications.gateways.sessions import not_taken
from notifications.wording import gsm7
from scheduler.foundation.errors import Refusal

Body = Literal["form", "json", "query"]
Kind = Literal["sent", "temporary", "permanent", "ambiguous"]

PLACEHOLDERS = ("to", "text", "sender", "id", "secret")
PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")
LONGEST_STATUS = 40

_PRICE = re.compile(r"(?:([A-Z]{3}) ?)?([0-9]{1,8}(?:\.[0-9]{1,6})?)", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Rule:
    """What an answer means. It applies when the HTTP status is one of `statuses` (none: any) and the value at `path`
    (none: the whole answer) is one of `values` and matches `pattern`, as far as these are there."""

    outcome: Kind
    statuses: frozenset[int] = frozenset()
    path: str = ""
    values: frozenset[str] = frozenset()
    pattern: re.Pattern[str] | None = None
    reason: str = ""
    elsewhere: bool = False

    def applies(self, status: int, answer: Answer) -> bool:
        """Whether it is this rule's answer."""
        if self.statuses and status not in self.statuses:
            return False
        value = answer.at(self.path)
        if value is None:
            return False
        return (not self.values or value in self.values) and (self.pattern is None or bool(self.pattern.search(value)))


@dataclass(frozen=True, slots=True)
class Place:
    """Where in an answer something stands: at a path, or in the first group of a pattern over the whole answer."""

    path: str = ""
    pattern: re.Pattern[str] | None = None

    def read(self, answer: Answer) -> str | None:
        """What stands there."""
        if self.pattern is not None:
            found = self.pattern.search(answer.text)
            return found[1] if found else None
        return answer.at(self.path) if self.path else None


@dataclass(frozen=True, slots=True)
class Inbound:
    """The fields of a message to us; `reply` is what the carrier wants to read."""

    sender: str
    text: str
    id: str = ""
    to: str = ""
    at: str = ""
    reply: str = "OK"


@dataclass(frozen=True, slots=True)
class Reports:
    """The fields of a delivery report, and what the carrier's words in `status` mean."""

    id: str
    status: str
    phone: str = ""
    words: Mapping[str, Means] = field(default_factory=dict)
    reply: str = "OK"


@dataclass(frozen=True, slots=True)
class Call:
    """One HTTP request. `data` is a form, `json` any JSON value; None where it is the other."""

    method: str
    url: str
    headers: dict[str, str]
    params: dict[str, str] | None = None
    data: dict[str, str] | None = None
    json: Any = None


@dataclass(frozen=True, slots=True)
class Template:
    """One carrier. `price` is what one part costs where the answer tells none."""

    method: str
    address: str
    body: Body
    number: Number
    fields: Mapping[str, Any]
    rules: tuple[Rule, ...]
    headers: Mapping[str, str] = field(default_factory=dict)
    user: str = ""
    sender: str = ""
    secret: str = field(default="", repr=False)
    timeout_s: int = 9
    price: Sent = field(default_factory=Sent)
    id_place: Place = Place()
    price_place: Place = Place()
    currency_place: Place = Place()
    inbound: Inbound | None = None
    reports: Reports | None = None
    check: Call | None = None

    def call(self, phone: str, text: str, reference: str) -> Call:
        """The request for one message. `phone` in E.164; `reference` is ours, another for each try."""
        values = {"to": written(phone, self.number), "text": text, "sender": self.sender, "id": reference,
                  "secret": self.secret}
        headers = {name: fill(value, values) for name, value in self.headers.items()}
        url = fill(self.address, {name: quote(value, safe="") for name, value in values.items()})
        fields = fill(self.fields, values)
        if self.body == "json":
            return Call(self.method, url, headers, json=fields)
        if self.body == "query":
            return Call(self.method, url, headers, params=fields)
        return Call(self.method, url, headers, data=fields)

    def judge(self, status: int, body: str, text: str) -> Outcome:
        """What the answer to `text` means: the first rule that applies, then what an HTTP status says by itself."""
        answer = Answer(body)
        for rule in self.rules:
            if rule.applies(status, answer):
                return self._outcome(rule, status, answer, text)
        if not_taken(status):
            return Temporary(f"HTTP {status}")
        return Ambiguous(f"HTTP {status}, no rule for this answer")

    def heard(self, fields: Mapping[str, str]) -> Heard:
        """A message to us from the fields of a callback (`flatten` makes them of JSON). Raises
        Refusal(invalid_request, field) when one is missing."""
        if self.inbound is None:
            raise Refusal("invalid_request")
        names = self.inbound
        return Heard(_id(fields, names.id) if names.id else "", to_e164(_needed(fields, names.sender)),
                     fields.get(names.to, ""), _needed(fields, names.text), _moment(fields.get(names.at, "")))

    def reported(self, fields: Mapping[str, str]) -> Reported:
        """A delivery report, as `heard`."""
        if self.reports is None:
            raise Refusal("invalid_request")
        status = _needed(fields, self.reports.status)[:LONGEST_STATUS]
        phone = to_e164(fields.get(self.reports.phone, ""))
        return Reported(_id(fields, self.reports.id), status, phone, self.reports.words.get(status))

    def _outcome(self, rule: Rule, status: int, answer: Answer, text: str) -> Outcome:
        reason = f"HTTP {status}" + (f", {rule.reason}" if rule.reason else "")
        if rule.outcome == "sent":
            return self._sent(answer, text)
        if rule.outcome == "permanent":
            return Permanent(reason, rule.elsewhere)
        return Temporary(reason) if rule.outcome == "temporary" else Ambiguous(reason)

    def _sent(self, answer: Answer, text: str) -> Sent:
        vendor_id = self.id_place.read(answer)
        kept = vendor_id if vendor_id and len(vendor_id) <= LONGEST_ID else None
        found = _PRICE.fullmatch(self.price_place.read(answer) or "")
        if found is None:
            cost = None if self.price.cost is None else self.price.cost * gsm7.parts(text)
            return Sent(kept, cost, self.price.currency)
        unit = found[1] or self.currency_place.read(answer) or self.price.currency or ""
        return Sent(kept, Decimal(found[2]), unit) if _CURRENCY.fullmatch(unit) else Sent(kept)


class Answer:
    """A carrier's answer; read as JSON whatever its content type says, and only if a path is asked for."""

    def __init__(self, text: str) -> None:
        self.text = text.strip()
        self._fields: dict[str, str] | None = None

    def at(self, path: str) -> str | None:
        """The value at that path as text; None where there is none. Without a path the whole answer."""
        if not path:
            return self.text
        if self._fields is None:
            try:
                self._fields = flatten(json.loads(self.text, parse_float=str))
            except (ValueError, RecursionError):
                self._fields = {}
        return self._fields.get(path)


def flatten(data: Any) -> dict[str, str]:
    """The texts, numbers and truth values of a JSON value by their paths. Raises RecursionError for what is nested too
    deep."""
    return dict(_leaves(data, ""))


def _leaves(data: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _leaves(value, f"{path}.{key}" if path else str(key))
    elif isinstance(data, bool):
        yield path, str(data).lower()
    elif data is not None:
        yield path, str(data)


def fill(value: Any, values: Mapping[str, str]) -> Any:
    """`value`, which may hold others inside, with each placeholder that `values` knows replaced, once."""
    if isinstance(value, str):
        return PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), value)
    if isinstance(value, Mapping):
        return {key: fill(inner, values) for key, inner in value.items()}
    if isinstance(value, list):
        return [fill(inner, values) for inner in value]
    return value


def _needed(fields: Mapping[str, str], name: str) -> str:
    value = fields.get(name, "")
    if not value:
        raise Refusal("invalid_request", field=name)
    return value


def _id(fields: Mapping[str, str], name: str) -> str:
    value = _needed(fields, name)
    if len(value) > LONGEST_ID:
        raise Refusal("invalid_request", field=name)
    return value


def _moment(text: str) -> datetime | None:
    """A moment with its offset, or seconds since 1970; None for what tells no time zone."""
    try:
        if re.fullmatch(r"[0-9]{9,11}", text, re.ASCII):
            return datetime.fromtimestamp(int(text), UTC)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else None
