"""Django in a pool of threads, behind ASGI."""

import asyncio
import os
from collections.abc import Callable, Coroutine, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import IO, Any

from config.front.ready import HeaderList, Scope

Message = dict[str, Any]
Send = Callable[[Message], Coroutine[Any, Any, None]]

# Of a streamed response in one message; Django reads files in blocks of 4 kB.
BLOCK_BYTES = 1 << 16


class DjangoThreads:
    """Runs a WSGI application in at most `threads` threads.

    A whole response comes back in one step: with a message per header and chunk, as in a2wsgi,
    the thread and the event loop would wait for the interpreter lock three times.
    """

    def __init__(self, application: Any, threads: int) -> None:
        self._application = application
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix="django")

    async def __call__(self, scope: Scope, body: IO[bytes], send: Send) -> None:
        """Answer one request."""
        loop = asyncio.get_running_loop()

        def stream(message: Message) -> None:
            # The result is awaited, so a slow client slows down the view and not the memory.
            asyncio.run_coroutine_threadsafe(send(message), loop).result()

        environ = build_environ(scope, body)
        run = copy_context().run
        messages = await loop.run_in_executor(self._executor, run, self._run, environ, stream)
        for message in messages:
            await send(message)

    def _run(self, environ: dict[str, Any], stream: Callable[[Message], None]) -> list[Message]:
        """Return the messages of a response that is complete; send those of a streamed one."""
        start: Message = {"type": "http.response.start"}

        def start_response(status: str, headers: list[tuple[str, str]], *_exc_info: Any) -> None:
            start["status"] = int(status[:3])
            start["headers"] = encode_headers(headers)

        response = self._application(environ, start_response)
        try:
            if not getattr(response, "streaming", False):
                return [start, {"type": "http.response.body", "body": b"".join(response)}]
            stream(start)
            for block in join_blocks(response):
                stream({"type": "http.response.body", "body": block, "more_body": True})
            return [{"type": "http.response.body"}]
        finally:
            # Here, because Django's signal closes the database connections of this thread.
            getattr(response, "close", lambda: None)()


def encode_headers(headers: Iterable[tuple[str, str]]) -> HeaderList:
    """Return WSGI headers as ASGI has them."""
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]


def join_blocks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield chunks joined to at least BLOCK_BYTES, but for the last."""
    joined, size = [], 0
    for chunk in chunks:
        joined.append(chunk)
        size += len(chunk)
        if size >= BLOCK_BYTES:
            yield b"".join(joined)
            joined, size = [], 0
    if joined:
        yield b"".join(joined)


def build_environ(scope: Scope, body: IO[bytes]) -> dict[str, Any]:
    """Return the WSGI environment of a request (PEP 3333); repeated headers are joined."""
    host, port = scope.get("server") or ("localhost", 80)
    client = scope.get("client") or ("", 0)
    environ = {
        "asgi.scope": scope,
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": os.environ.get("SCRIPT_NAME", ""),
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 0),
        "REMOTE_ADDR": client[0],
        "REMOTE_PORT": str(client[1]),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw_name, raw_value in scope["headers"]:
        name = raw_name.decode("latin-1").upper().replace("-", "_")
        if name not in {"CONTENT_TYPE", "CONTENT_LENGTH"}:
            name = f"HTTP_{name}"
        value = raw_value.decode("latin-1")
        separator = "; " if name == "HTTP_COOKIE" else ","
        environ[name] = f"{environ[name]}{separator}{value}" if name in environ else value
    return environ
