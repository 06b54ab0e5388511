"""What messages in numbers look like as JSON."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from api.rest.schemas import Day


class MessageCount(Struct, frozen=True):
    """Messages of one kind in one state: how many, in how many SMS as carriers bill them, and the price they told, a
    decimal number of units of `currency` (ISO 4217); both null where they told none."""

    kind: str
    state: str
    count: int
    parts: int
    cost: Annotated[str, Meta(pattern=r"^\d+\.\d{4}$")] | None
    currency: str | None


class MessageDay(Struct, frozen=True):
    date: Day
    messages: list[MessageCount]


class MessagesAnswer(Struct, frozen=True):
    days: list[MessageDay]
