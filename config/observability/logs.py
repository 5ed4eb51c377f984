"""Logging with structlog: events with values, as JSON or for a terminal.

Records of libraries that use the standard `logging` pass through the same processors.
"""

import logging.config
import sys
import threading
from types import TracebackType
from typing import Any

import structlog
from structlog.typing import ExcInfo, Processor

from config.observability.repeats import WINDOW_SECONDS, RepeatFilter

_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(
        allow={"status_code", "repeated"}
    ),  # `request` would log its query string
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configuration(
    level: str, layout: str, *, repeat_seconds: float = WINDOW_SECONDS
) -> dict[str, Any]:
    """Return the `logging.config` dictionary; `layout` is "json" or "console".

    Equal warnings and errors are written once in `repeat_seconds`.
    """
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "event": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": _SHARED,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    *_renderers(layout),
                ],
            }
        },
        "filters": {"repeats": {"()": RepeatFilter, "window": repeat_seconds}},
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "formatter": "event",
                "filters": ["repeats"],
            }
        },
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "gunicorn.error": {"level": level, "handlers": [], "propagate": True},
            # Access lines contain query strings; the middleware logs the route instead.
            "gunicorn.access": {"level": "WARNING", "handlers": []},
            "django.request": {"level": "ERROR"},  # the middleware logs each response once
            "django.server": {"level": "WARNING"},
            "django-q": {"level": "WARNING" if level == "INFO" else level},
        },
    }


def _renderers(layout: str) -> list[Processor]:
    if layout == "console":
        return [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    return [
        structlog.processors.ExceptionRenderer(_exception_frames),
        structlog.processors.JSONRenderer(),
    ]


def _exception_frames(exc_info: ExcInfo) -> list[dict[str, Any]]:
    """Return types and frames of exceptions, without messages and local variables.

    Both may contain customer data.
    """
    stacks = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)(exc_info)
    return [{name: stack[name] for name in ("exc_type", "is_cause", "frames")} for stack in stacks]


def configure(logging_configuration: dict[str, Any]) -> None:
    """Configure `logging`, and structlog on top of it (Django's LOGGING_CONFIG)."""
    logging.config.dictConfig(logging_configuration)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )


def log_crashes() -> None:
    """Log warnings and uncaught exceptions of this process, which Python would print as text.

    For processes that serve; a command shows them to the user who has started it.
    """
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_crash
    threading.excepthook = _log_thread_crash


def _log_crash(
    kind: type[BaseException], error: BaseException, traceback: TracebackType | None
) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    structlog.get_logger(__name__).critical("process.crashed", exc_info=(kind, error, traceback))


def _log_thread_crash(crash: threading.ExceptHookArgs) -> None:
    if crash.exc_value is None or crash.exc_type is SystemExit:
        return
    name = "" if crash.thread is None else crash.thread.name
    info = (crash.exc_type, crash.exc_value, crash.exc_traceback)
    structlog.get_logger(__name__).error("thread.crashed", thread=name, exc_info=info)
