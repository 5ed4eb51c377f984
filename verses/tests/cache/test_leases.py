"""Leases and call slots."""

import threading
from collections.abc import Iterator

import pytest
import redis
from django.utils import timezone
from pytest_django import Settings

from verses.cache import leases
from verses.cache.leases import lease
from verses.models import CallSlot, Lease

REDIS = "redis://127.0.0.1:6379/7"


@pytest.fixture(params=["rows", "redis"])
def store(request: pytest.FixtureRequest, settings: Settings) -> Iterator[str]:
    """Store leases in the database, then in Redis if it runs on this machine."""
    if request.param == "redis":
        server = redis.Redis.from_url(REDIS, socket_connect_timeout=0.5)
        try:
            server.delete("verses:lease:web-JHN-3")
        except redis.ConnectionError:
            pytest.skip("no Redis on this machine")
        settings.REDIS_URL = REDIS
    yield request.param
    leases._connect_redis.cache_clear()  # noqa: SLF001  the next test has other settings


@pytest.mark.django_db
def test_a_lease_has_one_holder_at_a_time(store: str) -> None:
    with lease("web-JHN-3") as first, lease("web-JHN-3") as second, lease("web-JHN-4") as other:
        assert (first, second, other) == (True, False, True)
    with lease("web-JHN-3") as after:
        assert after


@pytest.mark.django_db(transaction=True)
def test_a_lease_lasts_as_long_as_its_block(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "LEASE_SECONDS", 0.3)
    monkeypatch.setattr(leases, "_RENEW_SECONDS", 0.05)
    with lease("web-JHN-3") as is_mine:
        threading.Event().wait(0.6)
        with lease("web-JHN-3") as taken:
            assert (is_mine, taken) == (True, False)


@pytest.mark.django_db
def test_an_expired_lease_can_be_acquired() -> None:
    assert Lease.objects.acquire("web-JHN-3", "the dead", seconds=0)
    assert Lease.objects.acquire("web-JHN-3", "the living", seconds=2)
    assert not Lease.objects.extend("web-JHN-3", "the dead", seconds=2)

    Lease.objects.release("web-JHN-3", "the dead")

    assert Lease.objects.get().holder == "the living"


@pytest.mark.django_db
def test_rows_are_used_when_redis_fails(settings: Settings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    with lease("web-JHN-3") as is_mine:
        assert is_mine
        assert Lease.objects.count() == 1


@pytest.mark.django_db
def test_a_slot_is_used_once_per_period() -> None:
    taken = [CallSlot.objects.take(CallSlot.CALL, 2, 30) for _call in range(3)]

    assert taken[:2] == [None, None]
    assert taken[2] is not None
    assert taken[2] > timezone.now()
    assert CallSlot.objects.used(CallSlot.CALL, 30) == 2


@pytest.mark.django_db
def test_a_raised_budget_adds_slots() -> None:
    before = [CallSlot.objects.take(CallSlot.CALL, 1, 30) for _call in range(2)]

    after = [CallSlot.objects.take(CallSlot.CALL, 3, 30) for _call in range(3)]

    assert before[0] is None
    assert before[1] is not None
    assert after[:2] == [None, None]
    assert after[2] is not None
