"""Metrics of predictions, thresholds and drift."""

from churn.ml.metrics.baselines import baseline_metrics, legacy_rule
from churn.ml.metrics.bootstrap import bootstrap_intervals
from churn.ml.metrics.calibration import expected_calibration_error, reliability
from churn.ml.metrics.classification import (
    average_precision,
    confusion,
    cross_validation_summary,
    decision_metrics,
    lift_table,
    log_loss,
    ranking_metrics,
    roc_auc,
)
from churn.ml.metrics.curves import RankedCounts, ranked_counts
from churn.ml.metrics.drift import (
    bin_counts,
    drift_baseline,
    merge_bin_counts,
    population_stability,
)
from churn.ml.metrics.profit import CampaignCosts, campaign_profit, expected_maximum_profit
from churn.ml.metrics.thresholds import (
    OBJECTIVES,
    Objective,
    Threshold,
    ThresholdObjective,
    choose_threshold,
    operating_curve,
)

__all__ = [
    "OBJECTIVES",
    "CampaignCosts",
    "Objective",
    "RankedCounts",
    "Threshold",
    "ThresholdObjective",
    "average_precision",
    "baseline_metrics",
    "bin_counts",
    "bootstrap_intervals",
    "campaign_profit",
    "choose_threshold",
    "confusion",
    "cross_validation_summary",
    "decision_metrics",
    "drift_baseline",
    "expected_calibration_error",
    "expected_maximum_profit",
    "legacy_rule",
    "lift_table",
    "log_loss",
    "merge_bin_counts",
    "operating_curve",
    "population_stability",
    "ranked_counts",
    "ranking_metrics",
    "reliability",
    "roc_auc",
]
