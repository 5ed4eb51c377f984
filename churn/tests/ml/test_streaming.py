from pathlib import Path

import numpy as np
import polars as pl
import pytest

from churn.exceptions import WorkCancelled
from churn.ml.customers import load_customers
from churn.ml.reading import inspect_source
from churn.ml.sample import write_sample
from churn.ml.scoring import results_frame, score
from churn.ml.streaming import Destination, score_file
from churn.ml.training import TrainedRun, TrainingOptions, train
from churn.tests.ml.handmade import make_frame

Files = tuple[Path, Path]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Files:
    return write_sample(tmp_path_factory.mktemp("sample"), rows=3000, seed=1)


@pytest.fixture(scope="module")
def records_run(files: Files) -> TrainedRun:
    records, zones = files
    customers = load_customers(inspect_source(records), zones=zones, require_target=True)
    return train(customers, TrainingOptions(algorithm="logistic"))


def test_a_file_scored_in_parts_gets_the_scores_of_the_whole(
    records_run: TrainedRun, files: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records, zones = files
    source = inspect_source(records)
    whole = score(records_run.model, load_customers(source, zones=zones)).frame
    monkeypatch.setattr("churn.ml.partitions._PART_BYTES", 100_000)
    target = Destination(tmp_path / "results.csv", tmp_path / "rejects.csv", "en")

    counts = score_file(records_run.model, source, target, zones=zones).counts
    results = pl.read_csv(target.results, schema_overrides={"customer_id": pl.String})
    same = results.sort("customer_id")

    assert counts.rows == counts.accepted + counts.rejected == 3000
    assert counts.customers == results.height
    assert same.drop("decile").equals(results_frame(whole, "en").sort("customer_id").drop("decile"))
    assert np.bincount(results["decile"]).max() - 1 <= results.height // 10


def test_rejects_are_written_by_line_with_their_reason_in_words(
    records_run: TrainedRun, files: Files, tmp_path: Path
) -> None:
    records, zones = files
    target = Destination(tmp_path / "results.csv", tmp_path / "rejects.csv", "es", reasons=0)

    counts = score_file(records_run.model, inspect_source(records), target, zones=zones).counts
    rejects = pl.read_csv(target.rejects)

    assert rejects.columns == ["line", "column", "reason"]
    assert rejects.height == counts.rejected > 0
    assert rejects["reason"].str.len_chars().min() > 10  # type: ignore[operator]


def test_a_table_is_scored_in_the_order_of_its_rows(made_run: TrainedRun, tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    make_frame(rows=100, seed=4).drop("churn").write_csv(path)
    target = Destination(tmp_path / "results.csv", tmp_path / "rejects.csv")

    counts = score_file(made_run.model, inspect_source(path), target).counts

    assert counts.customers == 100
    assert pl.read_csv(target.results)["customer_id"][0] == "c000000"
    assert target.rejects.read_text() == "line,column,reason\n"


def test_a_scoring_can_be_called_off(records_run: TrainedRun, files: Files, tmp_path: Path) -> None:
    def stop(stage: str, fraction: float) -> None:
        raise WorkCancelled

    target = Destination(tmp_path / "results.csv", tmp_path / "rejects.csv")

    with pytest.raises(WorkCancelled):
        score_file(records_run.model, inspect_source(files[0]), target, progress=stop)
