"""A stored model reads the cells of one row as those of its training file."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from churn.ml.customers import load_customers
from churn.ml.io import DataSource
from churn.ml.pipeline import load_model, save_model
from churn.ml.scoring import ScoredFile, predict_records, score_in_batches
from churn.ml.training import TrainingOptions, train
from churn.tests.ml.files import inspect_content

HEADER = "customer_id;sales;since;churn"
AS_OF = date(2022, 1, 1)


def make_rows(count: int = 400) -> list[str]:
    """Return rows with thousands after a point and with the month before the day."""
    rng = np.random.default_rng(3)
    rows = []
    for number in range(count):
        sales, age = int(rng.integers(500, 2_000_000)), int(rng.integers(1, 3_000))
        churned = rng.random() < 0.7 / (1 + sales / 400_000) + age / 10_000
        since = AS_OF - timedelta(days=age)
        grouped = f"{sales:,}".replace(",", ".")
        rows.append(f"c{number};Gs. {grouped};{since:%m/%d/%Y};{'yes' if churned else 'no'}")
    return rows


def inspect_rows(folder: Path, rows: list[str]) -> DataSource:
    return inspect_content(folder, "\n".join([HEADER, *rows]) + "\n", as_of=AS_OF)


@pytest.mark.slow
def test_a_row_has_the_same_score_alone(tmp_path: Path) -> None:
    rows = make_rows()
    customers = load_customers(inspect_rows(tmp_path, rows), require_target=True)
    save_model(train(customers, TrainingOptions()).model, tmp_path / "model")
    model = load_model(tmp_path / "model")
    ambiguous = next(
        row
        for row in rows
        if row.split(";")[1].count(".") == 2 and int(row.split(";")[2][3:5]) <= 12
    )

    with score_in_batches(model, inspect_rows(tmp_path, rows)) as scored:
        in_file = {row["customer_id"]: row["probability"] for row in _rows(scored)}
    with score_in_batches(model, inspect_rows(tmp_path, [ambiguous])) as scored:
        (alone,) = _rows(scored)
        codes = {finding.code for finding in scored.findings}
    name, sales, since, _ = ambiguous.split(";")
    record = {"customer_id": name, "sales": sales, "since": since}
    (predicted,) = predict_records(model, [record], as_of=AS_OF).predictions

    assert in_file[alone["customer_id"]] == alone["probability"] == predicted["probability"]
    assert not {code for code in codes if "ambiguous" in code or code == "format_differs"}


def _rows(scored: ScoredFile) -> list[dict[str, object]]:
    return [row for batch in scored.batches() for row in batch.iter_rows(named=True)]
