"""Bodies: how long we wait for one to arrive, and what an answer to HEAD leaves out."""

from __future__ import annotations

import asyncio

from litestar.types import HTTPReceiveMessage, Message, Receive, Send

from scheduler.foundation.errors import Refusal

PATIENCE_S = 10.0  # 64 KiB over the slowest line that still books; a server takes only so many requests at once


def in_time(receive: Receive, seconds: float = PATIENCE_S) -> Receive:
    """`receive` that waits `seconds` in all for the request's body, however small its pieces; what comes after the
    body (that the client hung up) may take as long as it likes. Raises Refusal invalid_request.
    """
    deadline = asyncio.get_running_loop().time() + seconds
    whole = False

    async def wait() -> HTTPReceiveMessage:
        nonlocal whole
        if whole:
            return await receive()  # type: ignore[return-value]  # of a request, not of a socket
        try:
            async with asyncio.timeout_at(deadline):
                message = await receive()
        except TimeoutError:
            raise Refusal("invalid_request", why="slow") from None
        whole = message["type"] != "http.request" or not message.get("more_body")
        return message  # type: ignore[return-value]

    return wait


def without_body(send: Send) -> Send:
    """`send` that keeps the headers of an answer, its length too, and drops its body (RFC 9110, 9.3.2): all of it, so
    that a stream ends where it would begin."""
    ended = False

    async def head(message: Message) -> None:
        nonlocal ended
        if message["type"] == "http.response.body":
            if ended:
                return
            ended, message["body"], message["more_body"] = True, b"", False
        await send(message)

    return head
