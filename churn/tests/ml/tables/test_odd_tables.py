"""Tables that are small, skewed or strange train sensibly, or say clearly why they cannot."""

import numpy as np
import polars as pl
import pytest

from churn.exceptions import DataUnfit
from churn.ml.scoring.score import score
from churn.ml.training.run import TrainingOptions, train
from churn.tests.ml.handmade import customers_of, make_frame

RNG = np.random.default_rng(7)


def _rare(rows: int, left: int) -> pl.DataFrame:
    frame = make_frame(rows)
    riskiest = frame["calls"].rank("ordinal", descending=True) <= left
    return frame.with_columns(churn=riskiest)


def _wider(columns: dict[str, pl.Series]) -> pl.DataFrame:
    return make_frame(300).with_columns(**columns)


def _words(levels: int, rows: int = 300) -> pl.Series:
    return pl.Series([f"v{code}" for code in RNG.integers(0, levels, rows)])


ODD = {
    "two hundred customers": make_frame(200),
    "sixty customers": make_frame(60),
    "churn of two per cent": _rare(1000, 20).with_columns(calls="noise"),
    "churn of ninety-five per cent": make_frame(600).with_columns(
        churn=pl.Series(RNG.random(600) < 0.95)
    ),
    "a column without a value": _wider(
        {"void": pl.repeat(None, 300, dtype=pl.Float64, eager=True)}
    ),
    "words without a value": _wider({"void": pl.repeat(None, 300, dtype=pl.String, eager=True)}),
    "one value only": _wider({"same": pl.repeat("x", 300, eager=True)}),
    "booleans": _wider({"flag": pl.Series(RNG.random(300) < 0.5)}),
    "more words than are kept": _wider({"postcode": _words(290)}),
    "numbers beyond single precision": _wider({"huge": pl.Series(RNG.normal(size=300) * 1e60)}),
    "numbers close to nothing": _wider({"tiny": pl.Series(RNG.normal(size=300) * 1e-40)}),
    "a single feature": make_frame(300).select("customer_id", "churn", "plan"),
    "nothing but noise": make_frame(300).select("customer_id", "churn", "noise"),
    "more columns than customers": _wider(
        {f"x{number}": pl.Series(RNG.normal(size=300)) for number in range(320)}
    ),
    "many columns of words": _wider({f"w{number}": _words(20) for number in range(60)}),
    "names that look like something else": make_frame(200).rename(
        {"plan": "{plan}", "calls": "a,b"}
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_an_odd_table_trains_and_scores(name: str) -> None:
    customers = customers_of(ODD[name])

    run = train(customers, TrainingOptions(objective="profit"))
    scored = score(run.model, customers).frame

    assert 0.0 <= run.metrics["roc_auc"] <= 1.0
    assert run.metrics["mean_score"] == pytest.approx(run.metrics["base_rate"], abs=0.12)
    assert scored["probability"].is_between(0.0, 1.0).all()
    assert scored.height == customers.frame.height


def test_too_few_who_left_are_counted() -> None:
    with pytest.raises(DataUnfit, match="200 customers 4 left and 196 stayed"):
        train(customers_of(_rare(200, 4)), TrainingOptions())


def test_a_table_without_anything_to_learn_from_is_refused() -> None:
    dull = make_frame(200).select("customer_id", "churn").with_columns(same=pl.lit("x"))

    with pytest.raises(DataUnfit, match="column is left to learn from"):
        train(customers_of(dull), TrainingOptions())
