"""Receipt printers in an office's own network: a job goes over TCP to `host:port`, raw, as port 9100 takes it.

Only addresses of private networks and of this machine are written to, given as numbers: no name can lead elsewhere, and
nobody can make the server talk to the internet. Jobs run in a few threads with short time-outs, so a printer that is
off or hangs costs whoever asked a moment and nobody else anything. Nothing is sent twice: what became of a job that
broke off in the middle is not known, and a person can ask for the paper again.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

RAW = 9100        # the port of raw printing
CONNECT_S = 1.0   # until it takes the call
ANSWER_S = 0.4    # until it says how it is; many never do
SEND_S = 2.0      # until it has taken the job
THREADS = 8
MOST_WAITING = 32  # jobs of this process, those under way among them

# What became of a job. All but the first are told in words, with a way to ask again.
PRINTED, UNREACHABLE, NO_PAPER, NOT_READY, NOT_ALLOWED, BUSY = OUTCOMES = (
    "printed", "unreachable", "no_paper", "not_ready", "not_allowed", "busy")

# Private-use networks (RFC 1918, RFC 4193) and this machine; not 169.254/16, where clouds keep what is secret.
_NETWORKS = tuple(map(ipaddress.ip_network, (
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "fc00::/7", "::1/128")))

# What clouds keep there all the same, at addresses of their own: Amazon's, Google's.
_SECRET = frozenset(map(ipaddress.ip_address, ("fd00:ec2::254", "fd20:ce::254")))

# Real-time status (DLE EOT n): 1 the printer, 4 the paper. Bits 0, 1, 4 and 7 of an answer are fixed; anything else
# that comes is no answer.
_ASK_PRINTER, _ASK_PAPER = b"\x10\x04\x01", b"\x10\x04\x04"
_FIXED, _FIXED_VALUE = 0b10010011, 0b00010010
_OFFLINE, _PAPER_END = 0b00001000, 0b01100000


def target(address: str) -> tuple[str, int]:
    """Host and port of a printer's address, such as `192.168.1.50`, `192.168.1.50:9100` or `[fd00::5]:9100`.

    Raises ValueError when it is none, or not one of a private network.
    """
    parts = urlsplit(f"//{address.strip()}")
    if parts.netloc != address.strip() or "@" in parts.netloc:
        raise ValueError("a printer's address is host and port, nothing else")
    if "%" in parts.netloc:
        raise ValueError("a printer's address names no interface of this machine")
    ip, port = ipaddress.ip_address(parts.hostname or ""), RAW if parts.port is None else parts.port
    if port == 0 or ip in _SECRET or not any(ip in network for network in _NETWORKS):
        raise ValueError("a printer stands in the office's own network")
    return str(ip), port


def as_kept(address: str) -> str:
    """The same address in one way of writing. Raises ValueError as `target`."""
    host, port = target(address)
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class Printers:
    """Sends jobs off the event loop. Make one a process."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="print")
        self._waiting = 0
        self._lines: dict[tuple[str, int], threading.Lock] = {}

    async def send(self, address: str, job: bytes) -> str:
        """Print the job; answers one of OUTCOMES and never raises for a printer's fault."""
        try:
            where = target(address)
        except ValueError:
            return NOT_ALLOWED
        if self._waiting >= MOST_WAITING:
            return BUSY
        self._waiting += 1
        try:
            line = self._lines.setdefault(where, threading.Lock())
            return await asyncio.get_running_loop().run_in_executor(self._threads, _in_turn, line, where, job)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Let the threads go; what is being sent is still sent."""
        self._threads.shutdown(wait=False)


def _in_turn(line: threading.Lock, where: tuple[str, int], job: bytes) -> str:
    """One job at a time for a printer: it takes one call, and a second would wait until its time is out."""
    if not line.acquire(timeout=CONNECT_S + ANSWER_S + SEND_S):
        return BUSY
    try:
        return _print(where, job)
    finally:
        line.release()


def _print(where: tuple[str, int], job: bytes) -> str:
    try:
        with socket.create_connection(where, CONNECT_S) as printer:
            trouble = _trouble(printer)
            if trouble is not None:
                return trouble
            printer.settimeout(SEND_S)
            printer.sendall(job)
            _part(printer)
            return PRINTED
    except OSError:
        return UNREACHABLE


def _trouble(printer: socket.socket) -> str | None:
    """What the printer says is wrong; None for one that is well, or says nothing."""
    printer.sendall(_ASK_PAPER + _ASK_PRINTER)
    said = _answers(printer, 2)
    if said and said[0] & _PAPER_END:
        return NO_PAPER
    return NOT_READY if len(said) > 1 and said[1] & _OFFLINE else None


def _answers(printer: socket.socket, number: int) -> bytes:
    """So many status bytes, or those that came in time."""
    said, until = b"", time.monotonic() + ANSWER_S
    while len(said) < number and (left := until - time.monotonic()) > 0:
        printer.settimeout(left)
        try:
            came = printer.recv(16)
        except TimeoutError:
            break
        if not came:
            break
        said += bytes(byte for byte in came if byte & _FIXED == _FIXED_VALUE)
    return said


def _part(printer: socket.socket) -> None:
    """Say that no more comes and read what the printer still says: an answer nobody read would reset the connection,
    and with it what the printer has not printed yet."""
    printer.shutdown(socket.SHUT_WR)
    until = time.monotonic() + ANSWER_S
    while (left := until - time.monotonic()) > 0:
        printer.settimeout(left)
        try:
            if not printer.recv(256):
                return
        except OSError:
            return
