"""HTTP as a carrier's adapter needs it: connections that are kept, and what a call without an answer means.

Each thread has its own connections. Redirects are not followed: a POST then turns into a GET, and its answer looks
like success. Proxy variables are honoured, except towards loopback, where nobody means them.
"""

from __future__ import annotations

import ipaddress
import ssl
import threading
import time
from typing import Any
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import MaxRetryError

from notifications.gateways.base import Ambiguous, Outcome, Temporary

CONNECT_S = 3.05  # a little over TCP's three-second retransmission
ANSWER_S = 9.05
IDLE_S = 5.0  # a connection unused for longer is not trusted: the other side may be closing it right now

# HTTP statuses that say: not taken, but perhaps later. Wrong key or address (401, 403, 404, 3xx) is for the operator
# to mend; 408 and 429 ask to come again; 503 is the one 5xx a server answers before it does anything.
_NOT_TAKEN = frozenset({401, 403, 404, 408, 425, 429, 503})


class Sessions:
    """Calls one host. `close()` it at the end."""

    def __init__(self, url: str) -> None:
        self._trust_env = not is_loopback(url)
        self._mine = threading.local()
        self._made: list[requests.Session] = []
        self._lock = threading.Lock()

    def request(self, method: str, url: str, **options: Any) -> requests.Response:
        """One call on this thread's connection; `options` as `requests.Session.request` takes them. Raises
        requests.RequestException, which `broken_off` understands."""
        return self._session().request(method, url, allow_redirects=False, **options)

    def close(self) -> None:
        """Close the connections that are kept open."""
        with self._lock:
            for session in self._made:
                session.close()

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._mine, "session", None)
        if session is None:
            session = requests.Session()
            session.trust_env = self._trust_env
            with self._lock:
                self._made.append(session)
            self._mine.session = session
        elif time.monotonic() - self._mine.used > IDLE_S:
            session.close()  # drops its connections; the next request opens a new one
        self._mine.used = time.monotonic()
        return session


def is_loopback(url: str) -> bool:
    """Whether the address is this machine's own."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def not_taken(status: int) -> bool:
    """Whether this HTTP status says by itself that the message was surely not taken, and may be later."""
    return status in _NOT_TAKEN or 300 <= status < 400


def broken_off(problem: requests.RequestException) -> Outcome:
    """What an error without an answer means: did the request leave?

    requests 2.34 / urllib3 2.8: what fails while connecting comes as ConnectTimeout, ProxyError, or ConnectionError
    around MaxRetryError; what fails later as ReadTimeout or ConnectionError around ProtocolError. SSLError can be
    either, but a certificate is judged before anything is sent.
    """
    cause = problem.args[0] if problem.args else None
    if isinstance(problem, requests.exceptions.SSLError):
        inner = getattr(cause, "reason", cause)
        refused = any(isinstance(part, ssl.SSLCertVerificationError) for part in getattr(inner, "args", ()))
        return Temporary("certificate not accepted") if refused else Ambiguous("TLS broke off")
    if isinstance(problem, requests.ConnectTimeout | requests.exceptions.ProxyError):
        return Temporary("no connection")
    if isinstance(problem, requests.ConnectionError):
        return Temporary("no connection") if isinstance(cause, MaxRetryError) else Ambiguous("connection broke off")
    if isinstance(problem, requests.ReadTimeout):
        return Ambiguous("no answer in time")
    if isinstance(problem, ValueError):  # InvalidURL and its kin: nothing could be sent
        return Temporary("address of the vendor is wrong")
    return Ambiguous(f"answer broke off ({type(problem).__name__})")
