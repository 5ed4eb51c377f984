import numpy as np
import polars as pl
import pytest

from churn.ml.metrics.baselines import baseline_metrics, legacy_rule
from churn.ml.metrics.profit import CampaignCosts, campaign_profit


def _frame() -> pl.DataFrame:
    return pl.DataFrame({"service_type": ["problema", "reclamo", "consulta", None] * 500})


def test_the_rule_flags_problems_and_half_the_complaints() -> None:
    predicted = legacy_rule(_frame(), seed=42)

    assert predicted[0::4].all()
    assert 200 < predicted[1::4].sum() < 300
    assert not predicted[2::4].any()
    assert not predicted[3::4].any()


def test_the_coin_of_the_rule_is_seeded() -> None:
    first, again, other = (legacy_rule(_frame(), seed) for seed in (42, 42, 43))

    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)


def test_the_rule_flags_nobody_without_service_types() -> None:
    assert not legacy_rule(pl.DataFrame({"plan": ["problema"]}), seed=1).any()


def test_baselines_are_the_rule_everybody_and_nobody() -> None:
    actual = np.tile([1.0, 0.0, 0.0, 0.0], 500)

    table = baseline_metrics(_frame(), actual, CampaignCosts(), seed=42)

    assert set(table) == {"old_rule", "nobody_leaves", "everybody_leaves"}
    assert table["old_rule"]["recall"] == 1.0
    assert table["nobody_leaves"]["accuracy"] == pytest.approx(0.75)
    assert table["everybody_leaves"]["precision"] == pytest.approx(0.25)


def test_profit_is_per_customer_of_the_base() -> None:
    costs = CampaignCosts()
    actual = np.array([1.0, 0.0, 0.0, 1.0])

    profit = campaign_profit(actual, np.array([True, True, False, False]), costs)

    assert profit == pytest.approx((costs.per_churner + costs.per_loyal) / 4)
