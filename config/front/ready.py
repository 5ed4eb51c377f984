"""Responses that can be sent again without Django, bounded in bytes."""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, MutableMapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, TypeAlias

from prometheus_client import Counter, Gauge

from config.observability.requests import Observer

HeaderList: TypeAlias = list[tuple[bytes, bytes]]
Scope: TypeAlias = MutableMapping[str, Any]
# Method, raw path, query string, body, and the request headers that a response may depend on.
Key: TypeAlias = tuple[str, bytes, bytes, bytes, tuple[tuple[bytes, bytes], ...]]

# Status, header lines with the empty line that ends them, and body.
Answer: TypeAlias = tuple[int, bytes, bytes]

# Key of the ASGI scope under which Django's middleware leaves a `KeptResponse`.
KEPT = "front.kept"
VARYING_HEADERS = frozenset(
    {
        b"accept",
        b"accept-encoding",
        b"accept-language",
        b"authorization",
        b"content-encoding",
        b"content-type",
        b"cookie",
        b"forwarded",
        b"host",
        b"if-match",
        b"if-modified-since",
        b"if-none-match",
        b"if-range",
        b"if-unmodified-since",
        b"range",
        b"x-forwarded-host",
        b"x-forwarded-port",
        b"x-forwarded-proto",
        b"x-http-method-override",
        b"x-single-chapter-book-matching",
    }
)
PER_RESPONSE_HEADERS = frozenset({b"content-length", b"date", b"x-noise", b"x-request-id"})
# Python objects around one kept response: key, header tuples, closures. Measured with 10,000.
ENTRY_OVERHEAD_BYTES = 2_500

# A further key of a kept response.
SPELLING_BYTES = 1_000

_BYTES = Gauge("web_ready_responses_bytes", "Memory of kept responses", multiprocess_mode="livesum")
_ENTRIES = Gauge("web_ready_responses", "Kept responses", multiprocess_mode="livesum")
_LOOKUPS = Counter(
    "verses_ready_answers_total", "Requests for routes that can be ready", ["result"]
)
HITS, MISSES, EXPIRED = (_LOOKUPS.labels(result) for result in ("hit", "miss", "expired"))
SPELLINGS = _LOOKUPS.labels("spelling")


class Ready(Protocol):
    """What a view says about a response that may be sent again."""

    def is_current(self) -> bool:
        """Return whether Django would give the same response now; must not block."""

    @property
    def answers(self) -> Counter | None:
        """Return the metric that each answer adds one to; None if there is none."""

    def count(self) -> int | None:
        """Count one request and return the new total; None if that would block."""

    def make_renderer(self, body: bytes, encoding: str) -> Callable[[int], bytes] | None:
        """Return what writes the body for a count, given the body sent and its content coding.

        None if that cannot be done without rendering it again.
        """

    def headers(self) -> HeaderList:
        """Return the headers whose values change with time, such as Age."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A kept response; `headers` are those that do not change."""

    ready: Ready
    render: Callable[[int], bytes]
    endpoint: str
    method: str
    observer: Observer
    status: int
    headers: bytes
    size: int
    canonical: Hashable

    def header_lines(self, request_id: str, length: int) -> bytes:
        """Return all header lines, with the empty line that ends them."""
        lines = [name + b": " + value for name, value in self.ready.headers()]
        return b"\r\n".join(
            (
                self.headers,
                *lines,
                b"content-length: %d" % length,
                b"x-request-id: " + request_id.encode() + b"\r\n\r\n",
            )
        )


def make_key(scope: Scope, body: bytes) -> Key:
    """Return what distinguishes a request from all others that may get another response."""
    return (
        scope["method"],
        scope["raw_path"],
        scope["query_string"],
        body,
        tuple(header for header in scope["headers"] if header[0] in VARYING_HEADERS),
    )


class ReadyResponses:
    """Kept responses by request, the least recently used dropped beyond `max_bytes`.

    Used by the event loop alone, so it takes no lock.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._by_canonical: dict[Hashable, Entry] = {}
        self._bytes = 0
        self._hits = 0

    def get_current(self, key: Key) -> Entry | None:
        """Return the response for a request if it is still exact; counts nothing otherwise."""
        entry = self._entries.get(key)
        if entry is None or not entry.ready.is_current():
            return None
        self._entries.move_to_end(key)
        self._hits += 1
        return entry

    def get(self, key: Key) -> Entry | None:
        """Return the response for a request if it is still exact."""
        entry = self._entries.get(key)
        if entry is None:
            MISSES.inc()
            return None
        if not entry.ready.is_current():
            # It stays: what an open circuit breaker made of it holds again after the next probe.
            EXPIRED.inc()
            return None
        self._entries.move_to_end(key)
        self._hits += 1
        return entry

    def get_spelling(self, key: Key, canonical: Hashable) -> Entry | None:
        """Return the response for another spelling of a request, and keep it for this one too."""
        entry = self._by_canonical.get(canonical)
        if entry is None or not entry.ready.is_current():
            return None
        SPELLINGS.inc()
        self.put(key, replace(entry, size=SPELLING_BYTES + sum(map(len, key[1:4]))))
        return entry

    def report_hits(self) -> None:
        """Add the hits since the last call to the metric: one write for many requests."""
        if self._hits:
            HITS.inc(self._hits)
            self._hits = 0

    def put(self, key: Key, entry: Entry) -> None:
        """Keep a response, unless it alone would take a tenth of the memory."""
        if entry.size > self._max_bytes // 10:
            return
        self._remove(key)
        self._entries[key] = entry
        if entry.canonical is not None:
            self._by_canonical[entry.canonical] = entry
        self._bytes += entry.size
        while self._bytes > self._max_bytes:
            self._remove(next(iter(self._entries)))
        self._report()

    def __len__(self) -> int:
        return len(self._entries)

    def _remove(self, key: Key) -> None:
        if (entry := self._entries.pop(key, None)) is not None:
            self._bytes -= entry.size
            if self._by_canonical.get(entry.canonical) is entry:
                del self._by_canonical[entry.canonical]

    def _report(self) -> None:
        _ENTRIES.set(len(self._entries))
        _BYTES.set(self._bytes)


def make_entry(
    key: Key, canonical: Hashable, sent: "SentResponse", kept: "KeptResponse"
) -> Entry | None:
    """Return the entry of a response that Django gave, without the headers of this one answer.

    `canonical` is equal for requests that get the same response; None if there are no others.
    """
    changing = PER_RESPONSE_HEADERS | {name for name, _value in kept.ready.headers()}
    headers = tuple(header for header in sent.headers if header[0] not in changing)
    encoding = dict(headers).get(b"content-encoding", b"").decode("ascii")
    render = kept.ready.make_renderer(sent.body, encoding)
    if render is None:
        return None
    size = ENTRY_OVERHEAD_BYTES + len(sent.body) + sum(map(len, key[1:4]))
    size += sum(len(name) + len(value) for name, value in (*headers, *key[4]))
    return Entry(
        ready=kept.ready,
        render=render,
        endpoint=kept.endpoint,
        method=kept.method,
        observer=Observer(kept.endpoint, kept.method),
        status=sent.status,
        headers=b"\r\n".join(name + b": " + value for name, value in headers),
        size=size,
        canonical=canonical,
    )


@dataclass(slots=True)
class SentResponse:
    """A response as it went to the client."""

    status: int = 0
    headers: HeaderList = field(default_factory=list)
    body: bytes = b""

    def add(self, message: Mapping[str, Any]) -> None:
        """Take over an ASGI message."""
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        else:
            self.body += message.get("body", b"")


@dataclass(frozen=True, slots=True)
class KeptResponse:
    """What Django's middleware hands to the front about a response that may be sent again."""

    ready: Ready
    endpoint: str
    method: str
