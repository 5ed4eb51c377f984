import csv
import json
from pathlib import Path

import polars as pl
import pytest

from churn.ml.customers import Customers
from churn.ml.report import write_artifacts
from churn.ml.serialization import load_model
from churn.ml.training import TrainedRun, TrainingOptions, train


@pytest.fixture(scope="module")
def folder(made_run: TrainedRun, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("artifacts")
    write_artifacts(made_run, folder)
    return folder


def test_training_twice_leaves_the_same_bytes(
    made_customers: Customers, folder: Path, tmp_path: Path
) -> None:
    again = train(made_customers, TrainingOptions())

    write_artifacts(again, tmp_path)

    for name in ("metrics.json", "metrics.csv", "predictions.csv", "model/model.json"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_the_measures_are_written_as_json_and_as_a_table(
    made_run: TrainedRun, folder: Path
) -> None:
    stored = json.loads((folder / "metrics.json").read_text())
    with (folder / "metrics.csv").open() as file:
        table = {row["metric"]: float(row["value"]) for row in csv.DictReader(file)}

    assert stored == made_run.metrics
    assert table["roc_auc"] == stored["roc_auc"]


def test_every_customer_is_in_the_predictions(made_run: TrainedRun, folder: Path) -> None:
    predictions = pl.read_csv(folder / "predictions.csv")

    assert predictions.columns == [
        "customer_id",
        "dataset_split",
        "actual",
        "prediction",
        "probability",
    ]
    assert predictions.height == made_run.counts.customers
    assert predictions["dataset_split"].value_counts().sort("count").rows() == [
        ("test", 120),
        ("train", 480),
    ]


def test_the_digest_returned_opens_the_model(made_run: TrainedRun, tmp_path: Path) -> None:
    digest = write_artifacts(made_run, tmp_path)

    assert load_model(tmp_path / "model", digest).threshold == made_run.threshold
