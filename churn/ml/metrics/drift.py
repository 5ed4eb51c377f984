"""Drift of the scored customers against the training customers.

The population stability index (Siddiqi, "Credit Risk Scorecards", 2006, chapter 10) of each
feature, over the training deciles of a number or over its categories, with missing and unknown
values as bins of their own. Below 0.1 there is no drift; from 0.25 on consider retraining.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
import polars as pl

from churn.ml.arrays import FloatArray
from churn.ml.schema import Feature, Kind

MODERATE, MAJOR = 0.1, 0.25

Level: TypeAlias = Literal["none", "moderate", "major"]
DriftBaseline: TypeAlias = dict[str, dict[str, Any]]
BinCounts: TypeAlias = dict[str, list[int]]

_BINS = 10
_MAX_CATEGORIES = 50
_MIN_SHARE = 1e-4  # an empty bin counts as this much, so that its logarithm exists


def drift_baseline(frame: pl.DataFrame, features: Sequence[Feature]) -> DriftBaseline:
    """Describe the distribution of training customers, ready for JSON, feature by feature.

    A number has `edges`, the inner bounds of its bins; a category has `categories`. `counts` are
    the customers in each bin, then those of other categories, then those missing.
    """
    baseline: DriftBaseline = {}
    for feature in features:
        values = frame[feature.name]
        if feature.kind is Kind.NUMERIC:
            bins: dict[str, Any] = {"edges": _decile_edges(values)}
        else:
            bins = {"categories": _most_frequent(values)}
        baseline[feature.name] = {**bins, "counts": _count(values, bins)}
    return baseline


def bin_counts(baseline: Mapping[str, Mapping[str, Any]], frame: pl.DataFrame) -> BinCounts:
    """Count the customers of a frame by the bins of the baseline; columns may be absent."""
    return {
        name: _count(frame[name], bins) for name, bins in baseline.items() if name in frame.columns
    }


def merge_bin_counts(one: BinCounts, other: BinCounts) -> BinCounts:
    """Add the counts of two batches of a file."""
    return {name: [a + b for a, b in zip(one[name], other[name], strict=True)] for name in one}


def population_stability(
    baseline: Mapping[str, Mapping[str, Any]], counts: BinCounts
) -> list[dict[str, Any]]:
    """Return `name`, `psi` and `level` of each feature, the largest drift first."""
    indices = {name: _index(baseline[name]["counts"], each) for name, each in counts.items()}
    ordered = sorted(indices.items(), key=lambda item: (-item[1], item[0]))
    return [{"name": name, "psi": round(psi, 6), "level": _level(psi)} for name, psi in ordered]


def _decile_edges(values: pl.Series) -> list[float]:
    known = values.cast(pl.Float64).drop_nulls().to_numpy()
    if not len(known):
        return []
    quantiles = np.quantile(known, np.arange(1, _BINS) / _BINS)
    return [float(edge) for edge in np.unique(quantiles)]


def _most_frequent(values: pl.Series) -> list[str]:
    counts = values.drop_nulls().cast(pl.String).value_counts(sort=False)
    # Ties go by name, so that the baseline is the same in every run.
    ordered = counts.sort(["count", values.name], descending=[True, False])
    return ordered[values.name].head(_MAX_CATEGORIES).to_list()


def _count(values: pl.Series, bins: Mapping[str, Any]) -> list[int]:
    missing = values.null_count()
    if "edges" in bins:
        known = values.cast(pl.Float64).drop_nulls().to_numpy()
        positions = np.searchsorted(np.array(bins["edges"]), known, side="left")
        in_bins = np.bincount(positions, minlength=len(bins["edges"]) + 1)
        return [*map(int, in_bins), 0, missing]
    by_category = dict(values.drop_nulls().cast(pl.String).value_counts().iter_rows())
    counts = [int(by_category.get(category, 0)) for category in bins["categories"]]
    return [*counts, len(values) - missing - sum(counts), missing]


def _index(expected: Sequence[int], actual: Sequence[int]) -> float:
    if not sum(expected) or not sum(actual):
        return 0.0
    before, after = _shares(expected), _shares(actual)
    return math.fsum((after - before) * np.log(after / before))


def _shares(counts: Sequence[int]) -> FloatArray:
    shares = np.array(counts, dtype=np.float64) / sum(counts)
    return np.maximum(shares, _MIN_SHARE)


def _level(psi: float) -> Level:
    if psi >= MAJOR:
        return "major"
    return "moderate" if psi >= MODERATE else "none"
