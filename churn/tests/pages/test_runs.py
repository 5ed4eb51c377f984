from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from churn.models import Dataset, Status, TrainingRun
from churn.services import registry, runs
from churn.services.work.training import execute_run

MakeRun = Callable[[], TrainingRun]
HTMX = {"HX-Request": "true"}


def test_a_run_is_ordered_on_a_page_and_finished_by_a_worker(
    browser: Client,
    dataset: Dataset,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    order = {
        "dataset": dataset.pk, "algorithm": "xgboost", "objective": "recall", "trials": 0,
        "seed": 7,
    }  # fmt: skip

    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post("/churn/runs/", order)

    run = TrainingRun.objects.get()
    assert answer["Location"] == f"/churn/runs/{run.pk}/"
    assert (run.status, run.seed) == (Status.SUCCEEDED, 7)


def test_a_run_under_way_renews_its_state_and_then_loads_the_page_anew(
    browser: Client, dataset: Dataset
) -> None:
    run = runs.create_run(dataset)
    address = f"/churn/runs/{run.pk}/"

    moving = browser.get(address, headers=HTMX)
    runs.cancel_run(run)
    still = browser.get(address, headers=HTMX)

    assert "<h1>" not in moving.content.decode()
    assert 'hx-trigger="every 1s"' in moving.content.decode()
    assert "HX-Refresh" not in moving
    assert still["HX-Refresh"] == "true"


def test_the_list_renews_itself_alone(browser: Client, make_run: MakeRun) -> None:
    make_run()

    part = browser.get("/churn/runs/", headers=HTMX).content.decode()

    assert "<table" in part
    assert "<h1>" not in part


def test_a_run_is_promoted_and_the_promotion_taken_back(
    browser: Client, champion: TrainingRun, make_run: MakeRun
) -> None:
    newer = make_run()

    browser.post(f"/churn/runs/{newer.pk}/promote/")
    assert registry.champion() == newer
    page = browser.post(f"/churn/runs/{newer.pk}/roll-back/", follow=True)

    assert registry.champion() == champion
    assert "champion again" in page.content.decode()


def test_a_promotion_is_taken_back_once_though_the_button_is_pressed_twice(
    browser: Client, champion: TrainingRun, make_run: MakeRun
) -> None:
    second, third = make_run(), make_run()
    for run in (second, third):
        registry.promote(run)

    browser.post(f"/churn/runs/{third.pk}/roll-back/")
    page = browser.post(f"/churn/runs/{third.pk}/roll-back/", follow=True)

    assert registry.champion() == second
    assert "no longer the champion" in page.content.decode()


def test_what_stands_against_an_action_is_said(browser: Client, champion: TrainingRun) -> None:
    page = browser.post(f"/churn/runs/{champion.pk}/cancel/", follow=True)

    assert "Already finished" in page.content.decode()


@pytest.mark.parametrize("action", ["cancel", "promote", "roll-back"])
def test_who_may_only_look_finds_no_buttons_that_work(
    client: Client, champion: TrainingRun, make_user: Callable[..., Any], action: str
) -> None:
    client.force_login(make_user("view_trainingrun"))

    answer = client.post(f"/churn/runs/{champion.pk}/{action}/")

    assert answer.status_code == 403
    assert (
        "<form" not in client.get(f"/churn/runs/{champion.pk}/").content.decode().split("<main")[1]
    )


def test_a_run_that_failed_says_why(browser: Client, dataset: Dataset) -> None:
    run = runs.create_run(dataset, engine="dask")
    execute_run(run)

    page = browser.get(f"/churn/runs/{run.pk}/").content.decode()

    assert run.failure[:20] in page
    assert f"/churn/datasets/{dataset.pk}/#train" in page
