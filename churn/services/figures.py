"""Figures of jobs, models and storage that are computed when Prometheus asks for them."""

import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db.models import Count, Min
from django.db.models.functions import Coalesce
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric

from churn.metrics import JOB_KINDS
from churn.models import Job, Promotion, Scoring, Status, TrainingRun, WorkerHeartbeat

_MODELS: tuple[type[Job], ...] = (TrainingRun, Scoring)


def collect() -> Iterator[Metric]:
    """Yield the state of jobs, workers, the last scoring and the champion."""
    yield from _jobs()
    yield from _waiting()
    yield _progress_age()
    yield _heartbeats()
    yield from _champion()
    yield from _drift()


def collect_media() -> Iterator[Metric]:
    """Yield the size of stored files; walks through all of them."""
    yield _gauge("churn_media_bytes", "Bytes of uploads, models and results", _media_bytes())


def _gauge(name: str, description: str, value: float) -> Metric:
    family = GaugeMetricFamily(name, description)
    family.add_metric([], value)
    return family


def _label(model: type[Job]) -> str:
    return JOB_KINDS[model.__name__.lower()]


def _jobs() -> Iterator[Metric]:
    family = GaugeMetricFamily("churn_jobs", "Jobs by state", labels=["kind", "status"])
    queued = 0
    for model in _MODELS:
        rows = model.objects.order_by().values_list("status").annotate(Count("pk"))
        counts = dict.fromkeys(Status.values, 0) | dict(rows)
        for status, count in counts.items():
            family.add_metric([_label(model), status], count)
        queued += counts[Status.QUEUED]
    yield family
    yield _gauge("churn_queue_depth", "Jobs that wait for a worker", queued)


def _waiting() -> Iterator[Metric]:
    """Yield how long the oldest queued job waits: since its creation or its last attempt.

    Not since `queued_at`, which moves each time a job is passed to the queue again.
    """
    family = GaugeMetricFamily(
        "churn_queue_oldest_seconds", "Waiting time of the oldest queued job", labels=["kind"]
    )
    for model in _MODELS:
        since = Min(Coalesce("heartbeat_at", "created_at"))
        queued = model.objects.filter(status=Status.QUEUED)
        family.add_metric([_label(model)], _age(queued.aggregate(since=since)["since"]))
    yield family


def _progress_age() -> Metric:
    family = GaugeMetricFamily(
        "churn_job_progress_age_seconds",
        "Time since the running job with the oldest progress reported any",
        labels=["kind"],
    )
    for model in _MODELS:
        since = Min(Coalesce("progressed_at", "started_at"))
        running = model.objects.filter(status=Status.RUNNING)
        family.add_metric([_label(model)], _age(running.aggregate(since=since)["since"]))
    return family


def _age(since: datetime | None) -> float:
    """Return the seconds since a time; 0 without one, or if the clock was set back."""
    return 0.0 if since is None else max(0.0, (timezone.now() - since).total_seconds())


def _heartbeats() -> Metric:
    family = GaugeMetricFamily(
        "churn_worker_last_beat_timestamp_seconds",
        "Last heartbeat of the task workers of a host",
        labels=["host"],
    )
    for host, beat_at in WorkerHeartbeat.objects.values_list("host", "beat_at"):
        family.add_metric([host], beat_at.timestamp())
    return family


def _champion() -> Iterator[Metric]:
    promotion = Promotion.objects.current().values("promoted_at", "run__metrics__roc_auc").first()
    if promotion is None:
        return
    yield _gauge(
        "churn_champion_promoted_timestamp_seconds",
        "When the current model was promoted",
        promotion["promoted_at"].timestamp(),
    )
    roc_auc = promotion["run__metrics__roc_auc"]
    if roc_auc is not None:
        yield _gauge("churn_champion_roc_auc", "ROC AUC of it on held-out data", roc_auc)


def _drift() -> Iterator[Metric]:
    """Yield the largest population stability index of the scoring that succeeded last."""
    succeeded = Scoring.objects.succeeded().order_by("-pk")
    drift = succeeded.values_list("drift", flat=True).first()
    features = (drift or {}).get("features", [])
    indices = [one["psi"] for one in features if one.get("psi") is not None]
    if indices:
        yield _gauge("churn_last_scoring_psi_max", "Largest drift of a feature (PSI)", max(indices))


def _media_bytes() -> int:
    total = 0
    for folder, _folders, names in os.walk(settings.MEDIA_ROOT):
        for name in names:
            try:
                total += Path(folder, name).stat().st_size
            except FileNotFoundError:  # deleted since it was listed
                continue
    return total
