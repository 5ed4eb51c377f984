from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from churn.ml.schema import Shape
from churn.models import Dataset, Scoring, TrainingRun

PAGES = ["/churn/", "/churn/datasets/", "/churn/runs/", "/churn/score/"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", [*PAGES, "/churn/runs/1/", "/churn/scorings/1/"])
def test_anonymous_user_is_redirected_to_login(client: Client, path: str) -> None:
    answer = client.get(path)

    assert (answer.status_code, answer["Location"]) == (302, f"/accounts/login/?next={path}")


@pytest.mark.parametrize("path", PAGES)
def test_user_without_permission_gets_403(
    client: Client, make_user: Callable[..., Any], path: str
) -> None:
    client.force_login(make_user())

    assert client.get(path).status_code == 403


@pytest.mark.parametrize("path", PAGES)
def test_pages_work_with_an_empty_database(browser: Client, path: str) -> None:
    assert browser.get(path).status_code == 200


def test_user_sees_only_what_permissions_allow(
    client: Client, make_user: Callable[..., Any], scored: Scoring
) -> None:
    client.force_login(make_user("view_scoring"))

    page = client.get("/churn/").content.decode()

    assert scored.file_name in page
    assert "Champion model" not in page
    assert 'href="/churn/runs/"' not in page
    assert 'type="file"' not in client.get("/churn/score/").content.decode()


def test_overview_links_the_champion(browser: Client, champion: TrainingRun) -> None:
    page = browser.get("/churn/").content.decode()

    assert f'href="/churn/runs/{champion.pk}/"' in page
    assert "ROC AUC" in page


@pytest.mark.parametrize(
    ("path", "language", "words"),
    [
        ("/churn/datasets/{dataset}/", "en", "Summary"),
        ("/churn/runs/{run}/", "en", "Customers to contact"),
        ("/churn/scorings/{scoring}/", "en", "raises the risk"),
        ("/churn/scorings/{scoring}/", "es", "aumenta el riesgo"),
        ("/churn/scorings/{scoring}/", "pt", "aumenta o risco"),
    ],
)
def test_pages_use_the_language_of_the_browser(
    browser: Client, scored: Scoring, path: str, language: str, words: str
) -> None:
    keys = {"dataset": scored.run.dataset_id, "run": scored.run_id, "scoring": scored.pk}

    page = browser.get(path.format(**keys), headers={"Accept-Language": language})

    assert words in page.content.decode()


@pytest.mark.parametrize("kind", ["datasets", "runs", "scorings"])
def test_missing_object_is_404(browser: Client, kind: str) -> None:
    assert browser.get(f"/churn/{kind}/999/").status_code == 404


def test_long_list_is_paginated(browser: Client, dataset: Dataset) -> None:
    TrainingRun.objects.bulk_create(
        TrainingRun(dataset=dataset, data_sha256=dataset.sha256) for _ in range(30)
    )

    page = browser.get("/churn/runs/?page=2").content.decode()

    assert "2 / 2" in page


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        (Shape.RECORDS, "tipo de asistencia habitual: problema"),
        (Shape.TABLE, "service_type=problema"),
    ],
)
def test_only_record_features_are_translated(
    browser: Client, scored: Scoring, shape: Shape, words: str
) -> None:
    dataset, spanish = scored.run.dataset, {"Accept-Language": "es"}
    dataset.profile["columns"][0]["name"] = "service_type=problema"
    Dataset.objects.update(shape=shape, profile=dataset.profile)
    moved = {"name": "service_type=problema", "psi": 0.3, "level": "major"}
    Scoring.objects.update(drift={"features": [moved], "unseen": {"zone": 2}})

    for address in (f"/churn/datasets/{dataset.pk}/", f"/churn/scorings/{scored.pk}/"):
        assert words in browser.get(address, headers=spanish).content.decode()
