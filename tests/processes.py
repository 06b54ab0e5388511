"""Processes that meet before they race: whoever is ready waits for the others, however slow the machine is."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from api.cli import COMMANDS

# Each process is forked from one that has no threads and has loaded most of what they need: with `spawn` each would
# load it anew, which takes longer than the race itself.
context: Any = get_context("forkserver")
context.set_forkserver_preload(["api.assembly", "tests.booked", "tests.conftest", "tests.line",
                                *(f"api.commands.{name}" for name in COMMANDS)])

_meeting: Any = None  # a process's own: it is given when the process begins


def together(function: Callable[..., Any], jobs: list[tuple[Any, ...]], threads: int = 1) -> list[Any]:
    """Call the function with each job in a process of its own; answers what each answered, in their order.

    So many threads of each process are expected where the function calls `meet`.
    """
    meeting = context.Barrier(len(jobs) * threads)
    with ProcessPoolExecutor(len(jobs), mp_context=context, initializer=_join, initargs=(meeting,)) as pool:
        return [job.result() for job in [pool.submit(function, *job) for job in jobs]]


def meet(seconds: float = 60) -> None:
    """Wait until everybody expected is here. Raises BrokenBarrierError if somebody does not come."""
    _meeting.wait(seconds)


def _join(meeting: Any) -> None:
    global _meeting
    _meeting = meeting
