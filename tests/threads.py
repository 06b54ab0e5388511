"""Two or more at once, and what became of each."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any


def in_thread(function: Callable[..., Any], *arguments: Any) -> Future[Any]:
    """Run it in a thread of its own; what it answers or raises is in the future."""
    future: Future[Any] = Future()

    def run() -> None:
        try:
            future.set_result(function(*arguments))
        except BaseException as problem:
            future.set_exception(problem)

    threading.Thread(target=run, daemon=True).start()
    return future


def all_at_once(*functions: Callable[[], Any], seconds: float = 30) -> list[Any]:
    """Run each in a thread of its own; answers what each answered or raised, in their order."""
    futures = [in_thread(function) for function in functions]
    return [future.exception(seconds) or future.result() for future in futures]
