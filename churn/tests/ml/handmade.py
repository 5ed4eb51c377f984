"""Factories of customers, so that the tests of the model side read no files."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from churn.ml.customers import Counts, Customers
from churn.ml.io import DataSource
from churn.ml.schema import CUSTOMER_ID, TARGET, Feature, Kind, Shape

PLANS = ("monthly", "yearly", "two years")


def customers_of(frame: pl.DataFrame, *, time_column: str | None = None) -> Customers:
    """Wrap a frame; every column but identifier, target and time_column is a feature."""
    reserved = {CUSTOMER_ID, TARGET, time_column}
    features = tuple(
        Feature(name, Kind.NUMERIC if kind.is_numeric() else Kind.CATEGORICAL)
        for name, kind in frame.schema.items()
        if name not in reserved
    )
    return Customers(
        frame=frame.sort(CUSTOMER_ID),
        features=features,
        counts=Counts(frame.height, frame.height, 0, frame.height),
        rejects=pl.DataFrame(schema={"line": pl.Int64, "column": pl.String, "reason": pl.String}),
        findings=(),
        source=source_of(frame.columns),
        time_column=time_column,
    )


def source_of(columns: Sequence[str]) -> DataSource:
    return DataSource(
        path=Path("customers.csv"),
        format="csv",
        delimiter=",",
        decimal=".",
        columns=tuple(columns),
        shape=Shape.TABLE,
        target=TARGET,
        customer_id=CUSTOMER_ID,
        mapping={},
        remarks=(),
    )


def make_frame(rows: int = 600, seed: int = 0) -> pl.DataFrame:
    """Return customers whose churn depends on plan, months and calls."""
    rng = np.random.default_rng(seed)
    plan = rng.integers(0, len(PLANS), rows)
    months, calls = rng.exponential(20.0, rows).round(1), rng.poisson(2.0, rows)
    margin = 0.3 - 1.2 * plan - 0.04 * months + 0.5 * calls
    churned = rng.random(rows) < 1.0 / (1.0 + np.exp(-margin))
    is_missing = rng.random(rows) < 0.05
    months_known = [
        None if missing else value for value, missing in zip(months, is_missing, strict=True)
    ]
    return pl.DataFrame(
        {
            CUSTOMER_ID: [f"c{number:06d}" for number in range(rows)],
            TARGET: churned,
            "plan": [PLANS[code] for code in plan],
            "months": pl.Series(months_known, dtype=pl.Float64),
            "calls": calls.astype(np.float64),
            "noise": rng.normal(size=rows).round(3),
        }
    )
