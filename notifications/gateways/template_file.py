"""The file behind the gateway http: TOML in, a `Template` out, every mistake told at its line.

docs/connecting.md says what each key means; `examples/` has two files to start from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, cast, get_args
from urllib.parse import quote

from notifications.gateways.base import Means, Sent
from notifications.gateways.numbers import Number
from notifications.gateways.template import (
    PLACEHOLDER,
    PLACEHOLDERS,
    Body,
    Call,
    Inbound,
    Kind,
    Place,
    Reports,
    Rule,
    Template,
    fill,
)
from scheduler.foundation.config import PRICE
from scheduler.foundation.errors import SettingsError
from scheduler.toml_sections import Form, Section, read, suggestion

IN_HEADERS = ("secret", "sender", "id")  # a header takes neither a number nor a text of any alphabet
LONGEST_TIMEOUT_S = 25  # a message's claim outlives it

_ADDRESS = Form(r"https?://[^\s/{}]+(/\S*)?", "an address that begins with https:// and holds no space")
_PATH = Form(r"\S+", "the name of a field, its path with dots between")
_PRICE = Form(PRICE.pattern, "a currency and what one SMS costs")
_HEADER = re.compile(r"[A-Za-z0-9-]+", re.ASCII)


def load(path: str, secret: str) -> Template:
    """The template in that file. Raises SettingsError with the file, the line and what to write."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise SettingsError(f"ANTRE_HTTP_GATEWAY_FILE cannot be read: {problem}.") from None
    section, problems = read(text)
    template = _template(section, secret) if section is not None else None
    if problems.found or template is None:
        raise SettingsError(f"{path}, {problems.listed()[0]}")
    return template


def _template(file: Section, secret: str) -> Template:
    send = file.section("send")
    taken = file.section("taken", optional=True)
    template = Template(
        method=send.choice("method", ("POST", "GET", "PUT")),
        address=_checked(send, "address", _address(send, "address")),
        body=cast(Body, send.choice("body", get_args(Body))),
        number=cast(Number, send.choice("number", get_args(Number))),
        fields=_fields(send),
        rules=tuple(_rule(one) for one in file.sections("answer", like='[[answer]], with outcome = "sent"', most=50)),
        headers=_headers(send),
        user=send.text("user", 100, like="disdukcapil", optional=True),
        sender=send.text("sender", 20, like="DISDUKCAPIL", optional=True),
        secret=secret,
        timeout_s=send.whole("timeout_s", 1, LONGEST_TIMEOUT_S, default=9),
        price=_price(send),
        id_place=_place(taken, "id"),
        price_place=_place(taken, "price"),
        currency_place=_place(taken, "currency"),
        inbound=_inbound(file),
        reports=_reports(file),
        check=_check(file, secret),
    )
    _together(file, send, template)
    for section in (send, taken, file):
        section.close()
    return template


def _together(file: Section, send: Section, template: Template) -> None:
    """What only several keys show."""
    if file.sound("answer") and not any(rule.outcome == "sent" for rule in template.rules):
        file.wrong("answer", 'no [[answer]] says what success is; write one with outcome = "sent".')
    used = set(_placeholders([template.address, template.fields, template.headers]))
    for name in ("to", "text"):
        if send.sound("fields", "address") and name not in used:
            send.wrong("fields", f'nothing holds {{{name}}}; write for example: {name} = "{{{name}}}"')
    if not template.secret and ("secret" in used or template.user):
        send.wrong("user" if template.user else "fields",
                   "{secret} is empty; set ANTRE_HTTP_GATEWAY_SECRET or ANTRE_HTTP_GATEWAY_SECRET_FILE.")
    if (template.user or "secret" in _placeholders(template.headers)) and not template.secret.isascii():
        send.wrong("user" if template.user else "headers",
                   "a header holds ASCII only; take signs such as é out of ANTRE_HTTP_GATEWAY_SECRET.")
    if "sender" in used and not template.sender and send.sound("sender"):
        send.wrong("sender", 'sender is missing; write for example: sender = "DISDUKCAPIL"')


def _address(section: Section, key: str) -> str:
    return section.text(key, 500, form=_ADDRESS, like="https://sms.aggregator.example/api/send")


def _fields(send: Section) -> dict[str, Any]:
    fields = send.table("fields", like='[send.fields], with to = "{to}" and text = "{text}"')
    nested = send.choice("body", get_args(Body)) == "json"
    for key, value in fields.items():
        if not nested and not isinstance(value, str):
            send.wrong("fields", f'{key} must be a text in quotes, like "1": only json holds anything else.', key)
    return cast(dict[str, Any], _checked(send, "fields", fields))


def _headers(send: Section, known: tuple[str, ...] = IN_HEADERS) -> dict[str, str]:
    headers = send.table("headers", like='a section headers, with Authorization = "Bearer {secret}"', optional=True)
    for key, value in headers.items():
        if not _HEADER.fullmatch(key) or not isinstance(value, str) or not (value.isascii() and value.isprintable()):
            send.wrong("headers", f'{key} must be a name and a plain text, like X-Api-Key = "{{secret}}".', key)
    return cast(dict[str, str], _checked(send, "headers", headers, known))


def _checked(section: Section, key: str, value: Any, known: tuple[str, ...] = PLACEHOLDERS) -> Any:
    """The value as it is, once its placeholders are known ones."""
    for name in _placeholders(value):
        if name not in known:
            listed = ", ".join(f"{{{one}}}" for one in known)
            section.wrong(key, f"{{{name}}} is not known here.{suggestion(name, known)} Known are: {listed}.")
    return value


def _placeholders(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from PLACEHOLDER.findall(value)
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _placeholders(inner)


def _rule(one: Section) -> Rule:
    rule = Rule(
        outcome=cast(Kind, one.choice("outcome", get_args(Kind))),
        statuses=frozenset(one.wholes("statuses", 200, 599, most=50)),
        path=one.text("path", 100, form=_PATH, like="data.status", optional=True),
        values=frozenset(one.texts("values", 100, like="success", most=50, optional=True)),
        pattern=_pattern(one, "matches"),
        reason=one.text("reason", 60, like="balance too low", optional=True),
        elsewhere=one.yes("elsewhere"),
    )
    if one.sound("statuses", "path", "values", "matches") and rule.outcome == "sent" and _says_nothing(rule):
        one.wrong("outcome", 'success needs more than an HTTP status; write for example: path = "status" and '
                             'values = ["success"].')
    if rule.elsewhere and rule.outcome != "permanent":
        one.wrong("elsewhere", 'elsewhere goes with outcome = "permanent"; take it out here.')
    one.close()
    return rule


def _says_nothing(rule: Rule) -> bool:
    """A carrier, and any proxy before it, answers 200 to a message it refuses as well."""
    return not (rule.values or rule.pattern or rule.path)


def _pattern(section: Section, key: str, groups: int | None = None) -> re.Pattern[str] | None:
    text = section.text(key, 300, like="^0[|]", optional=True)
    if not text:
        return None
    try:
        pattern = re.compile(text)
    except re.error as problem:
        section.wrong(key, f"{key} must be a regular expression, like '^0[|]'; {problem.msg}.")
        return None
    if groups is not None and pattern.groups != groups:
        section.wrong(key, f"{key} must have one pair of round brackets around what is looked for, like '^0[|](.+)$'.")
    return pattern


def _place(taken: Section, name: str) -> Place:
    path = taken.text(name, 100, form=_PATH, like=f"data.{name}", optional=True)
    pattern = _pattern(taken, f"{name}_matches", groups=1)
    if path and pattern:
        taken.wrong(f"{name}_matches", f"write {name} or {name}_matches, not both.")
    return Place(path, pattern)


def _price(send: Section) -> Sent:
    found = PRICE.fullmatch(send.text("price", 30, form=_PRICE, like="IDR 350", optional=True))
    return Sent(None, Decimal(found[2]), found[1]) if found else Sent()


def _inbound(file: Section) -> Inbound | None:
    if not file.has("inbound"):
        return None
    section = file.section("inbound")
    inbound = Inbound(
        sender=_name(section, "sender"), text=_name(section, "text"), id=_name(section, "id", optional=True),
        to=_name(section, "to", optional=True), at=_name(section, "at", optional=True), reply=_reply(section))
    section.close()
    return inbound


def _reports(file: Section) -> Reports | None:
    if not file.has("reports"):
        return None
    section = file.section("reports")
    words: dict[str, Means] = {}
    for means in get_args(Means):
        for word in section.texts(means, 40, like="DELIVRD", most=50, optional=True):
            if word in words:
                section.wrong(means, f'"{word}" means {words[word]} as well; write it once.')
            words[word] = means
    reports = Reports(id=_name(section, "id"), status=_name(section, "status"),
                      phone=_name(section, "phone", optional=True), words=words, reply=_reply(section))
    section.close()
    return reports


def _name(section: Section, key: str, *, optional: bool = False) -> str:
    return section.text(key, 100, form=_PATH, like=f"message_{key}", optional=optional)


def _reply(section: Section) -> str:
    return section.text("reply", 200, like="OK", optional=True) or "OK"


def _check(file: Section, secret: str) -> Call | None:
    """The request of `antre doctor`: it must send nothing."""
    if not file.has("check"):
        return None
    section = file.section("check")
    address = _checked(section, "address", _address(section, "address"), ("secret",))
    headers = _headers(section, ("secret",))
    section.close()
    return Call("GET", fill(address, {"secret": quote(secret, safe="")}), fill(headers, {"secret": secret}))
