"""Whether the process lives and whether the service can work, for probes and people."""

import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from redis import RedisError

from churn.services import worker
from config.errors import refusing_all_but_reading
from verses import services as verses

log = structlog.get_logger(__name__)

HEARTBEAT_OLDEST = timedelta(minutes=3)
DISK_LEAST_BYTES = 100 * 2**20


@dataclass(frozen=True, slots=True)
class Check:
    """One answer: `ok`, `degraded` (service goes on) or `failed` (it does not)."""

    status: str
    detail: str = ""


def check_database() -> Check:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Check("ok")


def check_migrations() -> Check:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return Check("failed", f"{len(missing)} not applied") if missing else Check("ok")


def check_cache() -> Check:
    """Redis may be away: the database stands in for it, so the service goes on."""
    try:
        cache.set("ready", "yes", timeout=10)
        kept = cache.get("ready") == "yes"
    except RedisError as error:
        return Check("degraded", type(error).__name__)
    return Check("ok") if kept else Check("degraded", "does not keep a value")


def check_worker() -> Check:
    beat = worker.last_heartbeat()
    if beat is None:
        return Check("degraded", "no worker has reported yet")
    age = timezone.now() - beat
    return Check("ok" if age < HEARTBEAT_OLDEST else "degraded", f"{age.total_seconds():.0f} s ago")


def check_disk() -> Check:
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.MEDIA_ROOT).free
    return Check("ok" if free > DISK_LEAST_BYTES else "failed", f"{free // 2**20} MB free")


def check_upstream() -> Check:
    status, detail = verses.upstream_health()
    return Check(status, detail)


CHECKS: dict[str, Callable[[], Check]] = {
    "database": check_database,
    "migrations": check_migrations,
    "cache": check_cache,
    "worker": check_worker,
    "disk": check_disk,
    "upstream": check_upstream,
}


@refusing_all_but_reading
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """Answer `ok` while the process lives."""
    return HttpResponse("ok", content_type="text/plain")


@refusing_all_but_reading
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Answer 200 while the service can work, 503 when a check that stops it fails."""
    checks = {name: _run(name, check) for name, check in CHECKS.items()}
    found = {check.status for check in checks.values()}
    status = next((worst for worst in ("failed", "degraded") if worst in found), "ok")
    body = {"status": status, "checks": {name: asdict(check) for name, check in checks.items()}}
    return JsonResponse(body, status=503 if status == "failed" else 200)


def _run(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except Exception:
        log.exception("ready.check_crashed", check=name)
        return Check("failed", "the check itself failed; the log says why")
