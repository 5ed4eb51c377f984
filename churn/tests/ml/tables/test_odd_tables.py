"""Small, skewed and unusual tables train, or fail with a clear reason."""

import numpy as np
import polars as pl
import pytest

from churn.exceptions import DataUnfit
from churn.ml.scoring import score
from churn.ml.training import TrainingOptions, train
from churn.tests.ml.handmade import customers_of, make_frame

pytestmark = pytest.mark.slow

RNG = np.random.default_rng(7)


def _with_churners(rows: int, churners: int) -> pl.DataFrame:
    frame = make_frame(rows)
    riskiest = frame["calls"].rank("ordinal", descending=True) <= churners
    return frame.with_columns(churn=riskiest)


def _with_columns(columns: dict[str, pl.Series]) -> pl.DataFrame:
    return make_frame(300).with_columns(**columns)


def _random_words(distinct: int, rows: int = 300) -> pl.Series:
    return pl.Series([f"v{code}" for code in RNG.integers(0, distinct, rows)])


# A training takes seconds, so columns that cannot affect each other share a table.
UNUSUAL_TABLES = {
    "two hundred customers, names with braces and commas": make_frame(200).rename(
        {"plan": "{plan}", "calls": "a,b"}
    ),
    "sixty customers": make_frame(60),
    "churn of two per cent": _with_churners(1000, 20).with_columns(calls="noise"),
    "churn of ninety-five per cent": make_frame(600).with_columns(
        churn=pl.Series(RNG.random(600) < 0.95)
    ),
    "empty, constant, boolean, huge and tiny columns": _with_columns(
        {
            "empty number": pl.repeat(None, 300, dtype=pl.Float64, eager=True),
            "empty text": pl.repeat(None, 300, dtype=pl.String, eager=True),
            "constant": pl.repeat("x", 300, eager=True),
            "boolean": pl.Series(RNG.random(300) < 0.5),
            # Outside single precision, in which XGBoost stores numbers.
            "huge": pl.Series(RNG.normal(size=300) * 1e60),
            "tiny": pl.Series(RNG.normal(size=300) * 1e-40),
        }
    ),
    "more categories than are kept": _with_columns({"postcode": _random_words(290)}),
    "a single feature": make_frame(300).select("customer_id", "churn", "plan"),
    "nothing but noise": make_frame(300).select("customer_id", "churn", "noise"),
    "more columns than customers": make_frame(80).with_columns(
        **{f"x{number}": pl.Series(RNG.normal(size=80)) for number in range(85)}
    ),
    "many categorical columns": _with_columns(
        {f"w{number}": _random_words(20) for number in range(15)}
    ),
}


@pytest.mark.parametrize("name", UNUSUAL_TABLES)
def test_an_unusual_table_trains_and_scores(name: str) -> None:
    customers = customers_of(UNUSUAL_TABLES[name])

    run = train(customers, TrainingOptions(objective="profit"))
    scored = score(run.model, customers).frame

    assert 0.0 <= run.metrics["roc_auc"] <= 1.0
    assert run.metrics["mean_score"] == pytest.approx(run.metrics["base_rate"], abs=0.12)
    assert scored["probability"].is_between(0.0, 1.0).all()
    assert scored.height == customers.frame.height


def test_too_few_churners_are_an_error_with_counts() -> None:
    with pytest.raises(DataUnfit, match="200 customers, 4 left and 196 stayed"):
        train(customers_of(_with_churners(200, 4)), TrainingOptions())


def test_a_table_without_useful_columns_is_rejected() -> None:
    constant = make_frame(200).select("customer_id", "churn").with_columns(same=pl.lit("x"))

    with pytest.raises(DataUnfit, match="usable feature is left"):
        train(customers_of(constant), TrainingOptions())
