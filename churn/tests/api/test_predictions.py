from random import Random

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from churn.models import Prediction, Scoring, TrainingRun
from churn.tests.conftest import customer_rows

RECORD = {"customer_id": "C1", "tenure": 3, "plan": "plus", "calls": 8}
PREDICTIONS = "/api/churn/predictions/"


def test_predictions_are_ordered_by_risk(api: APIClient, scored: Scoring) -> None:
    body = api.get(PREDICTIONS, {"scoring": scored.pk, "page_size": 100}).json()

    chances = [one["probability"] for one in body["results"]]
    assert len(chances) == 58
    assert chances == sorted(chances, reverse=True)


def test_reasons_use_the_language_of_the_request(api: APIClient, scored: Scoring) -> None:
    answer = api.get(PREDICTIONS, {"customer": "C0001"}, headers={"Accept-Language": "es"})

    [prediction] = answer.json()["results"]
    assert prediction["customer_id"] == "C0001"
    assert all("el riesgo" in reason["text"] for reason in prediction["reasons"])


def test_predictions_filter_by_minimum_probability(api: APIClient, scored: Scoring) -> None:
    body = api.get(PREDICTIONS, {"min_probability": 0.5, "page_size": 100}).json()

    assert 0 < len(body["results"]) < 58
    assert all(one["probability"] >= 0.5 for one in body["results"])


@pytest.fixture
def many(scored: Scoring) -> list[int]:
    """Make ties of probability in two scorings; return the primary keys in their order."""
    other = Scoring.objects.get(pk=scored.pk)
    other.pk = None
    other.save()
    random = Random(5)  # noqa: S311  test data, no secret
    Prediction.objects.bulk_create(
        Prediction(
            scoring=scoring,
            customer_id=f"many {number}",
            probability=random.choice([0.0, 0.25, 1 / 3, 1.0]),
            churn=False,
            decile=1,
        )
        for scoring in (scored, other)
        for number in range(60)
    )
    rows = Prediction.objects.values_list("scoring_id", "probability", "pk")
    return [pk for _scoring, _probability, pk in sorted(rows, reverse=True)]


def follow(api: APIClient, link: str, url: str, **parameters: int) -> list[list[int]]:
    """Return the primary keys of each page from `url` on, by its links."""
    pages = []
    body = api.get(url, parameters).json()
    while True:
        rows = Prediction.objects.in_bulk([one["id"] for one in body["results"]])
        pages.append([rows[one["id"]].pk for one in body["results"]])
        if body[link] is None:
            return pages
        last, body = body, api.get(body[link]).json()
        assert body["previous" if link == "next" else "next"] is not None, last


@pytest.mark.parametrize("size", [7, 59, 178, 1000])
def test_pages_have_every_row_once_in_both_directions(
    api: APIClient, many: list[int], size: int
) -> None:
    pages = follow(api, "next", PREDICTIONS, page_size=size)
    last = api.get(PREDICTIONS, {"page_size": size}).json()
    while last["next"]:
        last = api.get(last["next"]).json()

    backwards = follow(api, "previous", last["previous"])[::-1] if last["previous"] else []

    assert [pk for page in pages for pk in page] == many
    assert {len(page) for page in pages[:-1]} <= {size}
    assert [pk for page in backwards for pk in page] == many[: len(many) - len(pages[-1])] * bool(
        backwards
    )


def test_a_page_stays_where_it_is_while_rows_are_added(api: APIClient, many: list[int]) -> None:
    first = api.get(PREDICTIONS, {"page_size": 10}).json()
    newest = Prediction.objects.order_by("-scoring").first()
    assert newest is not None
    newest.pk, newest.customer_id, newest.probability = None, "another", 1.0
    newest.save()

    second = api.get(first["next"]).json()

    assert [one["id"] for one in second["results"]] == many[10:20]


def test_a_deep_page_takes_one_query(api: APIClient, many: list[int]) -> None:
    first = api.get(PREDICTIONS, {"page_size": 100}).json()

    with CaptureQueriesContext(connection) as captured:
        api.get(first["next"])

    of_predictions = [one["sql"] for one in captured if 'FROM "churn_prediction"' in one["sql"]]
    assert len(of_predictions) == 1
    assert "OFFSET" not in of_predictions[0]
    assert "COUNT" not in of_predictions[0]


@pytest.mark.parametrize("cursor", ["x", "cD0x", "cD0xLDIsMw==", "cD1hLGIsYw==", "cD0xLG5hbiwz"])
def test_a_cursor_that_is_not_ours_is_not_found(api: APIClient, cursor: str) -> None:
    assert api.get(PREDICTIONS, {"cursor": cursor}).status_code == 404


def test_a_page_number_is_refused_with_a_sentence(api: APIClient) -> None:
    answer = api.get(PREDICTIONS, {"page": 2})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "page"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("customer", "\x00"),
        ("min_probability", "high"),
        ("min_probability", "nan"),
        ("min_probability", "2"),
        ("scoring", "first"),
    ],
)
def test_invalid_filter_is_rejected_by_name(api: APIClient, field: str, value: str) -> None:
    answer = api.get(PREDICTIONS, {field: value})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == field


def test_predict_scores_records_without_storing_them(api: APIClient, champion: TrainingRun) -> None:
    answer = api.post("/api/churn/predict/", {"records": [RECORD, RECORD | {"customer_id": "C2"}]})

    predictions = answer.json()["predictions"]
    assert answer.status_code == 200
    assert [one["customer_id"] for one in predictions] == ["C1", "C2"]
    assert set(predictions[0]) == {"customer_id", "probability", "churn", "contact", "reasons"}
    assert not Scoring.objects.exists()


def test_record_and_file_get_the_same_score(api: APIClient, scored: Scoring) -> None:
    in_file = scored.predictions.get(customer_id="C0000")
    row = {name: value for name, value in customer_rows(1, seed=1)[0].items() if name != "churn"}

    [prediction] = api.post("/api/churn/predict/", {"records": [row]}).json()["predictions"]

    assert prediction["probability"] == pytest.approx(in_file.probability)


@pytest.mark.parametrize("records", [[], [RECORD] * 1001, ["C1"], "C1"])
def test_predict_takes_up_to_a_thousand_objects(
    api: APIClient, champion: TrainingRun, records: object
) -> None:
    answer = api.post("/api/churn/predict/", {"records": records})

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_missing_column_is_rejected_by_name(api: APIClient, champion: TrainingRun) -> None:
    answer = api.post("/api/churn/predict/", {"records": [{"customer_id": "C1", "tenure": 3}]})

    assert (answer.status_code, answer.json()["code"]) == (400, "schema_invalid")
    assert "calls" in answer.json()["detail"]


@pytest.mark.django_db
def test_predict_without_champion_is_a_conflict(api: APIClient) -> None:
    answer = api.post("/api/churn/predict/", {"records": [RECORD]})

    assert (answer.status_code, answer.json()["code"]) == (409, "no_champion")
