"""What the front knows of the routes behind it: limits, thread pools, and who may be admitted."""

from collections.abc import Hashable

from django.conf import settings

from config.front.app import FrontConfig
from config.front.ready import Scope
from config.observability.threads import report_limits
from config.public_routes import is_public
from verses.api.spellings import canonical_request
from verses.services import background
from verses.throttling import client

READY_PREFIXES = (b"/verse", b"/top", b"/bible-api/", b"/api/verses/daily/")
READER_PREFIX = "/verses/"
OPERATIONS = frozenset({"/ready", "/metrics"})
UPLOAD_PREFIXES = ("/api/churn/", "/churn/", "/admin/")

# The parts of a multipart upload other than its files.
FORM_BYTES = 2 << 20
# Threads by kind of route. Each thread may keep one database connection, in each process.
POOLS = {"verses": 8, "pages": 8, "operations": 2}
MAX_READY_BYTES = 32 << 20


def pool_of(path: str) -> str:
    """Return the kind of a route."""
    if path in OPERATIONS:
        return "operations"
    return "verses" if is_public(path) or path.startswith(READER_PREFIX) else "pages"


def max_body_bytes(path: str) -> int:
    """Return the largest body that a path takes; views may take less."""
    if path.startswith(UPLOAD_PREFIXES):
        return 2 * settings.MAX_UPLOAD_BYTES + FORM_BYTES  # a file of records and one of zones
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def canonical(scope: Scope, body: bytes) -> Hashable | None:
    """Return what requests for one passage have in common; None for all other requests."""
    query, headers = scope["query_string"], dict(scope["headers"])
    return canonical_request(scope["method"], scope["path"], query, body, headers)


def admit(scope: Scope) -> bool:
    """Count a request against the limit of its client; False if the client must wait."""
    if client.ADMITTED in scope:
        return True
    remote = scope["client"][0] if scope["client"] else ""
    values = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
    if values:
        headers = {"X-Forwarded-For": b",".join(values).decode("latin-1")}
        remote = client.client_of(headers, remote)
    else:
        remote = client.normalize(remote)
    if client.seconds_to_wait(remote):
        return False
    scope[client.ADMITTED] = True
    return True


def start_process() -> None:
    """Start what every web process needs."""
    report_limits(POOLS)
    background.start_once()


CONFIG = FrontConfig(
    ready_prefixes=READY_PREFIXES,
    canonical=canonical,
    admit=admit,
    pools=POOLS,
    pool_of=pool_of,
    max_body_bytes=max_body_bytes,
    max_ready_bytes=MAX_READY_BYTES,
    on_startup=start_process,
)
