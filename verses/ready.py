"""Responses that may be sent again without rendering them, and when that is exact.

A view attaches one of these objects to its response as `response.ready`; whoever serves the process
may then answer equal requests itself (`config.front` does). Each object says whether a view would
give the same response now, counts the request, and writes what changes from request to request:
the count in the body and the headers that depend on the time.
"""

import sys
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

import brotli
from django.http.response import HttpResponseBase
from prometheus_client import Counter

from verses import metrics, popularity
from verses.services.passages import Passage, fresh_until, is_settled, is_unchanged

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

Headers = list[tuple[bytes, bytes]]
# Attribute of a response under which the server finds its `ReadyPassage` or `ReadyDocument`.
READY_ATTRIBUTE = "ready"
# A response is compressed once and sent many times, so it may take more time than the levels of
# the middleware, 4 and 3.
_BROTLI_QUALITY = 5
_GZIP_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_BROTLI_END = b"\x03"  # an empty last meta-block
_ZSTD_LEVEL = 6


@dataclass(slots=True)
class ReadyPassage:
    """A response about one passage.

    `plain` is the body before any content coding, set once it is rendered; if `has_count`, the last
    number in it is the count. `make_headers` returns the headers that depend on the time; it is
    called once a second at most. `is_valid` adds conditions to those of the passage.
    """

    passage: Passage
    has_count: bool = True
    make_headers: Callable[[], Headers] = list
    is_valid: Callable[[], bool] = lambda: True
    plain: bytes = b""
    _counter_key: str = field(init=False)
    answers: Counter = field(init=False)
    _fresh_until: float = field(init=False)
    _second: int = field(default=-1, init=False)
    _headers: Headers = field(default_factory=list, init=False)

    def __post_init__(self) -> None:
        self._counter_key = popularity.counter_key(
            self.passage.translation.identifier, self.passage.osis
        )
        # The fetch was of an earlier request, so this answer comes from the cache.
        source = "cache" if self.passage.source == "upstream" else self.passage.source
        self.answers = metrics.ANSWERS.labels(source, self.passage.freshness)
        self._fresh_until = fresh_until(self.passage)

    def set_body(self, body: bytes) -> None:
        """Take the body before any content coding."""
        self.plain = body

    def is_current(self) -> bool:
        """Return whether a view would give this response now; never blocks."""
        if time.time() < self._fresh_until:
            return is_unchanged(self.passage) and self.is_valid()
        return is_settled(self.passage) and self.is_valid()

    def count(self) -> int | None:
        """Count a request; None if that needs the database."""
        return popularity.count_known(self._counter_key)

    def headers(self) -> Headers:
        """Return the headers that depend on the time."""
        second = int(time.time())
        if second != self._second:
            self._headers, self._second = self.make_headers(), second
        return self._headers

    def make_renderer(self, body: bytes, encoding: str) -> Callable[[int], bytes] | None:
        """Return what writes the body for a count in a content coding; None if it is unknown."""
        if not body or not self.has_count:
            return lambda _count: body
        head, tail = split_at_count(self.plain, self.passage.request_count)
        encoder = _ENCODERS.get(encoding)
        return None if encoder is None else encoder(head, tail)


@dataclass(frozen=True, slots=True)
class ReadyDocument:
    """A response that is the same for every request while `is_current` returns True."""

    is_current: Callable[[], bool]
    answers: Counter | None = None

    def count(self) -> int:
        """Return 0: requests of such a response are not counted."""
        return 0

    def headers(self) -> Headers:
        """Return no headers: none depends on the time."""
        return []

    def make_renderer(self, body: bytes, encoding: str) -> Callable[[int], bytes]:
        """Return what writes the body."""
        return lambda _count: body


def mark_ready(response: HttpResponseBase, ready: ReadyPassage | ReadyDocument | None) -> None:
    """Allow the server to send a response again, or forbid it with None."""
    setattr(response, READY_ATTRIBUTE, ready)


def split_at_count(body: bytes, count: int) -> tuple[bytes, bytes]:
    """Return what comes before and after the last occurrence of a number in a JSON body."""
    digits = str(count).encode()
    head, _digits, tail = body.rpartition(digits)
    return head, tail


def _identity(head: bytes, tail: bytes) -> Callable[[int], bytes]:
    return lambda count: b"%b%d%b" % (head, count, tail)


def _gzip(head: bytes, tail: bytes) -> Callable[[int], bytes]:
    """Compress `head` once; each count follows in a stored block of its own (RFC 1951, 3.2.4)."""
    deflate = zlib.compressobj(6, zlib.DEFLATED, -zlib.MAX_WBITS)
    start = _GZIP_HEADER + deflate.compress(head) + deflate.flush(zlib.Z_FULL_FLUSH)
    checksum = zlib.crc32(head)

    def render(count: int) -> bytes:
        end = b"%d%b" % (count, tail)
        size = len(end)
        return b"".join(
            (
                start,
                b"\x01",
                size.to_bytes(2, "little"),
                (size ^ 0xFFFF).to_bytes(2, "little"),
                end,
                zlib.crc32(end, checksum).to_bytes(4, "little"),
                (len(head) + size).to_bytes(4, "little"),
            )
        )

    return render


def _brotli(head: bytes, tail: bytes) -> Callable[[int], bytes]:
    """Compress `head` once; each count follows as an uncompressed meta-block (RFC 7932, 9.2)."""
    compressor = brotli.Compressor(quality=_BROTLI_QUALITY)
    start = compressor.process(head) + compressor.flush()

    def render(count: int) -> bytes:
        end = b"%d%b" % (count, tail)
        # ISLAST 0, MNIBBLES 0 (four), MLEN - 1 in 16 bits, ISUNCOMPRESSED 1, padded to a byte.
        header = ((len(end) - 1) << 3 | 1 << 19).to_bytes(3, "little")
        return b"".join((start, header, end, _BROTLI_END))

    return render


def _zstd(head: bytes, tail: bytes) -> Callable[[int], bytes]:
    """Compress `head` once; each count follows as a raw last block (RFC 8878, 3.1.1.2)."""
    compressor = zstd.ZstdCompressor(level=_ZSTD_LEVEL)
    start = compressor.compress(head, zstd.ZstdCompressor.FLUSH_BLOCK)

    def render(count: int) -> bytes:
        end = b"%d%b" % (count, tail)
        return b"".join((start, (len(end) << 3 | 1).to_bytes(3, "little"), end))

    return render


_ENCODERS: dict[str, Callable[[bytes, bytes], Callable[[int], bytes]]] = {
    "": _identity,
    "gzip": _gzip,
    "br": _brotli,
    "zstd": _zstd,
}
