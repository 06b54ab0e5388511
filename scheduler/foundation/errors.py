"""Refusals: a rule said no.

    Refusal                 carries a stable code and details; never words, never an HTTP status
    SettingsError           a setting is missing or senseless: the start stops with one sentence

The doors translate codes into words and statuses; `CODES` is the list they must cover.
"""

from __future__ import annotations

from typing import Any

CODES: dict[str, str] = {
    "invalid_nik": "The NIK is not 16 digits with a real date inside.",
    "invalid_phone": "The number is not a mobile number that can get an SMS.",
    "invalid_name": "The name is empty, too long, or holds characters no name has.",
    "invalid_email": "The text is no e-mail address that mail can be sent to.",
    "invalid_request": "The request is malformed: a field is missing, unknown or of the wrong form.",
    "unknown_office": "No office has that slug.",
    "unknown_service": "The office has no such service.",
    "unknown_booking": "No booking has that token or code.",
    "reason_required": "The service is online: say why the online way does not serve.",
    "outside_hours": "No visit starts at that moment.",
    "office_closed": "The office is closed on that day.",
    "too_soon": "The start is past, or nearer than the office's notice.",
    "too_far": "The start lies beyond the office's booking horizon.",
    "slot_full": "The slot has no place left for that many people.",
    "day_full": "The day has no place left for that many people.",
    "already_booked": "The NIK has an active booking.",
    "already_waiting": "The NIK is on the waiting list.",
    "offer_over": "The offer lapsed, was answered, or was withdrawn.",
    "too_many_for_phone": "The phone has as many active bookings as one phone may have, or gave up ten within a day.",
    "already_cancelled": "The booking was cancelled before.",
    "already_admitted": "The visitor was admitted, so the booking can no longer change.",
    "move_limit": "The booking was moved as often as it may be.",
    "unknown_counter": "The office has no such counter.",
    "unknown_number": "Nobody has that queue number today.",
    "nobody_called": "Nobody is at the counter.",
    "not_waiting": "The visitor does not wait: they are at a counter, or their visit is over.",
    "nothing_to_undo": "The counter's last step cannot be taken back: there is none, or something happened since.",
    "not_authenticated": "Sign in first.",
    "not_allowed": "The account's role does not allow this.",
    "too_many_requests": "Too many requests in a short time: wait, then try again.",
    "idempotency_key_reused": "The idempotency key was used with another request.",
}


class Refusal(Exception):
    """A rule said no. `code` is one of `CODES`; `details` are plain JSON-able values for the door.

    Details every door understands: `field` (the input at fault), `alternatives` (bookable starts,
    aware datetimes), `may_wait` (the waiting list takes the wish), `ask_again` (when a place may have become free, an
    aware datetime), `retry_after` (seconds).
    """

    def __init__(self, code: str, **details: Any) -> None:
        assert code in CODES, code
        super().__init__(code)
        self.code = code
        self.details = details


class SettingsError(Exception):
    """A setting is missing or senseless; the text is one sentence that names it."""


def driver_code(problem: BaseException) -> str | None:
    """What the database calls its error, `SQLITE_FULL` or the SQLSTATE `53100`: a cause for the log without values."""
    driver = getattr(problem, "orig", None)
    code: str | None = getattr(driver, "sqlite_errorname", None) or getattr(driver, "sqlstate", None)
    return code
