"""What was asked or offered last, so that a bare number, NIK or name is understood. Kept sealed for half an hour."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import msgspec

from scheduler.foundation.privacy import SealBroken, Vault

LAPSES = timedelta(minutes=30)


class Draft(msgspec.Struct, frozen=True, tag="draft"):
    """A registration of which something is missing. `text` is the message as it came, in case it was cut in two.
    `wait`: who it is for wants to wait in line, until `day`."""

    office: int
    service: str | None
    nik: str | None
    name: str | None
    day: date | None
    text: str = ""
    after_number: bool = False
    wait: bool = False


class Services(msgspec.Struct, frozen=True, tag="services"):
    """A registration whose service is one of `candidates` (slugs), offered by number."""

    draft: Draft
    candidates: tuple[str, ...]
    after_number: bool = False


class Places(msgspec.Struct, frozen=True, tag="places"):
    """Places offered for a registration, from the `day` wanted on. `after_number`: the question before was answered by
    a number as well."""

    office: int
    service: str
    nik: str
    name: str
    starts: tuple[datetime, ...]
    after_number: bool = False
    day: date | None = None


class Line(msgspec.Struct, frozen=True, tag="line"):
    """A wish for which there was no place, and which may wait in line: for the dates from `first` to `last` (None: from
    today, to the end of what can be booked)."""

    office: int
    service: str
    nik: str
    name: str
    first: date | None
    last: date | None
    after_number: bool = False


class Offered(msgspec.Struct, frozen=True, tag="offered"):
    """Another offer to the waiting list is open: the word that answered the one before may answer it as well."""

    after_number: bool = True


class Leaving(msgspec.Struct, frozen=True, tag="leaving"):
    """Which of the phone's entries is to leave the waiting list."""

    entries: tuple[int, ...]
    after_number: bool = False


class Moves(msgspec.Struct, frozen=True, tag="moves"):
    """Other places offered for a booking."""

    booking: int
    code: str
    starts: tuple[datetime, ...]
    after_number: bool = False


class Mine(msgspec.Struct, frozen=True, tag="mine"):
    """Which of the phone's bookings is to change or to be cancelled (`act`)."""

    act: str
    bookings: tuple[int, ...]
    day: date | None = None
    after_number: bool = False


class Where(msgspec.Struct, frozen=True, tag="where"):
    """A message that needs an office, until it is named."""

    text: str
    after_number: bool = False


Pending = Draft | Services | Places | Line | Offered | Leaving | Moves | Mine | Where

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Pending).decode


def seal(vault: Vault, pending: Pending | None) -> bytes | None:
    """As it is kept."""
    return None if pending is None else vault.seal_bytes(_encode(pending))


def unseal(vault: Vault, sealed: bytes | None) -> Pending | None:
    """What was kept; None also when no key opens it, or an older version wrote what is read otherwise now: then the
    conversation begins anew, as it does after half an hour."""
    if sealed is None:
        return None
    try:
        found: Pending = _decode(vault.open_bytes(sealed))
    except (SealBroken, msgspec.DecodeError):
        return None
    return found


def count(pending: Pending | None) -> int:
    """How many numbers can be answered."""
    match pending:
        case Places(starts=starts) | Moves(starts=starts):
            return len(starts)
        case Services(candidates=candidates):
            return len(candidates)
        case Mine(bookings=bookings):
            return len(bookings)
        case Leaving(entries=entries):
            return len(entries)
    return 0
