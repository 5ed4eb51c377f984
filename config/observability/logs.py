"""Log lines are events with values, in JSON or for a terminal; libraries' lines look the same."""

import logging.config
from typing import Any

import structlog
from structlog.typing import ExcInfo, Processor

_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(allow={"status_code"}),  # a request's repr shows its query
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]


def configuration(level: str, layout: str) -> dict[str, Any]:
    """Return the `logging` dictionary for `level` and `layout` ("json" or "console")."""
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
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "event"}},
        "root": {"handlers": ["stderr"], "level": level},
        "loggers": {
            "gunicorn.error": {"level": level, "handlers": [], "propagate": True},
            # Its lines show queries; the middleware's do not.
            "gunicorn.access": {"level": "WARNING", "handlers": []},
            "django.request": {"level": "ERROR"},  # each answer is logged once, by the middleware
            "django.server": {"level": "WARNING"},
            "django-q": {"level": "WARNING" if level == "INFO" else level},
        },
    }


def _renderers(layout: str) -> list[Processor]:
    if layout == "console":
        return [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    return [structlog.processors.ExceptionRenderer(_places), structlog.processors.JSONRenderer()]


def _places(exc_info: ExcInfo) -> list[dict[str, Any]]:
    """Show the kinds and places of errors: variables and messages may quote a customer's cell."""
    stacks = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)(exc_info)
    return [{name: stack[name] for name in ("exc_type", "is_cause", "frames")} for stack in stacks]


def configure(logging_configuration: dict[str, Any]) -> None:
    """Set up `logging` and structlog on top of it."""
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
