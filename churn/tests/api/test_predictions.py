import pytest
from rest_framework.test import APIClient

from churn.models import Scoring, TrainingRun
from churn.tests.conftest import customer_rows

RECORD = {"customer_id": "C1", "tenure": 3, "plan": "plus", "calls": 8}
PREDICTIONS = "/api/churn/predictions/"


def test_predictions_are_ordered_by_risk(api: APIClient, scored: Scoring) -> None:
    body = api.get(PREDICTIONS, {"scoring": scored.pk}).json()

    chances = [one["probability"] for one in body["results"]]
    assert body["count"] == 58
    assert chances == sorted(chances, reverse=True)


def test_reasons_use_the_language_of_the_request(api: APIClient, scored: Scoring) -> None:
    answer = api.get(PREDICTIONS, {"customer": "C0001"}, headers={"Accept-Language": "es"})

    [prediction] = answer.json()["results"]
    assert prediction["customer_id"] == "C0001"
    assert all("el riesgo" in reason["text"] for reason in prediction["reasons"])


def test_predictions_filter_by_minimum_probability(api: APIClient, scored: Scoring) -> None:
    body = api.get(PREDICTIONS, {"min_probability": 0.5}).json()

    assert 0 < body["count"] < 58
    assert all(one["probability"] >= 0.5 for one in body["results"])


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
