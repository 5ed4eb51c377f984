import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from churn.models import WorkerHeartbeat
from config import health

pytestmark = pytest.mark.django_db


def test_health_is_ok_while_the_process_is_alive(client: Client) -> None:
    answer = client.get("/health")

    assert (answer.status_code, answer.content) == (200, b"ok")


def test_ready_names_every_check(client: Client) -> None:
    answer = client.get("/ready")

    assert answer.status_code == 200
    assert set(answer.json()["checks"]) == set(health.CHECKS)


def test_a_missing_worker_only_degrades_the_service(client: Client) -> None:
    body = client.get("/ready").json()

    assert (body["status"], body["checks"]["worker"]["status"]) == ("degraded", "degraded")


def test_a_failed_check_returns_503(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "MIN_FREE_BYTES", 2**62)

    answer = client.get("/ready")

    assert (answer.status_code, answer.json()["status"]) == (503, "failed")


def test_low_space_degrades_before_it_fails(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "LOW_FREE_BYTES", 2**62)

    answer = client.get("/ready")

    assert answer.status_code == 200
    assert answer.json()["checks"]["disk"]["status"] == "degraded"


def test_no_space_for_uploads_does_not_stop_the_service(client: Client, settings: Settings) -> None:
    settings.MAX_UPLOAD_BYTES = 2**62

    answer = client.get("/ready")

    assert answer.status_code == 200
    assert answer.json()["checks"]["disk"]["status"] == "degraded"


def test_a_dead_host_is_not_hidden_by_another(client: Client) -> None:
    now = timezone.now()
    WorkerHeartbeat.objects.create(host="alive", beat_at=now)
    WorkerHeartbeat.objects.create(host="dead", beat_at=now - 2 * health.MAX_HEARTBEAT_AGE)

    check = client.get("/ready").json()["checks"]["worker"]

    assert check["status"] == "degraded"
    assert "dead" in check["detail"]
    assert "alive" not in check["detail"]


def test_migrations_of_a_later_release_do_not_matter(client: Client) -> None:
    MigrationRecorder(connection).record_applied("churn", "9999_of_a_later_release")

    assert client.get("/ready").json()["checks"]["migrations"]["status"] == "ok"


def test_an_unapplied_migration_is_not_ready(client: Client) -> None:
    MigrationRecorder(connection).migration_qs.filter(app="verses").delete()

    assert client.get("/ready").status_code == 503


def test_a_check_that_raises_has_failed(client: Client, settings: Settings) -> None:
    settings.MEDIA_ROOT = None

    answer = client.get("/ready")

    assert answer.status_code == 503
    assert answer.json()["checks"]["disk"]["status"] == "failed"


def test_missing_redis_only_degrades_the_service(client: Client, settings: Settings) -> None:
    redis = "django.core.cache.backends.redis.RedisCache"
    settings.CACHES = {"default": {"BACKEND": redis, "LOCATION": "redis://127.0.0.1:1/0"}}

    answer = client.get("/ready")

    assert answer.status_code == 200
    assert answer.json()["checks"]["cache"]["detail"] == "ConnectionError"


def test_metrics_are_prometheus_text(client: Client) -> None:
    client.get("/health")

    answer = client.get("/metrics")

    assert answer["Content-Type"].startswith("text/plain")
    assert b'api_requests_total{endpoint="/health",method="GET"}' in answer.content
