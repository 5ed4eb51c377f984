from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from churn.exceptions import WorkCancelled
from churn.ml.customers import load_customers
from churn.ml.io import inspect_source
from churn.ml.scoring import ScoredFile, score, score_in_batches
from churn.ml.synthetic import write_sample
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


def all_of(scored: ScoredFile) -> pl.DataFrame:
    return pl.concat(scored.batches())


def test_a_file_scored_in_batches_gets_the_same_scores(
    records_run: TrainedRun, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    records, zones = files
    source = inspect_source(records)
    customers = load_customers(source, zones=zones)
    whole = score(records_run.model, customers)
    monkeypatch.setattr("churn.ml.customers.batches._PARTITION_BYTES", 100_000)

    with score_in_batches(records_run.model, source, zones=zones) as scored:
        results = all_of(scored)

    assert len(scored.sizes) > 3
    assert scored.counts == whole.counts
    assert results.columns == whole.frame.columns
    in_order = results.sort("customer_id").drop("decile")
    assert_frame_equal(in_order, whole.frame.drop("decile"), rel_tol=1e-9)
    drifted = [one for one in scored.findings if one.code.startswith("drift_")]
    assert scored.findings == (*drifted, *customers.findings)
    assert scored.rejects.sort("line").equals(customers.rejects.sort("line"))
    assert (scored.unknown_categories, scored.drift) == (whole.unknown_categories, whole.drift)


def test_deciles_are_those_of_the_whole_file(
    records_run: TrainedRun, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("churn.ml.customers.batches._PARTITION_BYTES", 100_000)

    with score_in_batches(records_run.model, inspect_source(files[0]), reasons=0) as scored:
        results = all_of(scored)

    first, second = (results.filter(decile=decile)["probability"] for decile in (1, 2))
    assert first.min() >= second.max()  # type: ignore[operator]
    assert np.bincount(results["decile"]).max() - 1 <= results.height // 10
    assert results["reasons"].list.len().max() == 0


def test_findings_are_counted_over_all_batches(
    made_run: TrainedRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "new.csv"
    frame = make_frame(rows=300, seed=4).drop("churn")
    frame.with_columns(calls=pl.lit(None, pl.Float64)).write_csv(path)
    source = inspect_source(path)
    whole = load_customers(source, expected=made_run.model.features)
    monkeypatch.setattr("churn.ml.io.blocks._BLOCK_BYTES", 2_000)

    with score_in_batches(made_run.model, source) as scored:
        assert len(scored.sizes) > 3

    drifted = [one for one in scored.findings if one.code.startswith("drift_")]
    assert scored.findings == (*drifted, *whole.findings)
    assert "calls" in {finding.column for finding in drifted}
    assert scored.counts.customers == 300


def test_a_table_is_scored_in_the_order_of_its_rows(made_run: TrainedRun, tmp_path: Path) -> None:
    path = tmp_path / "new.csv"
    make_frame(rows=100, seed=4).drop("churn").write_csv(path)

    with score_in_batches(made_run.model, inspect_source(path)) as scored:
        results = all_of(scored)

    assert scored.counts.customers == results.height == 100
    assert results["customer_id"][0] == "c000000"


def test_progress_never_decreases_and_names_its_stage(
    records_run: TrainedRun, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("churn.ml.customers.batches._PARTITION_BYTES", 100_000)
    reported: list[tuple[str, float]] = []

    def listen(stage: str, fraction: float) -> None:
        reported.append((stage, fraction))

    with score_in_batches(records_run.model, inspect_source(files[0]), on_progress=listen):
        pass

    shares = [share for _, share in reported]
    assert shares == sorted(shares)
    assert {stage for stage, _ in reported} == {"reading", "scoring"}


def test_a_scoring_can_be_cancelled(records_run: TrainedRun, files: Files) -> None:
    def stop(stage: str, fraction: float) -> None:
        raise WorkCancelled

    with (
        pytest.raises(WorkCancelled),
        score_in_batches(records_run.model, inspect_source(files[0]), on_progress=stop),
    ):
        pass
