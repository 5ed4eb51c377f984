"""Expected maximum profit of a retention campaign, the measure made for churn (EMPC).

Verbraken, Verbeke and Baesens, "A novel profit maximizing metric for measuring classification
performance of customer churn prediction models", IEEE TKDE 25(5), 2013. Each customer contacted
costs `contact`; a churner accepts an offer worth `incentive` with a probability drawn from
Beta(`alpha`, `beta`) and then keeps a value of `lifetime_value`; a loyal customer simply takes the
offer. The measure is the profit per customer of the whole base when the best share is contacted.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc

from churn.exceptions import DataUnfit
from churn.ml.arrays import FloatArray


@dataclass(frozen=True, slots=True)
class CampaignCosts:
    """Money of a retention campaign; all amounts in one currency, per customer."""

    lifetime_value: float = 200.0
    incentive: float = 10.0
    contact: float = 1.0
    alpha: float = 6.0
    beta: float = 14.0

    def __post_init__(self) -> None:
        if not self.lifetime_value > self.incentive >= 0 or self.contact < 0:
            raise DataUnfit(
                "Costs make no campaign: the lifetime value must exceed the incentive, and neither "
                "the incentive nor the contact may be negative."
            )
        if self.alpha <= 0 or self.beta <= 0:
            raise DataUnfit("Costs make no campaign: alpha and beta must be above zero.")

    @property
    def acceptance(self) -> float:
        """Expected share of contacted churners who accept the offer."""
        return self.alpha / (self.alpha + self.beta)

    @property
    def per_churner(self) -> float:
        """Expected gain of contacting a churner."""
        return self.acceptance * (self.lifetime_value - self.incentive) - self.contact

    @property
    def per_loyal(self) -> float:
        """Expected loss, as a negative gain, of contacting a customer who would have stayed."""
        return -self.incentive - self.contact


@dataclass(frozen=True, slots=True)
class ExpectedProfit:
    """`value` is money per customer of the base, `share` the part of the base to contact."""

    value: float
    share: float


def expected_maximum_profit(
    actual: FloatArray, score: FloatArray, costs: CampaignCosts | None = None
) -> ExpectedProfit:
    """EMPC of scores (n,) against outcomes (n,) of 0 and 1, in closed form on the ROC hull.

    Raises
    ------
    DataUnfit : only one of the two outcomes occurs.
    """
    money = costs or CampaignCosts()
    rate = float(np.mean(actual))
    if not 0.0 < rate < 1.0:
        raise DataUnfit("Profit needs customers who left and customers who stayed.")
    caught, wasted = roc_hull(actual, score)
    edges, steps = _segments(caught, wasted, rate, money)
    caught, wasted = caught[:steps], wasted[:steps]
    first = np.diff(_beta_moment(edges, money, 1))
    zeroth = np.diff(_beta_moment(edges, money, 0))
    gain = (money.lifetime_value - money.incentive) * rate * caught
    contacted = rate * caught + (1.0 - rate) * wasted
    loss = money.contact * contacted + money.incentive * (1.0 - rate) * wasted
    return ExpectedProfit(float(gain @ first - loss @ zeroth), float(contacted @ zeroth))


def roc_hull(actual: FloatArray, score: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Corners of the convex hull of the ROC curve: shares of churners and of loyal customers."""
    order = np.argsort(-score, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(score[order]) != 0, True))
    caught = np.append(0.0, np.cumsum(actual[order])[ends])
    wasted = np.append(0.0, ends + 1.0) - caught
    caught, wasted = caught / caught[-1], wasted / wasted[-1]
    corners: list[int] = []
    for point in range(len(caught)):
        while len(corners) > 1 and _not_above(caught, wasted, (corners[-2], corners[-1], point)):
            corners.pop()
        corners.append(point)
    return caught[corners], wasted[corners]


def _not_above(caught: FloatArray, wasted: FloatArray, points: tuple[int, int, int]) -> bool:
    start, middle, end = points
    rise = (caught[middle] - caught[start]) * (wasted[end] - wasted[start])
    return bool(rise <= (caught[end] - caught[start]) * (wasted[middle] - wasted[start]))


def _segments(
    caught: FloatArray, wasted: FloatArray, rate: float, costs: CampaignCosts
) -> tuple[FloatArray, int]:
    """Find the acceptance rates, 0 to 1, at which the best corner changes, and the corners used."""
    churners, loyal = rate * np.diff(caught), (1.0 - rate) * np.diff(wasted)
    spent = costs.contact * (churners + loyal) + costs.incentive * loyal
    with np.errstate(divide="ignore"):
        switch = spent / ((costs.lifetime_value - costs.incentive) * churners)
    reached = switch[switch < 1.0]
    return np.concatenate(([0.0], reached, [1.0])), len(reached) + 1


def _beta_moment(edges: FloatArray, costs: CampaignCosts, power: int) -> FloatArray:
    """Partial moment of the acceptance rate up to each edge: 0 its share, 1 its mean."""
    scale = costs.acceptance if power else 1.0
    return scale * betainc(costs.alpha + power, costs.beta, edges)
