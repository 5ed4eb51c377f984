"""The worker class of gunicorn: uvicorn's, with bounded connections."""

from typing import Any

from uvicorn_worker import UvicornWorker

from config.front.protocol import BoundedHttpProtocol

# Per process. Beyond it a client gets 503 at once instead of an unbounded wait.
MAX_CONNECTIONS = 4_000
KEEP_ALIVE_SECONDS = 75
# Less than STOP_TIMEOUT of `manage.py serve`, after which the process is killed.
GRACEFUL_SECONDS = 10


class FrontWorker(UvicornWorker):  # type: ignore[misc]  # ships no types
    """Runs the front on uvloop, with the protocol that bounds time and size of requests."""

    CONFIG_KWARGS: dict[str, Any] = {
        "loop": "uvloop",
        "http": BoundedHttpProtocol,
        "ws": "none",
        "lifespan": "on",
        "interface": "asgi3",
        "proxy_headers": False,  # the limit per client reads X-Forwarded-For by its own rule
        "server_header": False,
        "access_log": False,  # its lines show queries; the request log does not
        "limit_concurrency": MAX_CONNECTIONS,
        "timeout_graceful_shutdown": GRACEFUL_SECONDS,
    }
