"""The ASGI application: ready responses first, Django in threads for everything else."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import IO, Any

from config.front.bodies import BodyRefused, ClientGone, Receive, read_body, too_large
from config.front.protocol import problem_body
from config.front.ready import (
    KEPT,
    Answer,
    Entry,
    HeaderList,
    KeptResponse,
    Key,
    ReadyResponses,
    Scope,
    SentResponse,
    make_entry,
    make_key,
)
from config.front.threads import DjangoThreads, Message, Send
from config.observability.requests import Observer, RequestLog, request_id_from

# How long a request waits for the response that an equal one is getting from Django.
MAX_COALESCE_SECONDS = 0.1
# Requests with larger bodies are not looked up; a reference has at most 200 characters.
MAX_READY_BODY_BYTES = 4_096
# Bytes of requests that are remembered: 8 MB in all, and as much for what they mean.
MAX_KNOWN_REQUESTS = 4_000
MAX_KNOWN_BYTES = 2_000


@dataclass(frozen=True, slots=True)
class FrontConfig:
    """What the front needs to know of the routes behind it."""

    ready_prefixes: tuple[bytes, ...]
    """Paths of routes that may have ready responses."""
    canonical: Callable[[Scope, bytes], Hashable | None]
    """What requests have in common that get the same response in any spelling; must not block."""
    admit: Callable[[Scope], bool]
    """Counts a request against its client's limit; False if the client must wait."""
    pools: Mapping[str, int]
    """Threads by kind of route, so that one kind cannot take the threads of another."""
    pool_of: Callable[[str], str]
    """The kind of the route of a path."""
    max_body_bytes: Callable[[str], int]
    """The largest body that a path takes."""
    max_ready_bytes: int
    on_startup: Callable[[], None]
    """Called once in each process, after the fork."""


@dataclass(frozen=True, slots=True)
class KnownRequest:
    """A request that was parsed before: its key and headers."""

    key: Key
    headers: HeaderList


class Front:
    """Answers what is ready; hands the rest to Django in threads."""

    def __init__(self, django: Any, config: FrontConfig) -> None:
        self._config = config
        self._responses = ReadyResponses(config.max_ready_bytes)
        self._known: dict[bytes, KnownRequest] = {}
        self._pending: dict[Key, asyncio.Event] = {}
        self._log = RequestLog(self._call_after_step)
        self._times: dict[Observer, list[float]] = {}
        self._answers: Counter[Any] = Counter()
        self._pools = {
            name: DjangoThreads(django, threads) for name, threads in config.pools.items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or the start and end of the process (ASGI)."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["path"] == "/health" and scope["method"] in {"GET", "HEAD"}:
            await self._answer_health(scope, send)
        else:
            await self._answer_with_body(scope, receive, send)

    def answer_known(self, data: bytes, client: object) -> tuple[Answer | None, Scope]:
        """Answer the bytes of a request as `answer_ready` does, if they were remembered.

        Also returns what to add to the scope of the request if it has to be parsed after all.
        """
        known = self._known.get(data)
        if known is None or (entry := self._responses.get_current(known.key)) is None:
            return None, {}
        scope: Scope = {"client": client, "headers": known.headers}
        started = time.perf_counter()
        answer = self._answer_entry(entry, scope, started) if self._config.admit(scope) else None
        if answer is None:
            return None, {name: scope[name] for name in scope if name not in {"client", "headers"}}
        return answer, {}

    def remember(self, data: bytes, scope: Scope, body: bytes) -> None:
        """Keep the bytes of a request that `answer_ready` has answered, so as not to parse them."""
        # A client that names its requests never sends the same bytes twice.
        names = [name for name, _value in scope["headers"]]
        if len(data) > MAX_KNOWN_BYTES or b"x-request-id" in names:
            return
        if len(self._known) >= MAX_KNOWN_REQUESTS:
            self._known.clear()
        self._known[data] = KnownRequest(make_key(scope, body), scope["headers"])

    def answer_ready(self, scope: Scope, body: bytes) -> Answer | None:
        """Return status, header lines and body of a ready response; None if there is none.

        Never blocks: everything that could wait for a database, a lock or a client is Django's.
        """
        if not scope["raw_path"].startswith(self._config.ready_prefixes):
            return None
        started = time.perf_counter()
        key = make_key(scope, body)
        entry = self._responses.get(key)
        if entry is None and (canonical := self._canonical(scope, key, body)) is not None:
            entry = self._responses.get_spelling(key, canonical)
        if entry is None or not self._config.admit(scope):
            return None
        return self._answer_entry(entry, scope, started)

    def _answer_entry(self, entry: Entry, scope: Scope, started: float) -> Answer | None:
        """Count, log and render a ready response; None if Django must count the request."""
        count = entry.ready.count()
        if count is None:
            return None
        request_id = _request_id(scope)
        content = entry.render(count)
        seconds = time.perf_counter() - started
        self._observe(entry, seconds)
        self._log.write(
            entry.endpoint, entry.method, entry.status, seconds=seconds, request_id=request_id
        )
        headers = entry.header_lines(request_id, len(content))
        return entry.status, headers, b"" if entry.method == "HEAD" else content

    def _canonical(self, scope: Scope, key: Key, body: bytes) -> Hashable | None:
        """Return what equal requests have in common: their meaning, method and headers."""
        meaning = self._config.canonical(scope, body)
        return None if meaning is None else (meaning, key[0], key[4])

    def _call_after_step(self, function: Callable[[], None]) -> None:
        """Write what the ready responses of one step of the event loop have collected."""
        asyncio.get_running_loop().call_soon(function)

    def _observe(self, entry: Entry, seconds: float) -> None:
        if not self._times:
            self._call_after_step(self._write_metrics)
        self._times.setdefault(entry.observer, []).append(seconds)
        if (answers := entry.ready.answers) is not None:
            self._answers[answers] += 1

    def _write_metrics(self) -> None:
        collected, self._times = self._times, {}
        for observer, times in collected.items():
            observer.observe(times)
        for answers, number in self._answers.items():
            answers.inc(number)
        self._answers.clear()
        self._responses.report_hits()

    async def _answer_with_body(self, scope: Scope, receive: Receive, send: Send) -> None:
        limit = self._config.max_body_bytes(scope["path"])
        try:
            if _content_length(scope["headers"]) > limit:
                raise too_large()
            body = await read_body(receive, limit)
        except BodyRefused as refusal:
            await _send_refusal(scope, send, refusal)
            return
        except ClientGone:
            return
        with body:
            await self._answer(scope, body, send)

    async def _answer(self, scope: Scope, body: IO[bytes], send: Send) -> None:
        if not scope["raw_path"].startswith(self._config.ready_prefixes):
            await self._run_django(scope, body, send)
            return
        content = body.read(MAX_READY_BODY_BYTES + 1)
        body.seek(0)
        if len(content) > MAX_READY_BODY_BYTES:
            await self._run_django(scope, body, send)
            return
        key = make_key(scope, content)
        if await self._is_ready_soon(key) and (answer := self.answer_ready(scope, content)):
            await _send_answer(answer, send)
            return
        await self._render_once(key, scope, body, send)

    async def _is_ready_soon(self, key: Key) -> bool:
        """Wait for an equal request that Django answers at present; True if there was one."""
        pending = self._pending.get(key)
        if pending is None:
            return False
        try:
            async with asyncio.timeout(MAX_COALESCE_SECONDS):
                await pending.wait()
        except TimeoutError:
            return False
        return True

    async def _render_once(self, key: Key, scope: Scope, body: IO[bytes], send: Send) -> None:
        first = self._pending.setdefault(key, asyncio.Event())
        sent = SentResponse()

        async def capture(message: Message) -> None:
            sent.add(message)
            await send(message)

        try:
            await self._run_django(scope, body, capture)
            kept: KeptResponse | None = scope.get(KEPT)
            if kept is not None:
                canonical = self._canonical(scope, key, key[3])
                if (entry := make_entry(key, canonical, sent, kept)) is not None:
                    self._responses.put(key, entry)
        finally:
            first.set()
            self._pending.pop(key, None)

    async def _run_django(self, scope: Scope, body: IO[bytes], send: Send) -> None:
        pool = self._pools[self._config.pool_of(scope["path"])]
        await pool(scope, body, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._config.on_startup()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        self._log.flush()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer_health(self, scope: Scope, send: Send) -> None:
        """Answer on the event loop: a busy pool or database must not make the process look dead."""
        started, request_id = time.perf_counter(), _request_id(scope)
        headers = [
            (b"content-type", b"text/plain"),
            (b"content-length", b"2"),
            (b"cache-control", b"max-age=0, no-cache, no-store, must-revalidate, private"),
            (b"x-request-id", request_id.encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"ok"})
        seconds = time.perf_counter() - started
        Observer("/health", scope["method"]).observe([seconds])
        self._log.write("/health", scope["method"], 200, seconds=seconds, request_id=request_id)


async def _send_answer(answer: Answer, send: Send) -> None:
    """Send a ready response through ASGI, for a request whose body came later than its headers."""
    status, lines, content = answer
    headers = [tuple(line.split(b": ", 1)) for line in lines.split(b"\r\n") if line]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


async def _send_refusal(scope: Scope, send: Send, refusal: BodyRefused) -> None:
    request_id = _request_id(scope)
    content = problem_body(refusal.status, refusal.code, refusal.detail, request_id)
    headers: HeaderList = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(content)).encode()),
        (b"connection", b"close"),
        (b"x-request-id", request_id.encode()),
    ]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            return request_id_from(value.decode("latin-1"))
    return request_id_from("")


def _content_length(headers: HeaderList) -> int:
    for name, value in headers:
        if name == b"content-length":
            return int(value)  # the parser refused anything but digits
    return 0
