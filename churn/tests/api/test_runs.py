from collections.abc import Callable

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks
from rest_framework.test import APIClient

from churn.ml.training import RunRemark, describe_remark
from churn.ml.training.leaks import Leak, LeakType
from churn.models import Dataset, TrainingRun
from churn.services import runs

MakeRun = Callable[[], TrainingRun]


@pytest.mark.slow
def test_posted_run_is_queued_and_finished_by_a_worker(
    api: APIClient,
    dataset: Dataset,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    order = {"dataset": dataset.pk, "algorithm": "xgboost", "objective": "f1"}

    with django_capture_on_commit_callbacks(execute=True):
        answer = api.post("/api/churn/runs/", order)

    assert (answer.status_code, answer.json()["status"]) == (202, "queued")
    done = api.get(f"/api/churn/runs/{answer.json()['id']}/").json()
    assert (done["status"], done["progress"]) == ("succeeded", 1.0)
    assert done["lineage"]["data_sha256"] == dataset.sha256
    assert done["metrics"]["roc_auc"] > 0.6
    assert "precisión" in done["metrics"]["threshold"]["text"]["es"]
    assert done["importance"][0]["label"]["en"] in {"tenure", "plan", "calls"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("dataset", 0),
        ("algorithm", "magic"),
        ("objective", "luck"),
        ("min_precision", 1.5),
        ("min_precision", 0),
        ("trials", -1),
        ("trials", 10**6),
        ("engine", "steam"),
    ],
)
def test_invalid_option_is_an_error_of_its_field(
    api: APIClient, dataset: Dataset, field: str, value: object
) -> None:
    answer = api.post("/api/churn/runs/", {"dataset": dataset.pk, field: value})

    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not TrainingRun.objects.exists()


def test_results_are_read_only(api: APIClient, dataset: Dataset) -> None:
    api.post("/api/churn/runs/", {"dataset": dataset.pk, "status": "succeeded", "threshold": 0.1})

    run = TrainingRun.objects.get()
    assert (run.status, run.threshold) == ("queued", None)


def test_cancelling_a_finished_run_is_a_conflict(api: APIClient, dataset: Dataset) -> None:
    run = runs.create_run(dataset)

    first, second = (api.post(f"/api/churn/runs/{run.pk}/cancel/") for _ in range(2))

    assert (first.status_code, first.json()["status"]) == (202, "cancelled")
    assert (second.status_code, second.json()["code"]) == (409, "state_conflict")


def test_champion_has_its_signature(api: APIClient, make_run: MakeRun) -> None:
    run = make_run()
    assert api.get("/api/churn/models/champion/").status_code == 404

    promoted = api.post(f"/api/churn/runs/{run.pk}/promote/")

    assert (promoted.status_code, promoted.json()["is_champion"]) == (200, True)
    champion = api.get("/api/churn/models/champion/").json()
    columns = {column["name"]: column["kind"] for column in champion["signature"]["columns"]}
    assert columns == {"tenure": "numeric", "calls": "numeric", "plan": "categorical"}


def test_rollback_restores_the_previous_champion(
    api: APIClient, champion: TrainingRun, make_run: MakeRun
) -> None:
    api.post(f"/api/churn/runs/{make_run().pk}/promote/")

    back = api.post("/api/churn/models/champion/rollback/")
    again = api.post("/api/churn/models/champion/rollback/")

    assert back.json()["id"] == champion.pk
    assert (again.status_code, again.json()["code"]) == (409, "no_champion")


def test_every_listed_artifact_can_be_downloaded(api: APIClient, champion: TrainingRun) -> None:
    artifacts = api.get(f"/api/churn/runs/{champion.pk}/").json()["artifacts"]

    for name, address in artifacts.items():
        answer = api.get(address)
        content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
        assert (answer.status_code, bool(content)) == (200, True), name


def test_report_may_not_run_scripts(api: APIClient, champion: TrainingRun) -> None:
    answer = api.get(f"/api/churn/runs/{champion.pk}/artifacts/report.html")

    policy = answer["Content-Security-Policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
    answer.close()


@pytest.mark.parametrize("name", ["model", "model.json", "..%2F..%2Fmanage.py", "nothing.png"])
def test_only_artifacts_can_be_downloaded(api: APIClient, champion: TrainingRun, name: str) -> None:
    answer = api.get(f"/api/churn/runs/{champion.pk}/artifacts/{name}")

    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_notes_and_warnings_use_the_language_of_the_request(
    api: APIClient, champion: TrainingRun
) -> None:
    leak = Leak("refund", LeakType.TARGET_COPY, 1.0)
    values = {"column": leak.column, "leak": leak.leak_type.value, "auc": leak.auc}
    text = describe_remark(RunRemark("leaks_allowed", values)).to_dict()
    older = {"en": "`fee`: kept", "es": "`fee`: se mantuvo"}
    champion.notes = [
        {"code": "leaks_allowed", "values": values, "text": text},
        {"code": "leaks_allowed", "values": older, "text": older},
    ]
    champion.metrics["warnings"] = [
        {"code": "leaks_allowed", "column": "refund", "message": "kept"},
        {"code": "suspicious_auc", "column": "fee", "message": "without a note"},
    ]
    champion.save()

    run = api.get(f"/api/churn/runs/{champion.pk}/", headers={"Accept-Language": "es"}).json()

    spanish = (
        "`refund` es una copia de la variable objetivo: se mantuvo porque se permiten fugas; las"
        " métricas pueden ser demasiado optimistas"
    )
    assert [note["message"] for note in run["notes"]] == [spanish, older["es"]]
    assert [note["text"] for note in run["notes"]] == [note["message"] for note in run["notes"]]
    messages = [warning["message"] for warning in run["metrics"]["warnings"]]
    assert messages == [spanish, "without a note"]
