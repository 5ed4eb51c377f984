"""Liveness (`/health`) and readiness (`/ready`) probes."""

import shutil
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from functools import cache
from pathlib import Path

from django.conf import settings
from django.core.cache import cache as django_cache
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from redis import RedisError

from churn.services import worker
from config.errors import safe_methods_only
from config.readiness import Check, CheckRunner
from verses.services.health import upstream_health

# Workers report every ten seconds (churn.services.heartbeats); a machine under load misses a few.
MAX_HEARTBEAT_AGE = timedelta(minutes=1)
# SQLite, and the count files that all requests of verses write.
MIN_FREE_BYTES = 100 * 2**20
LOW_FREE_BYTES = 500 * 2**20

# Without these no page is served. Anything else stops a part of the service, in all processes
# alike, so that another one would be no better.
_STOPS_SERVICE = frozenset({"database", "migrations", "disk"})


def check_database() -> Check:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return Check("ok")


def check_migrations() -> Check:
    """Compare with the files; migrations that only a later release knows do not matter."""
    missing = _known_migrations() - set(MigrationRecorder(connection).applied_migrations())
    return Check("failed", f"{len(missing)} unapplied") if missing else Check("ok")


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).graph.nodes)


def check_cache() -> Check:
    """Redis is optional: leases and throttling work without it, so its failure only degrades."""
    try:
        django_cache.set("ready", "yes", timeout=10)
        is_stored = django_cache.get("ready") == "yes"
    except RedisError as error:
        return Check("degraded", type(error).__name__)
    return Check("ok") if is_stored else Check("degraded", "a value was not stored")


def check_worker() -> Check:
    """Look at each host: the beats of one must not hide that another is dead."""
    beats = worker.heartbeats()
    if not beats:
        return Check("degraded", "no worker heartbeat yet")
    now = timezone.now()
    ages = {host: now - beat_at for host, beat_at in beats.items()}
    silent = sorted(host for host, age in ages.items() if age > MAX_HEARTBEAT_AGE)
    if silent:
        shown = ", ".join(f"{host} for {ages[host].total_seconds():.0f} s" for host in silent)
        return Check("degraded", f"silent: {shown}")
    return Check("ok", f"{max(ages.values()).total_seconds():.0f} s ago")


def check_disk() -> Check:
    """Compare the free space with what each use of it needs; the worst decides."""
    found = [
        _check_folder("uploads", Path(settings.MEDIA_ROOT), 0, 2 * settings.MAX_UPLOAD_BYTES),
        _check_folder("counts", Path(settings.VERSES_COUNTS_DIR), MIN_FREE_BYTES, LOW_FREE_BYTES),
    ]
    if connection.vendor == "sqlite":
        folder = Path(connection.settings_dict["NAME"]).parent
        found.append(_check_folder("database", folder, MIN_FREE_BYTES, LOW_FREE_BYTES))
    status = next(
        (worst for worst in ("failed", "degraded") if worst in {one.status for one in found}), "ok"
    )
    return Check(status, "; ".join(one.detail for one in found))


def _check_folder(use: str, folder: Path, minimum: int, low: int) -> Check:
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent  # a folder is made at its first use
    free = shutil.disk_usage(folder).free
    status = "failed" if free < minimum else "degraded" if free < low else "ok"
    return Check(status, f"{use}: {free // 2**20} MB free")


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


def _without_result(name: str) -> str:
    return "failed" if name in _STOPS_SERVICE else "degraded"


runner = CheckRunner(
    CHECKS,
    _without_result,
    deadline=settings.READY_DEADLINE_SECONDS,
    max_age=settings.READY_MAX_AGE_SECONDS,
)


@safe_methods_only
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    """Return `ok` while the process is alive."""
    return HttpResponse("ok", content_type="text/plain")


@safe_methods_only
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """Return every check: 503 if one of them failed, else 200."""
    results = runner.results()
    statuses = {result.status for result in results.values()}
    status = next((worst for worst in ("failed", "degraded") if worst in statuses), "ok")
    body = {"status": status, "checks": {name: asdict(one) for name, one in results.items()}}
    return JsonResponse(body, status=503 if status == "failed" else 200)
