"""Figures of a scrape: deadline, cache, and what happens when a group cannot be computed."""

from collections.abc import Iterator
from threading import Event

import pytest
from django.test import Client
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from config.observability.figures import MAX_AGE, Figures, Group
from config.observability.middleware import public_routes


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(settings: Settings) -> Clock:
    settings.OBSERVED_FIGURES = True
    return Clock()


def gauge(value: float) -> Metric:
    family = GaugeMetricFamily("sheep", "Sheep counted")
    family.add_metric([], value)
    return family


def scrape(figures: Figures) -> dict[str, float]:
    return {
        sample.name + str(sample.labels or ""): sample.value
        for family in figures.collect()
        for sample in family.samples
    }


def test_figures_are_computed_once_within_their_time(clock: Clock) -> None:
    calls = []

    def compute() -> list[Metric]:
        calls.append(1)
        return [gauge(len(calls))]

    figures = Figures([Group("sheep", compute, ttl=10, clock=clock)], deadline=10)
    seen = [scrape(figures)["sheep"]]
    clock.now += 9
    seen.append(scrape(figures)["sheep"])
    clock.now += 2
    seen.append(scrape(figures)["sheep"])

    assert seen == [1, 1, 2]


def test_a_hanging_group_leaves_its_last_values_and_one_thread(clock: Clock) -> None:
    released, starts = Event(), []

    def compute() -> list[Metric]:
        starts.append(1)
        if len(starts) > 1:
            released.wait(20)
        return [gauge(len(starts))]

    group = Group("sheep", compute, clock=clock)
    figures = Figures([group, Group("other", list, clock=clock)], deadline=10)
    scrape(figures)
    hurried = Figures([group], deadline=0)
    clock.now += 11
    seen = [scrape(hurried) for _ in range(3)]
    thread = group.refresh()
    released.set()
    assert thread is not None
    thread.join(20)

    assert [one["sheep"] for one in seen] == [1, 1, 1]
    assert len(starts) == 2
    assert scrape(hurried)["sheep"] == 2


def test_old_values_are_left_out(clock: Clock) -> None:
    values: list[Metric] = [gauge(1)]

    def compute() -> Iterator[Metric]:
        if not values:
            raise OSError
        yield values.pop()

    figures = Figures([Group("sheep", compute, clock=clock)], deadline=10)
    assert scrape(figures)["sheep"] == 1
    clock.now += MAX_AGE - 1
    assert scrape(figures)["sheep"] == 1
    clock.now += 2
    late = scrape(figures)

    assert "sheep" not in late
    assert late["service_figures_failures_total{'group': 'sheep'}"] == 2
    assert late["service_figures_age_seconds{'group': 'sheep'}"] == MAX_AGE + 1


def test_an_endpoint_starts_with_zero_server_errors() -> None:
    routes = set(public_routes())

    assert {"/verse", "/top", "/ready", "/churn/", "/api/churn/predictions/"} <= routes
    assert not any(route.startswith("/admin/") for route in routes)


@pytest.mark.django_db
def test_metrics_are_text_that_prometheus_reads(client: Client) -> None:
    text = client.get("/metrics").content.decode()

    families = {family.name for family in text_string_to_metric_families(text)}

    assert {"api_requests", "verses_answers", "churn_jobs_finished"} <= families
