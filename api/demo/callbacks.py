"""The vendor's side of callbacks: forms posted to our hooks from a few threads, tried again until they are taken."""

from __future__ import annotations

import queue
import threading

import requests

THREADS = 2
WAITING = 10_000  # beyond that the oldest calls are worth more than the newest
TRIES = 5
TIMEOUT_S = 10.0


class Callbacks:
    """Posts forms in the background, in order as far as several threads keep it. `close()` it at the end."""

    def __init__(self, *, pause_s: float = 1.0) -> None:
        self._pause_s = pause_s
        self._waiting: queue.Queue[tuple[str, dict[str, str]] | None] = queue.Queue(WAITING)
        self._closing = threading.Event()
        self._threads = [threading.Thread(target=self._work, name=f"callback-{n}", daemon=True) for n in range(THREADS)]
        for thread in self._threads:
            thread.start()

    def post(self, url: str, form: dict[str, str]) -> bool:
        """Have the form posted soon; False when too many wait already."""
        try:
            self._waiting.put_nowait((url, form))
        except queue.Full:
            return False
        return True

    def close(self) -> None:
        """Post what waits, once each, and stop."""
        self._closing.set()
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        with requests.Session() as session:
            session.trust_env = False  # our own hooks on this machine: no proxy is meant
            while (call := self._waiting.get()) is not None:
                self._call(session, *call)

    def _call(self, session: requests.Session, url: str, form: dict[str, str]) -> None:
        for _ in range(TRIES):
            try:
                if session.post(url, data=form, timeout=TIMEOUT_S).status_code == 200:
                    return
            except requests.RequestException:
                session.close()
            if self._closing.wait(self._pause_s):
                return
