"""The baseline of the doors: a route that does nothing, on the same server with as many processes."""

from __future__ import annotations

import sys

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server
from litestar import Litestar, get


@get("/livez", sync_to_thread=False)
def hello() -> dict[str, str]:
    """Answer a small JSON object."""
    return {"hello": "world"}


def make() -> Litestar:
    """The application, made in each process."""
    return Litestar([hello], openapi_config=None, logging_config=None)


if __name__ == "__main__":
    Server("bench.hello:make", factory=True, address="127.0.0.1", port=int(sys.argv[1]), interface=Interfaces.ASGI,
           workers=int(sys.argv[2]), websockets=False, backlog=1024, log_level=LogLevels.error).serve()
