"""The vendor's side of callbacks: forms posted to our hooks from a few threads, tried again until they are taken."""

from __future__ import annotations

import queue
import threading

import requests

THREADS = 2
WAITING = 10_000  # beyond that the oldest calls are worth more than the newest
TRIES, PAUSE_S = 5, 1.0
TIMEOUT_S = 10.0
POLL_S = 0.2  # how soon a closing is noticed


class Callbacks:
    """Posts forms in the background, in order as far as several threads keep it. `close()` it at the end."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[tuple[str, dict[str, str]]] = queue.Queue(WAITING)
        self._closing = threading.Event()
        self._threads = [threading.Thread(target=self._work, name=f"callback-{n}", daemon=True) for n in range(THREADS)]
        for thread in self._threads:
            thread.start()

    def post(self, url: str, form: dict[str, str]) -> bool:
        """Have the form posted soon; False when too many wait already, or after closing."""
        if self._closing.is_set():
            return False
        try:
            self._waiting.put_nowait((url, form))
        except queue.Full:
            return False
        return True

    def close(self) -> None:
        """Finish the calls that are under way; what waits is forgotten, as the phones are."""
        self._closing.set()
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        with requests.Session() as session:
            session.trust_env = False  # our own hooks on this machine: no proxy is meant
            while not self._closing.is_set():
                try:
                    url, form = self._waiting.get(timeout=POLL_S)
                except queue.Empty:
                    continue
                self._call(session, url, form)

    def _call(self, session: requests.Session, url: str, form: dict[str, str]) -> None:
        for _ in range(TRIES):
            try:
                if session.post(url, data=form, timeout=TIMEOUT_S).status_code == 200:
                    return
            except requests.RequestException:
                session.close()
            if self._closing.wait(PAUSE_S):
                return
