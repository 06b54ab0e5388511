"""Where in the menu a session stands and what was answered so far (pure)."""

from __future__ import annotations

from datetime import datetime

import msgspec

# Screens whose answers are worth keeping when a session breaks off in front of them.
UNFINISHED = frozenset({"nik", "name", "place", "summary", "spot", "none"})
DONE = "done"


class State(msgspec.Struct, omit_defaults=True):
    """`at` names the screen that stands, the others what led there; offered starts are aware.

    `misses` counts wrong NIKs, `nears` the moments that the pages of places begin with, `before` is an unfinished
    session of the same phone that may be gone on with. `acted` holds what was answered at texts that had an effect,
    `careful` that the session started over, so that nothing takes effect that was not just asked.
    """

    at: str = ""
    language: str = "id"
    office: int | None = None
    service: int | None = None
    nik: str = ""
    name: str = ""
    typed: str = ""
    page: int = 0
    misses: int = 0
    nears: list[datetime] = []
    starts: list[datetime] = []
    start: datetime | None = None
    purpose: str = "check"
    listed: list[int] = []
    booking: int | None = None
    before: State | None = None
    acted: dict[str, str] = {}
    careful: bool = False


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(State)


def encode(state: State) -> bytes:
    """The state as bytes to seal."""
    return _encoder.encode(state)


def decode(data: bytes) -> State | None:
    """The state inside; None when another version of the menu wrote it."""
    try:
        return _decoder.decode(data)
    except msgspec.DecodeError:
        return None


def left_over(state: State) -> State | None:
    """What of a session of before can be gone on with: the answers without its history; None when nothing can."""
    if state.at not in UNFINISHED:
        return state.before
    return msgspec.structs.replace(state, before=None, acted={}, careful=False)
