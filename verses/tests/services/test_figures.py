"""Figures and counters of the verse service, by what a client does."""

from datetime import timedelta

import pytest
import requests
import responses
from django.test import Client
from django.utils import timezone
from prometheus_client import REGISTRY
from pytest_django import Settings

from verses import popularity
from verses.models import CallSlot, UpstreamState
from verses.services import figures
from verses.services.passages import get_passage
from verses.tests.conftest import JOHN_3

pytestmark = pytest.mark.django_db


def values() -> dict[str, float]:
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value
        for family in figures.collect()
        for sample in family.samples
    }


def counted(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_budget_shows_calls_within_its_time() -> None:
    for _ in range(4):
        CallSlot.objects.take(CallSlot.CALL, 15, 30)

    found = values()

    assert found["verses_upstream_budget_used"] == 4
    assert found["verses_upstream_budget_limit"] == 15


def test_without_a_budget_there_is_no_limit(settings: Settings) -> None:
    settings.BIBLE_API_BUDGET = None

    assert not any(name.startswith("verses_upstream_budget") for name in values())


def test_a_block_is_shown_under_its_reason() -> None:
    end = timezone.now() + timedelta(minutes=5)
    UpstreamState.objects.create(pk=1, reason="banned", blocked_until=end)

    found = values()

    name = "verses_upstream_blocked_until_timestamp_seconds"
    assert {found[f"{name} {reason}"] for reason in figures.BLOCK_REASONS} == {0, end.timestamp()}
    assert found[f"{name} banned"] == end.timestamp()


def test_counts_are_unflushed_until_they_are_in_the_tables(
    john_3: responses.BaseResponse,
) -> None:
    for _ in range(3):
        get_passage(reference="John 3:16")

    before = values()["verses_counts_unflushed"]
    popularity.flush()

    assert (before, values()["verses_counts_unflushed"]) == (3, 0)
    assert counted("verses_counts_last_flush_timestamp_seconds") > timezone.now().timestamp() - 60


def test_a_cold_passage_counts_each_layer(john_3: responses.BaseResponse) -> None:
    series = [
        ("verses_lookups_total", {"layer": "memory", "result": "miss"}),
        ("verses_lookups_total", {"layer": "table", "result": "miss"}),
        ("verses_lookups_total", {"layer": "upstream", "result": "hit"}),
        ("verses_upstream_outcomes_total", {"kind": "ok"}),
        ("verses_upstream_call_seconds_count", {"outcome": "ok"}),
        ("verses_leases_total", {"result": "taken"}),
        ("verses_lease_wait_seconds_count", {}),
        ("verses_answers_total", {"source": "upstream", "freshness": "fresh"}),
    ]
    before = [counted(name, **labels) for name, labels in series]

    get_passage(reference="John 3:16")

    after = [counted(name, **labels) for name, labels in series]
    assert [now - then for now, then in zip(after, before, strict=True)] == [1] * len(series)


def test_a_failed_call_counts_under_its_kind(upstream: responses.RequestsMock) -> None:
    upstream.add(responses.GET, JOHN_3, body=requests.Timeout())
    before = counted("verses_upstream_outcomes_total", kind="timeout")

    get_passage(reference="John 3:16")  # an embedded edition answers

    assert counted("verses_upstream_outcomes_total", kind="timeout") - before == 1
    assert counted("verses_upstream_call_seconds_count", outcome="timeout") > 0


def test_a_throttled_request_counts_once(client: Client, settings: Settings) -> None:
    settings.VERSES_THROTTLE = type("Rate", (), {"count": 1, "seconds": 60})()
    before = counted("verses_throttled_total")

    statuses = [client.get("/top").status_code for _ in range(3)]

    assert statuses == [200, 429, 429]
    assert counted("verses_throttled_total") - before == 2


def test_a_request_that_cannot_be_counted_is_answered(
    john_3: responses.BaseResponse, settings: Settings, tmp_path: object
) -> None:
    settings.VERSES_COUNTS_DIR = "/dev/null/counts"
    popularity.close()
    before = counted("verses_not_counted_total")

    passage = get_passage(reference="John 3:16")

    assert passage.request_count == 0
    assert counted("verses_not_counted_total") - before == 1
