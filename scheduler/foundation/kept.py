"""Values that rows keep as JSON, read back as what they were."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import msgspec

Kind = TypeVar("Kind")


def reader(kind: type[Kind], *, str_keys: bool = False) -> Callable[[Any], Kind]:
    """A function that makes a `kind` of what a row keeps; make it where its module is loaded, not where it is used.

    msgspec reads a class's annotations when the class is first used, and publishes them before all are there: a
    thread that converts in that moment follows a null pointer, and the whole process is gone (0.22.0,
    StructInfo_Convert). So the annotations are read here, while modules load and no other thread is about.
    `str_keys`: keys that are numbers are kept as text. The function raises msgspec.ValidationError.
    """
    msgspec.msgpack.Decoder(kind)
    return partial(msgspec.convert, type=kind, str_keys=str_keys)
