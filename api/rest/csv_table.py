"""The days of an office as CSV: one tidy table, as RFC 4180 and as spreadsheet programs read it.

    UTF-8 with its mark       else they take letters beyond ASCII for others
    comma, CRLF, quotes       RFC 4180
    whole numbers only        a decimal point means thousands where a comma is the decimal mark
    a quote before `=` ...    a name that begins like a formula is shown and not worked out

No row is about a person: each counts what happened on a date, for a service, at a counter.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import astuple
from typing import Any

from scheduler.offices import Office
from ticketing.tidy import COLUMNS, Counts, Key

MEDIA_TYPE = "text/csv"
HEAD = ("date", "service", "service_name", "counter", "counter_name", *COLUMNS)
_MARK = "\ufeff"
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")  # how a cell begins that is worked out


def write(office: Office, rows: Iterable[tuple[Key, Counts]], language: str) -> bytes:
    """The table; names in `language`."""
    file = io.StringIO()
    file.write(_MARK)
    writer = csv.writer(file)  # the default dialect ends lines with CRLF and doubles quotes
    writer.writerow(HEAD)
    writer.writerows(_cells(office, rows, language))
    return file.getvalue().encode()


def _cells(office: Office, rows: Iterable[tuple[Key, Counts]], language: str) -> Iterator[tuple[Any, ...]]:
    for (on, service_id, counter_id), counts in rows:
        service = office.by_id[service_id]
        counter = office.counters_by_id.get(counter_id or 0)
        name = service.name.get(language, service.slug)
        place = ("", "") if counter_id is None else (
            (str(counter_id), "") if counter is None else (counter.slug, counter.name))
        yield on.isoformat(), harmless(service.slug), harmless(name), *map(harmless, place), *astuple(counts)


def harmless(text: str) -> str:
    """The text as a cell that no program takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
