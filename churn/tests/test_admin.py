from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from churn.models import Dataset, Prediction, Promotion, Scoring, Status, TrainingRun
from churn.services import registry

MakeRun = Callable[[], TrainingRun]
MODELS = ["dataset", "trainingrun", "promotion", "scoring", "prediction"]
MODELS += ["locatedplace", "workerheartbeat"]


def act(client: Client, model: str, action: str, *keys: int) -> str:
    """Run an action on rows of a list; return the page."""
    form = {"action": action, "_selected_action": keys}
    return client.post(f"/admin/churn/{model}/", form, follow=True).content.decode()


@pytest.mark.parametrize("model", MODELS)
def test_every_list_is_shown_without_an_add_form(
    admin_client: Client, scored: Scoring, model: str
) -> None:
    assert admin_client.get(f"/admin/churn/{model}/").status_code == 200
    assert admin_client.get(f"/admin/churn/{model}/add/").status_code == 403


def test_results_are_read_only(admin_client: Client, champion: TrainingRun) -> None:
    address = f"/admin/churn/trainingrun/{champion.pk}/change/"

    page = admin_client.get(address).content.decode()
    admin_client.post(address, {"threshold": "0.9", "status": "failed"})

    champion.refresh_from_db()
    assert "<select" not in page
    assert champion.status == Status.SUCCEEDED


def test_train_action_queues_a_run_per_dataset(
    admin_client: Client,
    dataset: Dataset,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        act(admin_client, "dataset", "train", dataset.pk)

    assert TrainingRun.objects.get().status == Status.QUEUED
    assert len(callbacks) == 1


def test_train_action_uses_the_language_of_the_user(admin_client: Client, dataset: Dataset) -> None:
    form = {"action": "train", "_selected_action": [dataset.pk]}

    admin_client.post("/admin/churn/dataset/", form, headers={"Accept-Language": "es"})

    assert TrainingRun.objects.get().language == "es"


def test_promote_action_needs_the_add_promotion_permission(
    client: Client, champion: TrainingRun, make_user: Callable[..., Any], make_run: MakeRun
) -> None:
    clerk = make_user("view_trainingrun", "change_trainingrun", "view_promotion")
    clerk.is_staff = True
    clerk.save()
    client.force_login(clerk)

    act(client, "trainingrun", "promote", make_run().pk)
    act(client, "promotion", "roll_back", champion.promotions.get().pk)

    assert registry.champion() == champion


def test_promote_action_takes_exactly_one_run(
    admin_client: Client, champion: TrainingRun, make_run: Callable[[], TrainingRun]
) -> None:
    newer = make_run()

    page = act(admin_client, "trainingrun", "promote", champion.pk, newer.pk)
    assert "exactly one" in page
    act(admin_client, "trainingrun", "promote", newer.pk)

    assert registry.champion() == newer


def test_roll_back_action_withdraws_the_current_promotion(
    admin_client: Client, champion: TrainingRun, make_run: Callable[[], TrainingRun]
) -> None:
    registry.promote(make_run())
    current = Promotion.objects.get(current=True)

    act(admin_client, "promotion", "roll_back", current.pk)

    assert registry.champion() == champion


def test_failed_action_is_reported_per_row(admin_client: Client, scored: Scoring) -> None:
    page = act(admin_client, "scoring", "cancel", scored.pk)

    assert "Already finished" in page


def test_erase_action_deletes_scoring_and_predictions(
    admin_client: Client, scored: Scoring
) -> None:
    act(admin_client, "scoring", "erase", scored.pk)

    assert not Scoring.objects.exists()
    assert not Prediction.objects.exists()


def test_delete_action_skips_datasets_with_runs(
    admin_client: Client, champion: TrainingRun
) -> None:
    form = {"action": "delete_selected", "_selected_action": champion.dataset_id, "post": "yes"}

    admin_client.post("/admin/churn/dataset/", form)
    assert Dataset.objects.exists()

    Promotion.objects.all().delete()
    TrainingRun.objects.all().delete()
    admin_client.post("/admin/churn/dataset/", form)
    assert not Dataset.objects.exists()
