"""The ticket's files, which the pages serve, as programs may fetch them."""

from __future__ import annotations

from api.openapi import Doc, Parameter

_ETAG = Parameter("If-None-Match", "The ETag held: 304 when the file is still the same.",
                  {"type": "string", "maxLength": 200}, '"2f7a0c1d9b8e4c5a6d3f"', "header")
_KINDS = {
    "png": ("image/png", "The QR as PNG"),
    "svg": ("image/svg+xml", "The QR as SVG"),
    "pdf": ("application/pdf", "The ticket to print"),
    "ics": ("text/calendar", "The visit as calendar entry"),
}

OPERATIONS = [
    (f"/t/{{token}}.{ending}", "get", Doc(
        tag="tickets", summary=summary, answer={"type": "string"}, media_type=media_type,
        parameters=(_ETAG,), codes=("unknown_booking",), also={304: "The file held is still the same."},
        headers={"ETag": "Names the file as it is."}, as_page=True))
    for ending, (media_type, summary) in _KINDS.items()
]
