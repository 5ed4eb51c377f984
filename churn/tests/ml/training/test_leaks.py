from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from churn.exceptions import DataUnfit, LeakFound
from churn.ml.customers import Customers
from churn.ml.schema import TARGET, Feature, Kind
from churn.ml.training.leaks import (
    Leak,
    LeakType,
    describe_leak,
    drop_harmless,
    find_leaks,
    reject_harmful,
)
from churn.services.localization import localizer

ROWS = 400
RNG = np.random.default_rng(0)
CHURNED = RNG.random(ROWS) < 0.3
REASONS = RNG.choice(["price", "service", "moved"], ROWS)
HONEST = {"months": RNG.normal(size=ROWS) - CHURNED, "plan": RNG.choice(list("abc"), ROWS)}


def customers(made: Customers, **columns: Any) -> Customers:
    data = {**HONEST, **columns}
    frame = pl.DataFrame({"customer_id": [str(n) for n in range(ROWS)], TARGET: CHURNED, **data})
    kinds = {True: Kind.NUMERIC, False: Kind.CATEGORICAL}
    features = tuple(Feature(name, kinds[frame[name].dtype.is_numeric()]) for name in data)
    return replace(made, frame=frame, features=features)


def leak_types(made: Customers, **columns: Any) -> dict[str, LeakType]:
    return {leak.column: leak.leak_type for leak in find_leaks(customers(made, **columns), seed=1)}


@pytest.mark.parametrize(
    ("name", "values", "leak_type"),
    [
        ("country", ["PY"] * ROWS, LeakType.CONSTANT),
        ("nothing", pl.Series([None] * ROWS, dtype=pl.Float64), LeakType.CONSTANT),
        ("RowNumber", np.arange(ROWS) * 1.0, LeakType.IDENTIFIER),
        ("account_no_id", RNG.permutation(ROWS) * 99_999.0, LeakType.IDENTIFIER),
        ("position", np.arange(ROWS) * 3.0, LeakType.IDENTIFIER),
        ("phone", [f"09{n}" for n in range(ROWS)], LeakType.IDENTIFIER),
        ("gone", np.where(CHURNED, "left", "here"), LeakType.TARGET_COPY),
        ("opposite", 1.0 - CHURNED, LeakType.TARGET_COPY),
        ("final_bill", CHURNED * 50 + RNG.random(ROWS), LeakType.NEAR_PERFECT),
        (
            "reason",
            pl.Series(REASONS).set(pl.Series(~CHURNED), None),
            LeakType.NEAR_PERFECT,
        ),
        ("cancel_calls", CHURNED * 2.0 + RNG.normal(size=ROWS) * 0.8, LeakType.NEAR_PERFECT),
        ("predicted_churn", CHURNED + RNG.normal(size=ROWS), LeakType.PREVIOUS_PREDICTION),
        ("puntaje_baja", CHURNED * 1.5 + RNG.normal(size=ROWS), LeakType.PREVIOUS_PREDICTION),
    ],
)
def test_a_column_that_must_not_be_learned_from_is_named(
    made_customers: Customers, name: str, values: Any, leak_type: LeakType
) -> None:
    assert leak_types(made_customers, **{name: values}).get(name) is leak_type


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("credit_score", RNG.integers(300, 850, ROWS) * 1.0),
        ("balance", np.round(RNG.random(ROWS) * 1e6)),
        ("city", RNG.choice([f"city {n}" for n in range(150)], ROWS)),
        ("street", [f"street {n}" for n in RNG.permutation(ROWS) % 380]),
        ("bill", CHURNED * 1.5 + RNG.normal(size=ROWS)),
    ],
)
def test_an_honest_column_is_not_suspected(
    made_customers: Customers, name: str, values: Any
) -> None:
    assert leak_types(made_customers, **{name: values}) == {}


def test_harmless_leaks_are_left_out_and_others_refused(made_customers: Customers) -> None:
    leaky = customers(made_customers, country=["PY"] * ROWS, gone=CHURNED * 1.0)
    leaks = find_leaks(leaky, seed=1)

    left = drop_harmless(leaky, leaks)

    assert [feature.name for feature in left.features] == ["months", "plan", "gone"]
    assert "country" not in left.frame.columns
    with pytest.raises(LeakFound, match=r"leakage: `gone` is a copy of the target\. Remove"):
        reject_harmful(leaks)


def test_nothing_left_to_learn_from_is_an_error(made_customers: Customers) -> None:
    bare = customers(made_customers)
    constant = replace(bare, frame=bare.frame.with_columns(months=pl.lit(1.0), plan=pl.lit("a")))

    with pytest.raises(DataUnfit, match="No usable feature is left"):
        drop_harmless(constant, find_leaks(constant, seed=1))


def test_without_a_target_only_constants_and_identifiers_are_looked_for(
    made_customers: Customers,
) -> None:
    blind = customers(made_customers, gone=CHURNED * 1.0, country=["PY"] * ROWS)

    leaks = find_leaks(replace(blind, frame=blind.frame.drop(TARGET)), seed=1)

    assert [leak.column for leak in leaks] == ["country"]


def test_a_leak_is_described_with_its_auc() -> None:
    leak = Leak("refund", LeakType.NEAR_PERFECT, auc=0.9876)

    assert "AUC 0.988 alone" in str(describe_leak(leak))
    assert "AUC 0,988 por sí sola" in localizer("es").text(describe_leak(leak))


def test_every_leak_is_described(made_customers: Customers) -> None:
    leaky = customers(made_customers, country=["PY"] * ROWS, gone=CHURNED * 1.0)

    for leak in find_leaks(leaky, seed=1):
        assert str(describe_leak(leak)).startswith(f"`{leak.column}`")
