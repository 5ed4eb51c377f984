"""Baselines: the legacy business rule, always-stay and always-churn."""

from typing import Any

import numpy as np
import polars as pl

from churn.ml.arrays import BoolArray, FloatArray
from churn.ml.metrics.classification import decision_metrics
from churn.ml.metrics.profit import CampaignCosts, campaign_profit

RULE_COLUMN = "service_type"
ALWAYS_CHURN_TYPE, COIN_FLIP_TYPE = "problema", "reclamo"


def legacy_rule(frame: pl.DataFrame, seed: int) -> BoolArray:
    """Return the predictions (rows,) of the rule: problems churn, every second complaint churns.

    The coin is seeded and flipped in the order of the frame. Without service types there are
    neither problems nor complaints: the rule predicts that everybody stays.
    """
    if RULE_COLUMN not in frame.columns:
        return np.zeros(frame.height, dtype=bool)
    service_type = frame[RULE_COLUMN].cast(pl.String)
    coin = np.random.default_rng(seed).random(frame.height) < 0.5  # noqa: PLR2004 - a fair coin
    problem, complaint = (
        np.asarray(service_type.eq_missing(name)) for name in (ALWAYS_CHURN_TYPE, COIN_FLIP_TYPE)
    )
    return problem | (complaint & coin)


def baseline_metrics(
    frame: pl.DataFrame, actual: FloatArray, costs: CampaignCosts, seed: int
) -> dict[str, Any]:
    """Return the metrics of each baseline on the held-out customers of `frame`, by name."""
    predictions = {
        "old_rule": legacy_rule(frame, seed),
        "nobody_leaves": np.zeros(frame.height, dtype=bool),
        "everybody_leaves": np.ones(frame.height, dtype=bool),
    }
    return {
        name: {
            **decision_metrics(actual, predicted),
            "profit": campaign_profit(actual, predicted, costs),
        }
        for name, predicted in predictions.items()
    }
