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
    """Do an action of a list; return what the page says."""
    form = {"action": action, "_selected_action": keys}
    return client.post(f"/admin/churn/{model}/", form, follow=True).content.decode()


@pytest.mark.parametrize("model", MODELS)
def test_every_list_is_shown_and_nothing_is_added_by_hand(
    admin_client: Client, scored: Scoring, model: str
) -> None:
    assert admin_client.get(f"/admin/churn/{model}/").status_code == 200
    assert admin_client.get(f"/admin/churn/{model}/add/").status_code == 403


def test_results_are_seen_and_not_written(admin_client: Client, champion: TrainingRun) -> None:
    address = f"/admin/churn/trainingrun/{champion.pk}/change/"

    page = admin_client.get(address).content.decode()
    admin_client.post(address, {"threshold": "0.9", "status": "failed"})

    champion.refresh_from_db()
    assert "<select" not in page
    assert champion.status == Status.SUCCEEDED


def test_a_run_is_queued_for_each_data_set_that_is_selected(
    admin_client: Client,
    dataset: Dataset,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        act(admin_client, "dataset", "train", dataset.pk)

    assert TrainingRun.objects.get().status == Status.QUEUED
    assert len(callbacks) == 1


def test_a_run_is_told_of_in_the_language_of_who_ordered_it(
    admin_client: Client, dataset: Dataset
) -> None:
    form = {"action": "train", "_selected_action": [dataset.pk]}

    admin_client.post("/admin/churn/dataset/", form, headers={"Accept-Language": "es"})

    assert TrainingRun.objects.get().language == "es"


def test_promoting_needs_its_own_permission_in_the_admin_too(
    client: Client, champion: TrainingRun, make_user: Callable[..., Any], make_run: MakeRun
) -> None:
    clerk = make_user("view_trainingrun", "change_trainingrun", "view_promotion")
    clerk.is_staff = True
    clerk.save()
    client.force_login(clerk)

    act(client, "trainingrun", "promote", make_run().pk)
    act(client, "promotion", "roll_back", champion.promotions.get().pk)

    assert registry.champion() == champion


def test_one_run_is_promoted_and_several_are_not(
    admin_client: Client, champion: TrainingRun, make_run: Callable[[], TrainingRun]
) -> None:
    newer = make_run()

    said = act(admin_client, "trainingrun", "promote", champion.pk, newer.pk)
    assert "exactly one" in said
    act(admin_client, "trainingrun", "promote", newer.pk)

    assert registry.champion() == newer


def test_the_current_promotion_is_taken_back(
    admin_client: Client, champion: TrainingRun, make_run: Callable[[], TrainingRun]
) -> None:
    registry.promote(make_run())
    current = Promotion.objects.get(current=True)

    act(admin_client, "promotion", "roll_back", current.pk)

    assert registry.champion() == champion


def test_what_stands_against_an_action_is_said_row_by_row(
    admin_client: Client, scored: Scoring
) -> None:
    said = act(admin_client, "scoring", "cancel", scored.pk)

    assert "Already finished" in said


def test_a_scoring_is_erased_with_its_predictions(admin_client: Client, scored: Scoring) -> None:
    act(admin_client, "scoring", "erase", scored.pk)

    assert not Scoring.objects.exists()
    assert not Prediction.objects.exists()


def test_a_data_set_with_runs_stays_and_one_without_goes(
    admin_client: Client, champion: TrainingRun
) -> None:
    form = {"action": "delete_selected", "_selected_action": champion.dataset_id, "post": "yes"}

    admin_client.post("/admin/churn/dataset/", form)
    assert Dataset.objects.exists()

    Promotion.objects.all().delete()
    TrainingRun.objects.all().delete()
    admin_client.post("/admin/churn/dataset/", form)
    assert not Dataset.objects.exists()
