"""Who asks: the client's network address, believed only from where we were told to.

X-Forwarded-For is read from the right; the first address that is not one of our proxies is the client. What stands
further left is the client's own word.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

_UNKNOWN = "0.0.0.0"  # noqa: S104 - a name for nobody, not bound


class Addresses:
    """Tells a request's client. `trusted` are the networks of our proxies."""

    def __init__(self, trusted: Sequence[str]) -> None:
        self._trusted = [ipaddress.ip_network(network) for network in trusted]
        self._is_trusted = lru_cache(4096)(self._look_up)

    def client(self, scope: Mapping[str, Any]) -> str:
        """The client's address as text."""
        peer = scope.get("client")
        address = _plain(peer[0]) if peer else _UNKNOWN
        if not self._trusted or not self._is_trusted(address):
            return address
        for hop in reversed(_forwarded(scope["headers"])):
            address = _plain(hop)
            if not self._is_trusted(address):
                break
        return address

    def _look_up(self, address: str) -> bool:
        parsed = ipaddress.ip_address(address)
        return any(parsed in network for network in self._trusted)


@lru_cache(4096)
def network_of(address: str) -> str:
    """What counts as one client: an IPv4 address, or the /64 that an IPv6 subscriber has to himself."""
    parsed = ipaddress.ip_address(address)
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


@lru_cache(4096)
def counted_as(address: str, key: bytes) -> str:
    """What the client's network is counted as: without the key nobody gets the address back from what is kept."""
    return hmac.digest(key, network_of(address).encode(), hashlib.sha256).hex()


@lru_cache(4096)
def is_loopback(address: str) -> bool:
    """Whether the client sits on this machine."""
    return ipaddress.ip_address(address).is_loopback


@lru_cache(4096)
def masked(address: str) -> str:
    """The address without its last part, for logs: `203.0.113.x`, `2001:db8:1:2::x`."""
    if ":" in address:
        return network_of(address).removesuffix("/64") + "x"
    return address.rpartition(".")[0] + ".x"


def _forwarded(headers: Sequence[tuple[bytes, bytes]]) -> list[str]:
    values = [value.decode("latin-1") for name, value in headers if name == b"x-forwarded-for"]
    return [hop.strip() for hop in ",".join(values).split(",") if hop.strip()]


def _plain(text: str) -> str:
    """An address without port, brackets and IPv4-in-IPv6; `_UNKNOWN` for what is none."""
    candidate = text.strip().removeprefix("[").split("]")[0]
    if candidate.count(":") == 1:
        candidate = candidate.split(":")[0]
    try:
        parsed = ipaddress.ip_address(candidate)
    except ValueError:
        return _UNKNOWN
    mapped = getattr(parsed, "ipv4_mapped", None)
    return str(mapped or parsed)
