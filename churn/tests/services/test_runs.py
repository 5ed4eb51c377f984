from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from churn.exceptions import ArtifactMissing
from churn.models import Dataset, Status, TrainingRun
from churn.services import datasets, runs
from churn.services.inputs import DatasetUpload
from churn.services.localization import localize
from churn.services.work.training import execute_run
from churn.tests.conftest import COLUMNS, customer_rows, write_rows

pytestmark = pytest.mark.slow

WHOLE = ["metrics.json", "metrics.csv", "predictions.csv", "feature_importance.csv", "run.log"]


def test_run_trains_from_stored_file_to_artifacts(dataset: Dataset) -> None:
    run = runs.create_run(dataset, algorithm=TrainingRun.Algorithm.XGBOOST)

    execute_run(run)

    assert (run.status, run.failure) == (Status.SUCCEEDED, "")
    assert run.metrics["roc_auc"] > 0.6
    assert 0 < (run.threshold or 0) < 1
    assert set(WHOLE) <= set(runs.artifacts(run))


def test_run_stores_hash_of_its_data(dataset: Dataset) -> None:
    run = runs.create_run(dataset)

    assert (run.status, run.data_sha256) == (Status.QUEUED, dataset.sha256)


def test_training_twice_gives_the_same_model(dataset: Dataset, learned: dict[str, Any]) -> None:
    run = runs.create_run(dataset, algorithm=TrainingRun.Algorithm.XGBOOST)

    execute_run(run)

    assert run.model_sha256 == learned["model_sha256"]


def test_missing_engine_fails_the_run_with_a_reason(dataset: Dataset, media_root: Path) -> None:
    run = runs.create_run(dataset, engine=TrainingRun.Engine.DASK)

    execute_run(run)

    assert run.status == Status.FAILED
    assert "Dask" in run.failure
    assert list(media_root.glob(f"churn/runs/{run.pk}/*")) == []


def test_cancelled_run_leaves_no_files(dataset: Dataset, media_root: Path) -> None:
    run = runs.create_run(dataset, algorithm=TrainingRun.Algorithm.XGBOOST)

    def cancel(stage: str, fraction: float) -> None:
        if stage == "preparation" and not run.cancel_requested:
            runs.cancel_run(run)

    execute_run(run, on_progress=cancel)

    assert run.status == Status.CANCELLED
    assert list(media_root.glob(f"churn/runs/{run.pk}/*")) == []


def test_run_log_lists_the_stages(make_run: Callable[[], TrainingRun]) -> None:
    lines = runs.artifact_path(make_run(), "run.log").read_text().splitlines()

    assert "400 rows, 0 rejected, 400 customers" in lines[0]
    assert lines[-1].split("  ")[-1].startswith("done; model ")


@pytest.mark.parametrize("name", ["model", "../../secret", "nothing.csv", ""])
def test_only_artifacts_have_a_path(make_run: Callable[[], TrainingRun], name: str) -> None:
    with pytest.raises(ArtifactMissing):
        runs.artifact_path(make_run(), name)


def test_leaking_column_fails_the_run_unless_allowed(tmp_path: Path, db: None) -> None:
    rows = [row | {"cancelled_on_paper": row["churn"]} for row in customer_rows(300)]
    path = write_rows(tmp_path / "leaky.csv", rows, [*COLUMNS, "cancelled_on_paper"])
    with path.open("rb") as file:
        leaky = datasets.create_dataset(DatasetUpload(file=file, file_name="leaky.csv"))
    refused, allowed = (
        runs.create_run(leaky, algorithm="xgboost", allow_leaks=allow) for allow in (False, True)
    )

    execute_run(refused)
    execute_run(allowed)

    assert refused.status == Status.FAILED
    assert "cancelled_on_paper" in refused.failure
    assert allowed.status == Status.SUCCEEDED
    assert "cancelled_on_paper" in localize(allowed.notes, "es")[0]["text"]


def test_queued_run_has_no_artifacts(dataset: Dataset) -> None:
    assert runs.artifacts(runs.create_run(dataset)) == []


def test_predictions_csv_starts_with_customer_id(
    make_run: Callable[[], TrainingRun],
) -> None:
    header = runs.artifact_path(make_run(), "predictions.csv").read_text().splitlines()[0]

    assert header.startswith("customer_id,")
