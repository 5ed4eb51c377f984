"""Lists take the same number of queries however long they are, and no scan for filter values."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from churn.models import Dataset, Prediction, Promotion, Scoring, TrainingRun, WorkerHeartbeat

LISTS = [
    *(f"/api/churn/{name}/" for name in ("datasets", "runs", "scorings", "predictions")),
    *(
        f"/admin/churn/{model}/"
        for model in ("dataset", "trainingrun", "promotion", "scoring", "prediction")
    ),
    "/admin/churn/workerheartbeat/",
    *("/churn/", "/churn/datasets/", "/churn/runs/", "/churn/score/"),
]
# Tables that grow with use, without limit.
LARGE = ["trainingrun", "promotion", "scoring", "prediction", "locatedplace"]


def queries_of(client: Client, url: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return [one["sql"] for one in captured]


def add_rows(scored: Scoring, make_run: Callable[[], TrainingRun]) -> None:
    """Add a few rows to every table that a list shows, each with relations of its own."""
    for number in range(4):
        dataset = Dataset.objects.get(pk=scored.run.dataset_id)
        dataset.pk, dataset.name = None, f"copy {number}"
        dataset.save()
        run = make_run()
        TrainingRun.objects.filter(pk=run.pk).update(dataset=dataset)
        Promotion.objects.create(run=run, current=False)
        scoring = Scoring.objects.get(pk=scored.pk)
        scoring.pk, scoring.run_id = None, run.pk
        scoring.save()
        Prediction.objects.create(
            scoring=scoring, customer_id="C1", probability=0.5, churn=True, decile=1
        )
        WorkerHeartbeat.objects.create(host=f"host {number}", beat_at=timezone.now())


def test_longer_lists_take_no_more_queries(
    admin_client: Client, scored: Scoring, make_run: Callable[[], TrainingRun]
) -> None:
    WorkerHeartbeat.objects.create(host="first", beat_at=timezone.now())
    for url in LISTS:
        queries_of(admin_client, url)  # fills caches of the process
    short = {url: queries_of(admin_client, url) for url in LISTS}
    add_rows(scored, make_run)

    more = {
        url: longer
        for url in LISTS
        if len(longer := queries_of(admin_client, url)) > len(short[url])
    }

    assert more == {}


@pytest.mark.parametrize("model", LARGE)
def test_an_admin_list_does_not_search_a_table_for_filter_values(
    admin_client: Client, scored: Scoring, model: str
) -> None:
    sql = queries_of(admin_client, f"/admin/churn/{model}/")

    assert [one for one in sql if "DISTINCT" in one] == []


def test_predictions_are_filtered_by_decile_in_the_admin(
    admin_client: Client, scored: Scoring
) -> None:
    expected = Prediction.objects.filter(decile=3).count()

    page = admin_client.get("/admin/churn/prediction/", {"decile": "3"})

    assert page.context["cl"].result_count == expected > 0
