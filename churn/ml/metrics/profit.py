"""Profit of a retention campaign, and its expected maximum (EMPC).

Verbraken, Verbeke and Baesens, "A novel profit maximizing metric for measuring classification
performance of customer churn prediction models", IEEE TKDE 25(5), 2013. Each customer contacted
costs `contact`; a churner accepts an offer worth `incentive` with a probability drawn from
Beta(`alpha`, `beta`) and then keeps a value of `lifetime_value`; a loyal customer simply takes the
offer. EMPC is the profit per customer of the whole base when the best share is contacted. Own code,
because no maintained Python package has it.
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy.special import betainc

from churn.exceptions import DataUnfit
from churn.ml.arrays import BoolArray, FloatArray
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.metrics.curves import ranked_counts

RocPoint: TypeAlias = tuple[float, float]  # false and true positive rate


@dataclass(frozen=True, slots=True)
class CampaignCosts:
    """Costs of a retention campaign; all amounts in one currency, per customer."""

    lifetime_value: float = 200.0
    incentive: float = 10.0
    contact: float = 1.0
    alpha: float = 6.0
    beta: float = 14.0

    def __post_init__(self) -> None:
        if not self.lifetime_value > self.incentive >= 0 or self.contact < 0:
            raise DataUnfit(
                _(
                    "Invalid campaign costs: the lifetime value must exceed the incentive, and"
                    " neither the incentive nor the contact cost may be negative."
                )
            )
        if self.alpha <= 0 or self.beta <= 0:
            raise DataUnfit(_("Invalid campaign costs: alpha and beta must be positive."))

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
    """`profit` is money per customer of the base, `contacted_share` the share to contact (0..1)."""

    profit: float
    contacted_share: float


def campaign_profit(actual: FloatArray, predicted: BoolArray, costs: CampaignCosts) -> float:
    """Return the expected profit per customer of the base when those predicted are contacted."""
    gain = np.where(actual > 0, costs.per_churner, costs.per_loyal)
    return float((gain * predicted).sum() / len(actual))


def expected_maximum_profit(
    actual: FloatArray, score: FloatArray, costs: CampaignCosts | None = None
) -> ExpectedProfit:
    """Return the EMPC of scores (rows,) against outcomes (rows,) of 0 and 1, in closed form.

    For each acceptance rate the best share to contact is a corner of the convex hull of the ROC
    curve, so the expectation is a sum over the corners.

    Raises
    ------
    DataUnfit : only one of the two outcomes occurs.
    """
    costs = costs or CampaignCosts()
    rate = float(np.mean(actual))
    if not 0.0 < rate < 1.0:
        raise DataUnfit(_("Expected profit needs customers who left and customers who stayed."))
    false_positive_rate, true_positive_rate = roc_hull(actual, score)
    switches = _switching_rates(false_positive_rate, true_positive_rate, rate, costs)
    # A corner that is best only above an acceptance rate of 1 is never reached.
    corners = len(switches) - 1
    churners = rate * true_positive_rate[:corners]
    loyal = (1.0 - rate) * false_positive_rate[:corners]
    contacted = churners + loyal
    probability = np.diff(_partial_moment(switches, costs, power=0))
    mean_acceptance = np.diff(_partial_moment(switches, costs, power=1))
    gain = (costs.lifetime_value - costs.incentive) * churners
    loss = costs.contact * contacted + costs.incentive * loyal
    return ExpectedProfit(
        profit=float(gain @ mean_acceptance - loss @ probability),
        contacted_share=float(contacted @ probability),
    )


def roc_hull(actual: FloatArray, score: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the convex hull of the ROC curve: false and true positive rates (corners,)."""
    counts = ranked_counts(actual, score)
    false_positive_rate = np.append(0.0, counts.false_positives) / counts.false_positives[-1]
    true_positive_rate = np.append(0.0, counts.true_positives) / counts.true_positives[-1]
    corners: list[RocPoint] = []
    for point in zip(false_positive_rate.tolist(), true_positive_rate.tolist(), strict=True):
        while len(corners) > 1 and _is_below_chord(corners[-1], start=corners[-2], end=point):
            corners.pop()
        corners.append(point)
    hull = np.array(corners)
    return hull[:, 0], hull[:, 1]


def _is_below_chord(point: RocPoint, *, start: RocPoint, end: RocPoint) -> bool:
    # Compared as products: the chord may be vertical.
    rise = (point[1] - start[1]) * (end[0] - start[0])
    return rise <= (end[1] - start[1]) * (point[0] - start[0])


def _switching_rates(
    false_positive_rate: FloatArray,
    true_positive_rate: FloatArray,
    rate: float,
    costs: CampaignCosts,
) -> FloatArray:
    """Return the acceptance rates, from 0 to 1, at which the best corner changes."""
    churners = rate * np.diff(true_positive_rate)
    loyal = (1.0 - rate) * np.diff(false_positive_rate)
    spent = costs.contact * (churners + loyal) + costs.incentive * loyal
    with np.errstate(divide="ignore"):
        switches = spent / ((costs.lifetime_value - costs.incentive) * churners)
    return np.concatenate(([0.0], switches[switches < 1.0], [1.0]))


def _partial_moment(rates: FloatArray, costs: CampaignCosts, *, power: int) -> FloatArray:
    """Return the moment of the acceptance rate up to each rate: 0 probability, 1 mean."""
    scale = costs.acceptance if power else 1.0
    return scale * betainc(costs.alpha + power, costs.beta, rates)
