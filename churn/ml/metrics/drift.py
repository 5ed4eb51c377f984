"""How far the customers being scored have moved from those the model was trained on.

The population stability index (Siddiqi 2006, Credit Risk Scorecards, chapter 10) of each feature,
over the training deciles of a number or its categories, missing and unknown values apart. Below
0.1 nothing moved, from 0.25 on the model should be looked at.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn.ml.schema import Feature, Kind

MODERATE, MAJOR = 0.1, 0.25

Level: TypeAlias = Literal["none", "moderate", "major"]
Reference: TypeAlias = dict[str, dict[str, Any]]
Bins: TypeAlias = dict[str, list[int]]

_BINS = 10
_MAX_CATEGORIES = 50
_MIN_SHARE = 1e-4  # an empty bin counts as this much, so that its logarithm exists


def drift_baseline(frame: pl.DataFrame, features: Sequence[Feature]) -> Reference:
    """Describe training customers, ready for JSON, feature by feature.

    A number has `edges`, the inner bounds of its bins; a category has `categories`. `counts` are
    the customers in each, then those of other categories, then those missing.
    """
    reference: Reference = {}
    for feature in features:
        values = frame[feature.name]
        scale = {"edges": _edges(values)} if feature.kind is Kind.NUMERIC else _categories(values)
        reference[feature.name] = {**scale, "counts": _counts(values, scale)}
    return reference


def bin_counts(reference: Mapping[str, Mapping[str, Any]], frame: pl.DataFrame) -> Bins:
    """Count customers by the bins of the reference; counts of parts of a file can be added."""
    return {
        name: _counts(frame[name], scale)
        for name, scale in reference.items()
        if name in frame.columns
    }


def merge_bin_counts(one: Bins, other: Bins) -> Bins:
    """Add the counts of two parts of a file."""
    return {name: [a + b for a, b in zip(one[name], other[name], strict=True)] for name in one}


def drift(reference: Mapping[str, Mapping[str, Any]], bins: Bins) -> list[dict[str, Any]]:
    """Return `name`, `psi` and `level` of each feature, the most drifted first."""
    indices = {name: _index(reference[name]["counts"], counts) for name, counts in bins.items()}
    ordered = sorted(indices.items(), key=lambda item: (-item[1], item[0]))
    return [{"name": name, "psi": round(psi, 6), "level": _level(psi)} for name, psi in ordered]


def _edges(values: pl.Series) -> list[float]:
    known = values.cast(pl.Float64).drop_nulls().to_numpy()
    if not len(known):
        return []
    quantiles = np.quantile(known, np.arange(1, _BINS) / _BINS)
    return [float(edge) for edge in np.unique(quantiles)]


def _categories(values: pl.Series) -> dict[str, list[str]]:
    counts = values.drop_nulls().cast(pl.String).value_counts(sort=False)
    ordered = counts.sort(["count", values.name], descending=[True, False])
    return {"categories": ordered[values.name].head(_MAX_CATEGORIES).to_list()}


def _counts(values: pl.Series, scale: Mapping[str, Any]) -> list[int]:
    missing = values.null_count()
    if "edges" in scale:
        known = values.cast(pl.Float64).drop_nulls().to_numpy()
        bins = np.searchsorted(np.array(scale["edges"]), known, side="left")
        filled = np.bincount(bins, minlength=len(scale["edges"]) + 1)
        return [*map(int, filled), 0, missing]
    tally = dict(values.drop_nulls().cast(pl.String).value_counts().iter_rows())
    counts = [int(tally.get(category, 0)) for category in scale["categories"]]
    return [*counts, len(values) - missing - sum(counts), missing]


def _index(expected: Sequence[int], actual: Sequence[int]) -> float:
    if not sum(expected) or not sum(actual):
        return 0.0
    before, after = _shares(expected), _shares(actual)
    return math.fsum((after - before) * np.log(after / before))


def _shares(counts: Sequence[int]) -> NDArray[np.float64]:
    shares = np.array(counts, dtype=np.float64) / sum(counts)
    return np.maximum(shares, _MIN_SHARE)


def _level(psi: float) -> Level:
    if psi >= MAJOR:
        return "major"
    return "moderate" if psi >= MODERATE else "none"
