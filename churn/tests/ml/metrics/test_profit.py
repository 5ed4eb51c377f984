import numpy as np
import pytest
from scipy.stats import beta as beta_distribution

from churn.exceptions import DataUnfit
from churn.ml.arrays import FloatArray
from churn.ml.metrics.profit import CampaignCosts, expected_maximum_profit, roc_hull


def _some_scores(rows: int = 400, seed: int = 3) -> tuple[FloatArray, FloatArray]:
    rng = np.random.default_rng(seed)
    actual = (rng.random(rows) < 0.3).astype(float)
    return actual, np.round(rng.normal(size=rows) + actual, 1)


def _profit_by_integration(actual: FloatArray, score: FloatArray, costs: CampaignCosts) -> float:
    cuts = [np.inf, *np.unique(score)[::-1]]
    caught = np.array([actual[score >= cut].sum() for cut in cuts]) / len(actual)
    wasted = np.array([(1 - actual)[score >= cut].sum() for cut in cuts]) / len(actual)

    def best(acceptance: float) -> float:
        gain = acceptance * (costs.lifetime_value - costs.incentive) - costs.contact
        return float((gain * caught - (costs.incentive + costs.contact) * wasted).max())

    shares = np.linspace(0, 1, 20_001)
    weighted = [best(share) for share in shares] * beta_distribution(costs.alpha, costs.beta).pdf(
        shares
    )
    return float(np.trapezoid(weighted, shares))


def test_the_closed_form_equals_the_integral() -> None:
    actual, score = _some_scores()

    profit = expected_maximum_profit(actual, score)

    assert profit.profit == pytest.approx(
        _profit_by_integration(actual, score, CampaignCosts()), rel=1e-4
    )


def test_perfect_scores_earn_the_gain_of_every_churner() -> None:
    actual = np.array([0.0, 1.0, 0.0, 1.0, 0.0])
    costs = CampaignCosts()

    profit = expected_maximum_profit(actual, actual, costs)

    assert profit.profit == pytest.approx(0.4 * costs.per_churner, rel=1e-3)
    assert profit.contacted_share == pytest.approx(0.4, rel=1e-3)


def test_constant_scores_earn_no_more_than_contacting_everyone() -> None:
    actual, _ = _some_scores()
    costs = CampaignCosts()
    everyone = actual.mean() * costs.per_churner + (1 - actual.mean()) * costs.per_loyal

    profit = expected_maximum_profit(actual, np.zeros_like(actual), costs)

    assert profit.profit >= max(everyone, 0.0)
    assert profit.profit < expected_maximum_profit(actual, actual, costs).profit


def test_the_roc_hull_is_convex_between_its_ends() -> None:
    actual, score = _some_scores()

    false_positive_rate, true_positive_rate = roc_hull(actual, score)
    slopes = np.diff(true_positive_rate) / np.maximum(np.diff(false_positive_rate), 1e-12)

    for rate in (false_positive_rate, true_positive_rate):
        assert (rate[0], rate[-1]) == (0.0, 1.0)
    assert (np.diff(slopes) < 0).all()


def test_profit_requires_both_outcomes() -> None:
    with pytest.raises(DataUnfit, match="left and customers who stayed"):
        expected_maximum_profit(np.zeros(5), np.arange(5.0))


@pytest.mark.parametrize(
    "wrong", [{"incentive": 300.0}, {"incentive": -1.0}, {"contact": -1.0}, {"alpha": 0.0}]
)
def test_invalid_costs_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(DataUnfit, match="Invalid campaign costs"):
        CampaignCosts(**wrong)
