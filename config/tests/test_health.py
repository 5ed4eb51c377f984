import pytest
from django.test import Client
from pytest_django.fixtures import Settings

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
    assert answer.json()["checks"]["cache"] == {"status": "degraded", "detail": "ConnectionError"}


def test_metrics_are_prometheus_text(client: Client) -> None:
    client.get("/health")

    answer = client.get("/metrics")

    assert answer["Content-Type"].startswith("text/plain")
    assert b'api_requests_total{endpoint="/health",method="GET"}' in answer.content
