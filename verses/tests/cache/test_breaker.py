"""The call budget, the circuit breaker and its probe."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import requests
import responses
import time_machine
from django.utils import timezone
from pytest_django import Settings

from verses.cache import breaker, chapter_cache
from verses.exceptions import PassageNotFound, UpstreamUnavailable
from verses.models import CallSlot, ChapterKey, UpstreamFailure, UpstreamState
from verses.tests.conftest import asv

pytestmark = pytest.mark.django_db

ASV = ChapterKey("asv", "JHN", 3)
ASV_URL = "https://bible.test/data/asv/JHN/3"


@pytest.fixture
def fail(upstream: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return a function that makes one call fail, as if long after the last."""
    monkeypatch.setattr(breaker, "SHARED_FAILURE_SECONDS", 0.0)
    upstream.get(ASV_URL, body=requests.Timeout())

    def once() -> None:
        breaker.clear_refusal()
        with pytest.raises(UpstreamUnavailable):
            chapter_cache.get_chapter(ASV)

    return once


def test_three_failures_in_a_row_open_the_breaker(
    fail: Callable[[], None], upstream: responses.RequestsMock
) -> None:
    for _failure in range(5):
        fail()

    assert len(upstream.calls) == 3
    assert UpstreamState.objects.get().reason == "timeout"
    assert UpstreamFailure.objects.count() == 3


def test_a_failure_answers_requests_shortly_after_it(
    upstream: responses.RequestsMock,
) -> None:
    upstream.get(ASV_URL, body=requests.Timeout())

    for _reader in range(5):
        with pytest.raises(UpstreamUnavailable):
            chapter_cache.get_chapter(ASV)

    assert len(upstream.calls) == 1


def test_a_successful_probe_closes_the_breaker(
    fail: Callable[[], None], upstream: responses.RequestsMock
) -> None:
    for _failure in range(3):
        fail()
    UpstreamState.objects.update(blocked_until=timezone.now())
    breaker.clear_refusal()
    upstream.replace(responses.GET, ASV_URL, json=asv())

    assert chapter_cache.get_chapter(ASV).freshness == "fresh"

    state = UpstreamState.objects.get()
    assert (state.failures, state.blocked_until) == (0, None)


def test_only_one_probe_is_sent_at_a_time(
    fail: Callable[[], None], upstream: responses.RequestsMock
) -> None:
    for _failure in range(3):
        fail()
    now = timezone.now()
    UpstreamState.objects.update(
        blocked_until=now, probing_until=now + timedelta(seconds=10), failed_at=None
    )

    fail()

    assert len(upstream.calls) == 3


def test_a_failed_probe_blocks_for_longer(
    fail: Callable[[], None], upstream: responses.RequestsMock
) -> None:
    for _failure in range(3):
        fail()
    UpstreamState.objects.update(blocked_until=timezone.now())
    fail()

    left = UpstreamState.objects.get().blocked_until - timezone.now()  # type: ignore[operator]
    assert timedelta(seconds=25) < left <= timedelta(seconds=30)


def test_a_transient_error_is_retried_once(upstream: responses.RequestsMock) -> None:
    upstream.get(ASV_URL, status=502)
    upstream.get(ASV_URL, json=asv())

    assert chapter_cache.get_chapter(ASV).freshness == "fresh"
    assert len(upstream.calls) == 2


def test_the_budget_is_never_exceeded(upstream: responses.RequestsMock, settings: Settings) -> None:
    upstream.get(ASV_URL, json=asv())
    for chapter in range(1, 20):
        number = chapter if chapter != 3 else 21
        verse = {"book_id": "JHN", "chapter": number, "verse": 1, "text": "a text"}
        upstream.get(
            f"https://bible.test/data/asv/JHN/{number}",
            json={"translation": {"identifier": "asv"}, "verses": [verse]},
        )

    for chapter in range(1, settings.BIBLE_API_BUDGET.count + 1):
        chapter_cache.get_chapter(ChapterKey("asv", "JHN", chapter))
    with pytest.raises(UpstreamUnavailable) as refusal:
        chapter_cache.get_chapter(ChapterKey("asv", "JHN", 19))

    assert 0 < refusal.value.retry_after <= 30
    assert len(upstream.calls) == settings.BIBLE_API_BUDGET.count


def test_a_budget_slot_is_free_after_its_period(upstream: responses.RequestsMock) -> None:
    upstream.get(ASV_URL, json=asv())
    for _call in range(15):
        assert chapter_cache.force_refresh(ASV)
    assert not chapter_cache.force_refresh(ASV)

    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        breaker.clear_refusal()
        assert chapter_cache.force_refresh(ASV)


def test_a_clock_set_back_does_not_block_calls(
    upstream: responses.RequestsMock,
) -> None:
    upstream.get(ASV_URL, json=asv())
    now = timezone.now()
    with time_machine.travel(now + timedelta(hours=1)):
        UpstreamState.objects.update_or_create(pk=1, defaults={"failed_at": timezone.now()})
        while CallSlot.objects.take(CallSlot.CALL, 15, 30.0) is None:
            pass
    with time_machine.travel(now, tick=False) as clock:
        assert CallSlot.objects.take(CallSlot.CALL, 15, 30.0) == now + timedelta(seconds=30)
        clock.shift(timedelta(seconds=31))

        assert chapter_cache.get_chapter(ASV).source == "upstream"


def test_404s_open_the_breaker_before_a_ban(upstream: responses.RequestsMock) -> None:
    for chapter in range(1, 22):
        upstream.get(
            f"https://bible.test/data/asv/JHN/{chapter}",
            status=404,
            json={"error": "book/chapter not found"},
        )

    for chapter in range(1, 22):
        with pytest.raises((PassageNotFound, UpstreamUnavailable)):
            chapter_cache.get_chapter(ChapterKey("asv", "JHN", chapter))

    assert len(upstream.calls) == 9
