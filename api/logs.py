"""Logs: one line of JSON an event, on standard error, without personal data.

What may stand in a line: route templates (never paths, they hold tokens), statuses, durations, ids of rows, masked
client networks, codes. What may not: names, NIKs, phone numbers, tokens, codes of bookings, bodies, header values.
"""

from __future__ import annotations

import logging
import sys
from typing import Any, BinaryIO

import msgspec
import structlog

_encode = msgspec.json.Encoder(enc_hook=str).encode


def configure(level: str, stream: BinaryIO | None = None) -> None:
    """Send structlog's events, and what libraries log with `logging`, as JSON lines from `level` on."""
    out = stream or sys.stderr.buffer
    number = logging.getLevelNamesMapping()[level]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_texts,
            structlog.processors.JSONRenderer(serializer=lambda event, **_: _encode(event)),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.BytesLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [_Bridge()]
    root.setLevel(max(number, logging.WARNING))


def _without_texts(_logger: Any, _method: str, event: Any) -> Any:
    """An exception's text may hold values: keep its type."""
    given = event.pop("exc_info", None)
    if given:
        kind = sys.exc_info()[0] if given is True else type(given) if isinstance(given, BaseException) else given[0]
        event["exception"] = getattr(kind, "__name__", str(kind))
    return event


class _Bridge(logging.Handler):
    """What libraries say: where from and at which level; their words are not ours to vouch for."""

    def emit(self, record: logging.LogRecord) -> None:
        """Pass the record on with its unformatted message, so without the values; further lines may hold some
        (asyncio writes the exception of a lost task there)."""
        structlog.get_logger("library").log(
            record.levelno, "library", source=record.name, message=str(record.msg).partition("\n")[0][:200],
            exception=record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None,
        )
