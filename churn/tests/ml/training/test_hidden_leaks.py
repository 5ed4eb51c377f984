"""Leaks that ties and missing values hide, by family, and controls that look like them."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
import polars as pl
import pytest

from churn.ml.arrays import BoolArray
from churn.ml.customers import Customers
from churn.ml.schema import TARGET, Feature, Kind
from churn.ml.training import TrainingOptions, train
from churn.ml.training.leaks import LeakType, find_leaks
from churn.tests.ml.handmade import customers_of, make_frame

pytestmark = pytest.mark.slow

Family: TypeAlias = Callable[[np.random.Generator, BoolArray], Any]
CASES = 80


def _amount(rng: np.random.Generator, rows: BoolArray) -> Any:
    return np.where(rows, rng.gamma(2.0, 40.0, len(rows)).round(2) + 0.01, 0.0)


def _days(rng: np.random.Generator, rows: BoolArray) -> Any:
    values = pl.Series(rng.integers(1, 700, len(rows)).astype(float))
    return values.set(pl.Series(~rows), None)


def _words(rng: np.random.Generator, rows: BoolArray) -> Any:
    values = pl.Series(rng.choice(["price", "service", "moved", "other"], len(rows)))
    return values.set(pl.Series(~rows), None)


def _note(rng: np.random.Generator, rows: BoolArray) -> Any:
    return np.where(rows, rng.choice(["called", "wrote", "visited"], len(rows)), "none")


FAMILIES = {"amount": _amount, "days": _days, "words": _words, "note": _note}


def _with_column(made: Customers, churned: BoolArray, values: Any) -> Customers:
    rows = len(churned)
    frame = pl.DataFrame(
        {"customer_id": [str(n) for n in range(rows)], TARGET: churned, "column": values}
    )
    kind = Kind.NUMERIC if frame["column"].dtype.is_numeric() else Kind.CATEGORICAL
    return replace(made, frame=frame, features=(Feature("column", kind),))


@pytest.mark.parametrize("family", FAMILIES)
def test_column_for_a_part_of_one_outcome_is_a_leak(made_customers: Customers, family: str) -> None:
    for seed in range(CASES):
        rng = np.random.default_rng(seed)
        rows = int(rng.integers(500, 3000))
        churned = rng.random(rows) < rng.uniform(0.1, 0.5)
        outcome = churned if seed % 3 else ~churned
        part = outcome & (rng.random(rows) < rng.uniform(0.4, 1.0))

        leaks = find_leaks(
            _with_column(made_customers, churned, FAMILIES[family](rng, part)), seed=1
        )

        assert [leak.column for leak in leaks] == ["column"], (seed, part.sum())


@pytest.mark.parametrize("family", FAMILIES)
def test_column_for_a_part_of_both_outcomes_is_no_leak(
    made_customers: Customers, family: str
) -> None:
    for seed in range(CASES):
        rng = np.random.default_rng(seed)
        rows = int(rng.integers(500, 3000))
        churned = rng.random(rows) < rng.uniform(0.1, 0.5)
        shares = rng.uniform(0.2, 0.3, 2)
        part = rng.random(rows) < np.where(churned, *shares)

        leaks = find_leaks(
            _with_column(made_customers, churned, FAMILIES[family](rng, part)), seed=1
        )

        assert leaks == (), seed


def test_last_bill_of_zero_for_loyal_customers_is_a_leak(made_customers: Customers) -> None:
    rng = np.random.default_rng(3)
    churned = rng.random(2000) < 0.27
    bill = np.where(churned, rng.gamma(2.0, 40.0, 2000) + 1, 0.0)

    [leak] = find_leaks(_with_column(made_customers, churned, bill), seed=1)

    assert leak.leak_type is LeakType.NEAR_PERFECT


def test_churn_reason_of_some_churners_is_a_leak(made_customers: Customers) -> None:
    rng = np.random.default_rng(4)
    churned = rng.random(1000) < 0.27
    reason = _words(rng, churned & (rng.random(1000) < 0.6))

    [leak] = find_leaks(_with_column(made_customers, churned, reason), seed=1)

    assert leak.leak_type is LeakType.FILLED_FOR_CHURNERS


def test_few_customers_without_a_value_are_no_leak(made_customers: Customers) -> None:
    rng = np.random.default_rng(5)
    churned = rng.random(7000) < 0.27
    charges = pl.Series(rng.gamma(2.0, 900.0, 7000).round(2))
    new = np.flatnonzero(~churned)[:11]

    assert find_leaks(_with_column(made_customers, churned, charges.scatter(new, None)), 1) == ()


def test_suspicious_auc_is_a_warning_that_names_the_column() -> None:
    frame = make_frame(rows=1200)
    rng = np.random.default_rng(0)
    first, second = rng.normal(size=1200), rng.normal(size=1200)
    churned = first + 0.3 * second > 0.5
    leaky = frame.with_columns(churn=pl.Series(churned), risk=first, other=second)

    run = train(customers_of(leaky), TrainingOptions(algorithm="logistic", allow_leaks=True))

    warnings = {warning["code"]: warning for warning in run.metrics["warnings"]}
    assert run.metrics["roc_auc"] >= 0.985
    assert warnings["suspicious_auc"]["column"] == "risk"
    assert "`risk`" in warnings["suspicious_auc"]["message"]


def test_usual_auc_is_no_warning() -> None:
    run = train(customers_of(make_frame()), TrainingOptions(algorithm="logistic"))

    assert run.metrics["warnings"] == []
