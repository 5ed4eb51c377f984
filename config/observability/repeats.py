"""Collapses warnings and errors that repeat: a service that is away must not fill the log."""

import logging
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

WINDOW_SECONDS = 60.0
# Kinds of lines; beyond it the oldest is forgotten, and may then be written again too soon.
MAX_KINDS = 1_000
# Fields in which lines about the same fault differ.
_VOLATILE = frozenset(
    {"request_id", "timestamp", "chapter", "detail", "seconds", "exc_info", "attempt", "repeated"}
)


@dataclass(slots=True)
class _Seen:
    written_at: float
    hidden: int = 0


class RepeatFilter(logging.Filter):
    """Passes the first of equal lines, and one in `window` seconds after it.

    That one has the field `repeated`, the number of lines it stands for. Lines are equal if they
    have the same logger, event, fields and place of the exception.
    """

    def __init__(
        self, window: float = WINDOW_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__()
        self._window = window
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: OrderedDict[Hashable, _Seen] = OrderedDict()

    def filter(self, record: logging.LogRecord) -> bool:
        """Return whether to write the record, which may get the field `repeated`."""
        if record.levelno < logging.WARNING:
            return True
        with self._lock:
            hidden = self._pass(_kind(record))
        if hidden:
            _add_repeats(record, hidden)
        return hidden is not None

    def _pass(self, kind: Hashable) -> int | None:
        """Return how many lines were hidden before this one; None if it is hidden as well."""
        now = self._clock()
        seen = self._seen.get(kind)
        if seen is not None and now - seen.written_at < self._window:
            seen.hidden += 1
            return None
        self._seen[kind] = _Seen(now)
        self._seen.move_to_end(kind)
        if len(self._seen) > MAX_KINDS:
            self._seen.popitem(last=False)
        return 0 if seen is None else seen.hidden


def _kind(record: logging.LogRecord) -> Hashable:
    message: Any = record.msg
    exc_info: Any = record.exc_info
    fields: Hashable = message
    if isinstance(message, dict):  # an event of structlog
        exc_info = message.get("exc_info") or exc_info
        fields = tuple((k, str(v)) for k, v in sorted(message.items()) if k not in _VOLATILE)
    return record.name, record.levelno, fields, _place(exc_info)


def _place(exc_info: Any) -> Hashable:
    """Return the type of an exception and the innermost line of its traceback."""
    error = exc_info[1] if isinstance(exc_info, tuple) else exc_info
    if error is True:
        error = sys.exc_info()[1]
    if not isinstance(error, BaseException):
        return None
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = None if trace is None else (trace.tb_frame.f_code.co_filename, trace.tb_lineno)
    return type(error).__name__, place


def _add_repeats(record: logging.LogRecord, hidden: int) -> None:
    message: Any = record.msg
    if isinstance(message, dict):
        record.msg = {**message, "repeated": hidden}
    else:
        record.repeated = hidden
