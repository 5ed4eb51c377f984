from pathlib import Path

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks
from rest_framework.test import APIClient

from churn.models import Scoring, TrainingRun
from churn.tests.conftest import PNG, MakeUpload


def test_posted_file_is_scored_to_results_and_rejects(
    api: APIClient,
    champion: TrainingRun,
    unlabelled: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with unlabelled.open("rb") as file, django_capture_on_commit_callbacks(execute=True):
        answer = api.post("/api/churn/scorings/", {"file": file}, format="multipart")

    assert (answer.status_code, answer.json()["status"]) == (202, "queued")
    address = f"/api/churn/scorings/{answer.json()['id']}/"
    done = api.get(address).json()
    assert (done["status"], done["rows"], done["customers"]) == ("succeeded", 60, 58)
    assert {feature["name"] for feature in done["drift"]["features"]} == {"tenure", "calls", "plan"}
    results, rejects = (api.get(f"{address}{name}") for name in ("results.csv", "rejects.csv"))
    assert results["Content-Type"] == "text/csv; charset=utf-8"
    assert len(b"".join(results.streaming_content).splitlines()) == 59  # type: ignore[attr-defined]
    assert b"not a number" in b"".join(rejects.streaming_content)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("content", "code"),
    [(PNG, "file_unreadable"), (b"customer_id,tenure\nC1,3\n", "schema_invalid")],
)
def test_invalid_file_is_rejected(
    api: APIClient, champion: TrainingRun, upload: MakeUpload, content: bytes, code: str
) -> None:
    answer = api.post("/api/churn/scorings/", {"file": upload(content)}, format="multipart")

    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert not Scoring.objects.exists()


def test_error_uses_the_language_of_the_request(
    api: APIClient, champion: TrainingRun, upload: MakeUpload
) -> None:
    posted = {"file": upload(b"customer_id\nC1\n")}

    answer = api.post(
        "/api/churn/scorings/", posted, format="multipart", headers={"Accept-Language": "es"}
    )

    assert answer.json()["detail"].startswith("Solo se encontró una columna; separe")


@pytest.mark.django_db
def test_scoring_without_champion_is_a_conflict(api: APIClient, upload: MakeUpload) -> None:
    answer = api.post("/api/churn/scorings/", {"file": upload(b"a,b\n1,2\n")}, format="multipart")

    assert (answer.status_code, answer.json()["code"]) == (409, "no_champion")


def test_second_file_is_queued(api: APIClient, queued: Scoring, unlabelled: Path) -> None:
    Scoring.objects.claim(queued.pk, "elsewhere:1:1")

    with unlabelled.open("rb") as file:
        second = api.post("/api/churn/scorings/", {"file": file}, format="multipart")

    assert (second.status_code, second.json()["status"]) == (202, "queued")


def test_results_of_a_queued_scoring_are_not_found(api: APIClient, queued: Scoring) -> None:
    answer = api.get(f"/api/churn/scorings/{queued.pk}/results.csv")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_scoring_can_be_cancelled(api: APIClient, queued: Scoring) -> None:
    answer = api.post(f"/api/churn/scorings/{queued.pk}/cancel/")

    assert (answer.status_code, answer.json()["status"]) == (202, "cancelled")
