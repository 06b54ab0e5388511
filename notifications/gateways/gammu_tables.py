"""The tables of Gammu SMSD, as far as we use them: versions 13 to 18 of its schema (gammu 1.30 to 1.43).

Source: gammu-smsd-tables(7) and the schema files that come with gammu 1.42 (sqlite.sql, pgsql.sql). The columns named
here are the same in all these versions. SMSD keeps its moments without a time zone, in its own machine's or its
database's; so none of them is compared with ours.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, Dialect, Integer, Table, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

VERSIONS = range(13, 19)
CREATOR = "antre"
LONG_AGO = "2000-01-01 00:00:00"  # in every time zone: due at once, and in nobody's hands
ONE_DAY = 167  # TP-Validity-Period, 3GPP TS 23.040, 9.2.3.12.1: up to 167 it is (value - 143) * 30 minutes + 12 hours
USSD = 127  # the class of an operator's menu

metadata = sa.MetaData()


class Flag(TypeDecorator[bool]):
    """Truth: a boolean on PostgreSQL, the words true and false on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(sa.Boolean() if dialect.name == "postgresql" else Text())

    def process_bind_param(self, value: bool | None, dialect: Dialect) -> Any:
        return value if dialect.name == "postgresql" or value is None else str(value).lower()

    def process_result_value(self, value: Any, dialect: Dialect) -> bool | None:
        return bool(value) if dialect.name == "postgresql" else value == "true"


class AsText(TypeDecorator[str]):
    """Read as text, whatever the database keeps: moments without a zone, words that are a boolean elsewhere."""

    impl = Text
    cache_ok = True

    def column_expression(self, column: Any) -> Any:
        return sa.cast(column, Text)


version = Table("gammu", metadata, Column("Version", Integer))

outbox = Table(
    "outbox", metadata,
    Column("ID", Integer, primary_key=True),
    Column("SendingDateTime", Text),
    Column("SendingTimeOut", Text),
    Column("DestinationNumber", Text),
    Column("Coding", Text),
    Column("TextDecoded", Text),
    Column("MultiPart", Flag),
    Column("RelativeValidity", Integer),
    Column("DeliveryReport", Text),
    Column("CreatorID", Text),
)

sentitems = Table(
    "sentitems", metadata,
    Column("ID", Integer, primary_key=True),
    Column("SequencePosition", Integer, primary_key=True),
    Column("DestinationNumber", Text),
    Column("Status", Text),
    Column("Text", Text),
    Column("TextDecoded", Text),
    Column("CreatorID", Text),
)

inbox = Table(
    "inbox", metadata,
    Column("ID", Integer, primary_key=True),
    Column("ReceivingDateTime", AsText),
    Column("SenderNumber", Text),
    Column("UDH", Text),
    Column("Class", Integer),
    Column("Text", Text),
    Column("TextDecoded", Text),
    Column("RecipientID", Text),
    Column("Processed", Flag),
)

phones = Table(
    "phones", metadata,
    Column("ID", Text),
    Column("IMEI", Text, primary_key=True),
    Column("TimeOut", AsText),
    Column("Send", AsText),
    Column("Receive", AsText),
    Column("Battery", Integer),
    Column("Signal", Integer),
)
