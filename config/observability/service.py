"""Figures of the service itself: its build, its checks, disks and database connections."""

import platform
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import django
from django.conf import settings
from django.db import connection
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric

from config import health

# Value of service_check_status by the status of a check.
STATUS_VALUES = {"ok": 1.0, "degraded": 0.5, "failed": 0.0}
_CONNECTIONS_SQL = """
SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
       current_setting('max_connections')::int
"""


def collect_build() -> Iterator[Metric]:
    """Yield what runs here."""
    build = InfoMetricFamily("service_build", "Versions of what runs here")
    build.add_metric([], build_labels())
    yield build


@cache
def build_labels() -> dict[str, str]:
    """Return the versions of the application, Python and Django."""
    return {
        "version": str(settings.SPECTACULAR_SETTINGS["VERSION"]),
        "revision": settings.REVISION,
        "python": platform.python_version(),
        "django": django.__version__,
    }


def collect_checks() -> Iterator[Metric]:
    """Yield the result of every readiness check: 1 ok, 0.5 degraded, 0 failed."""
    family = GaugeMetricFamily(
        "service_check_status", "1 ok, 0.5 degraded, 0 failed", labels=["check"]
    )
    for name, result in health.runner.results().items():
        family.add_metric([name], STATUS_VALUES[result.status])
    yield family


def collect_disks() -> Iterator[Metric]:
    """Yield the free space where the service writes."""
    family = GaugeMetricFamily(
        "service_disk_free_bytes", "Bytes free where the service writes", labels=["path"]
    )
    size = GaugeMetricFamily(
        "service_disk_size_bytes", "Bytes of that file system", labels=["path"]
    )
    for path in _written_paths():
        usage = shutil.disk_usage(path)
        family.add_metric([str(path)], usage.free)
        size.add_metric([str(path)], usage.total)
    yield from (family, size)


def _written_paths() -> list[Path]:
    paths = [Path(settings.MEDIA_ROOT), Path(settings.VERSES_COUNTS_DIR)]
    if connection.vendor == "sqlite":
        paths.append(Path(settings.DATABASES["default"]["NAME"]).parent)
    return [path for path in dict.fromkeys(paths) if path.is_dir()]


def collect_connections() -> Iterator[Metric]:
    """Yield the connections of PostgreSQL and their limit; nothing for SQLite, which has none."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute(_CONNECTIONS_SQL)
        used, limit = cursor.fetchone()
    for name, description, value in (
        ("service_database_connections", "Connections of clients to PostgreSQL", used),
        ("service_database_connections_limit", "max_connections of PostgreSQL", limit),
    ):
        family = GaugeMetricFamily(name, description)
        family.add_metric([], value)
        yield family
