"""Liveness (`/health`) and readiness (`/ready`) probes."""

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
from config.errors import safe_methods_only
from verses.services.health import upstream_health

log = structlog.get_logger(__name__)

# Workers report once a minute (churn.tasks); two reports may be missed, for example in a restart.
MAX_HEARTBEAT_AGE = timedelta(minutes=3)
# A job that finds the disk full fails after minutes of work; this is noticed before.
MIN_FREE_BYTES = 100 * 2**20


@dataclass(frozen=True, slots=True)
class Check:
    """Result of one check: `ok`, `degraded` (still serving) or `failed` (not ready)."""

    status: str
    detail: str = ""


def check_database() -> Check:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Check("ok")


def check_migrations() -> Check:
    executor = MigrationExecutor(connection)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return Check("failed", f"{len(missing)} unapplied") if missing else Check("ok")


def check_cache() -> Check:
    """Redis is optional: leases and throttling work without it, so its failure only degrades."""
    try:
        cache.set("ready", "yes", timeout=10)
        is_stored = cache.get("ready") == "yes"
    except RedisError as error:
        return Check("degraded", type(error).__name__)
    return Check("ok") if is_stored else Check("degraded", "a value was not stored")


def check_worker() -> Check:
    last_heartbeat = worker.last_heartbeat()
    if last_heartbeat is None:
        return Check("degraded", "no worker heartbeat yet")
    age = timezone.now() - last_heartbeat
    return Check(
        "ok" if age < MAX_HEARTBEAT_AGE else "degraded", f"{age.total_seconds():.0f} s ago"
    )


def check_disk() -> Check:
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.MEDIA_ROOT).free
    return Check("ok" if free > MIN_FREE_BYTES else "failed", f"{free // 2**20} MB free")


def check_upstream() -> Check:
    status, detail = upstream_health()
    return Check(status, detail)


CHECKS: dict[str, Callable[[], Check]] = {
    "database": check_database,
    "migrations": check_migrations,
    "cache": check_cache,
    "worker": check_worker,
    "disk": check_disk,
    "upstream": check_upstream,
}


@safe_methods_only
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """Return `ok` while the process is alive."""
    return HttpResponse("ok", content_type="text/plain")


@safe_methods_only
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Run every check: 503 if one of them failed, else 200."""
    checks = {name: _run(name, check) for name, check in CHECKS.items()}
    statuses = {check.status for check in checks.values()}
    status = next((worst for worst in ("failed", "degraded") if worst in statuses), "ok")
    body = {"status": status, "checks": {name: asdict(check) for name, check in checks.items()}}
    return JsonResponse(body, status=503 if status == "failed" else 200)


def _run(name: str, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except Exception:
        log.exception("health.check_failed", check=name)
        return Check("failed", "the check raised an error; see the log")
