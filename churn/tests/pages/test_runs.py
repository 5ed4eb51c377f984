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


@pytest.mark.slow
def test_run_created_on_the_page_is_finished_by_worker(
    browser: Client,
    dataset: Dataset,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    order = {
        "dataset": dataset.pk, "algorithm": "xgboost", "objective": "recall", "trials": 0,
        "seed": 7, "split": "auto",
    }  # fmt: skip

    with django_capture_on_commit_callbacks(execute=True):
        answer = browser.post("/churn/runs/", order)

    run = TrainingRun.objects.get()
    assert answer["Location"] == f"/churn/runs/{run.pk}/"
    assert (run.status, run.seed) == (Status.SUCCEEDED, 7)


def test_active_run_polls_its_state_and_then_reloads(browser: Client, dataset: Dataset) -> None:
    run = runs.create_run(dataset)
    address = f"/churn/runs/{run.pk}/"

    moving = browser.get(address, headers=HTMX)
    runs.cancel_run(run)
    still = browser.get(address, headers=HTMX)

    assert "<h1>" not in moving.content.decode()
    assert 'hx-trigger="every 1s"' in moving.content.decode()
    assert "HX-Refresh" not in moving
    assert still["HX-Refresh"] == "true"


def test_poll_of_the_list_gets_the_partial(browser: Client, make_run: MakeRun) -> None:
    make_run()

    part = browser.get("/churn/runs/", headers=HTMX).content.decode()

    assert "<table" in part
    assert "<h1>" not in part


def test_run_is_promoted_and_rolled_back(
    browser: Client, champion: TrainingRun, make_run: MakeRun
) -> None:
    newer = make_run()

    browser.post(f"/churn/runs/{newer.pk}/promote/")
    assert registry.champion() == newer
    page = browser.post(f"/churn/runs/{newer.pk}/roll-back/", follow=True)

    assert registry.champion() == champion
    assert "champion again" in page.content.decode()


def test_pressing_roll_back_twice_withdraws_one_promotion(
    browser: Client, champion: TrainingRun, make_run: MakeRun
) -> None:
    second, third = make_run(), make_run()
    for run in (second, third):
        registry.promote(run)

    browser.post(f"/churn/runs/{third.pk}/roll-back/")
    page = browser.post(f"/churn/runs/{third.pk}/roll-back/", follow=True)

    assert registry.champion() == second
    assert "no longer the champion" in page.content.decode()


def test_failed_action_shows_the_reason(browser: Client, champion: TrainingRun) -> None:
    page = browser.post(f"/churn/runs/{champion.pk}/cancel/", follow=True)

    assert "Already finished" in page.content.decode()


@pytest.mark.parametrize("action", ["cancel", "promote", "roll-back"])
def test_view_permission_shows_no_buttons(
    client: Client, champion: TrainingRun, make_user: Callable[..., Any], action: str
) -> None:
    client.force_login(make_user("view_trainingrun"))

    answer = client.post(f"/churn/runs/{champion.pk}/{action}/")

    assert answer.status_code == 403
    assert (
        "<form" not in client.get(f"/churn/runs/{champion.pk}/").content.decode().split("<main")[1]
    )


def test_failed_run_shows_its_failure(browser: Client, dataset: Dataset) -> None:
    run = runs.create_run(dataset, engine="dask")
    execute_run(run)

    page = browser.get(f"/churn/runs/{run.pk}/").content.decode()

    assert run.failure[:20] in page
    assert f"/churn/datasets/{dataset.pk}/#train" in page
