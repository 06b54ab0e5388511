"""The ticket's files, which the pages serve, as programs may fetch them."""

from __future__ import annotations

from api.openapi import Doc, Parameter

_ETAG = Parameter("If-None-Match", "The ETag held: 304 when the file is still the same.",
                  {"type": "string"}, '"2f7a0c1d9b8e4c5a6d3f"', "header")
_PAPER = Parameter("paper", "`a4` prints large; A6 without it.", {"type": "string"}, "a4")
_TEXT, _BYTES = {"type": "string"}, {"type": "string", "format": "binary"}
_KINDS: dict[str, tuple[str, str, dict[str, str], tuple[Parameter, ...]]] = {
    "png": ("image/png", "The QR as PNG", _BYTES, ()),
    "svg": ("image/svg+xml", "The QR as SVG", _TEXT, ()),
    "pdf": ("application/pdf", "The ticket to print", _BYTES, (_PAPER,)),
    "ics": ("text/calendar", "The visit as calendar entry", _TEXT, ()),
}

OPERATIONS = [
    (f"/t/{{token}}.{ending}", "get", Doc(
        tag="tickets", summary=summary, answer=answer, media_type=media_type,
        parameters=(*further, _ETAG), codes=("unknown_booking",), also={304: "The file held is still the same."},
        headers={"ETag": "Names the file as it is."}, as_page=True))
    for ending, (media_type, summary, answer, further) in _KINDS.items()
]
