"""Request bodies, read on the event loop so that a slow client never occupies a thread."""

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import IO, Any

# A client that sends nothing for so long has gone.
CHUNK_TIMEOUT_SECONDS = 20.0
GRACE_SECONDS = 30.0
# Once the grace is over; the slowest mobile connections send ten times as much.
MIN_BYTES_PER_SECOND = 1_000
MAX_IN_MEMORY_BYTES = 1 << 20

Receive = Callable[[], Awaitable[dict[str, Any]]]


class BodyRefused(Exception):
    """The body is too large, too slow or incomplete."""

    def __init__(self, status: HTTPStatus, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail


class ClientGone(Exception):
    """The client closed the connection before the body was complete."""


async def read_body(receive: Receive, max_bytes: int) -> IO[bytes]:
    """Return the body as a file, on disk beyond `MAX_IN_MEMORY_BYTES`.

    Raises BodyRefused (413, 408) and ClientGone.
    """
    body = tempfile.SpooledTemporaryFile(MAX_IN_MEMORY_BYTES)  # noqa: SIM115  the caller closes it
    try:
        await _receive_into(body, receive, max_bytes)
    except BaseException:
        body.close()
        raise
    body.seek(0)
    return body


async def _receive_into(body: IO[bytes], receive: Receive, max_bytes: int) -> None:
    loop = asyncio.get_running_loop()
    began, received, more = loop.time(), 0, True
    while more:
        try:
            async with asyncio.timeout(CHUNK_TIMEOUT_SECONDS):
                message = await receive()
        except TimeoutError as error:
            raise _too_slow() from error
        if message["type"] == "http.disconnect":
            raise ClientGone
        chunk, more = message.get("body", b""), message.get("more_body", False)
        received += len(chunk)
        if received > max_bytes:
            raise too_large()
        if received < (loop.time() - began - GRACE_SECONDS) * MIN_BYTES_PER_SECOND:
            raise _too_slow()
        body.write(chunk)


def too_large() -> BodyRefused:
    """Return the refusal of a body that no view would take."""
    return BodyRefused(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "content_too_large", "Request body too large."
    )


def _too_slow() -> BodyRefused:
    return BodyRefused(
        HTTPStatus.REQUEST_TIMEOUT, "request_timeout", "The request body arrived too slowly."
    )
