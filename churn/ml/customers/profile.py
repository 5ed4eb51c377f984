"""What a set of customers looks like before any model: balance, gaps, outliers, correlations.

Outliers are only counted, never dropped: they are values beyond three interquartile ranges of the
quartiles (Tukey 1977, Exploratory Data Analysis: "far out").
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn.ml.customers.loading import Customers
from churn.ml.schema import TARGET, Feature, Kind

OUTLIER_IQR_FACTOR = 3.0  # interquartile ranges

_TOP_CATEGORIES = 10
_TOP_CORRELATIONS = 20
_MAX_IN_MATRIX = 40
_DIGITS = 6


def profile(customers: Customers) -> dict[str, Any]:
    """Describe customers, ready for JSON.

    Keys: `rows`, `accepted`, `rejected`, `customers`; `target` (churned, stayed, rate; null without
    one); `columns`, a list of name, kind, unit, missing, missing_share, distinct, and for numbers
    mean, deviation, min, q1, median, q3, max, outliers, outlier_share, for categories `top` (value,
    count, share, churn_rate); `correlations` (names, matrix, with_target), Pearson's on rows in
    which both are known, categories by indicator of each frequent value.
    """
    counts, frame = customers.counts, customers.frame
    return {
        "rows": counts.rows,
        "accepted": counts.accepted,
        "rejected": counts.rejected,
        "customers": counts.customers,
        "target": _balance(frame),
        "columns": [_column(frame, feature) for feature in customers.features],
        "correlations": correlations(frame, customers.features),
    }


def _balance(frame: pl.DataFrame) -> dict[str, Any] | None:
    if TARGET not in frame.columns:
        return None
    known = frame[TARGET].drop_nulls()
    churned = int(known.sum())
    rate = churned / len(known) if len(known) else 0.0
    return {"churned": churned, "stayed": len(known) - churned, "rate": _rounded(rate)}


def _column(frame: pl.DataFrame, feature: Feature) -> dict[str, Any]:
    values = frame[feature.name]
    missing = values.null_count()
    described = {
        "name": feature.name,
        "kind": feature.kind.value,
        "unit": feature.unit,
        "missing": missing,
        "missing_share": _rounded(missing / max(1, len(values))),
        "distinct": values.drop_nulls().n_unique(),
    }
    if feature.kind is Kind.NUMERIC:
        return described | _spread(values.cast(pl.Float64).drop_nulls())
    return described | {"top": _top(frame, feature.name)}


def _spread(values: pl.Series) -> dict[str, Any]:
    low, middle, high = (values.quantile(q, "linear") for q in (0.25, 0.5, 0.75))
    outliers = 0
    if low is not None and high is not None:
        reach = OUTLIER_IQR_FACTOR * (high - low)
        outliers = int(((values < low - reach) | (values > high + reach)).sum())
    summary = (
        values.to_frame("v")
        .select(
            mean=pl.col("v").mean(),
            deviation=pl.col("v").std(),
            min=pl.col("v").min(),
            max=pl.col("v").max(),
        )
        .row(0, named=True)
    )
    summary |= {"q1": low, "median": middle, "q3": high}
    rounded = {name: _rounded(value) for name, value in summary.items()}
    share = _rounded(outliers / max(1, len(values)))
    return rounded | {"outliers": outliers, "outlier_share": share}


def _top(frame: pl.DataFrame, name: str) -> list[dict[str, Any]]:
    churned = [pl.col(TARGET).mean().alias("churn_rate")] if TARGET in frame.columns else []
    groups = (
        frame.drop_nulls(name)
        .group_by(pl.col(name).alias("value"))
        .agg(pl.len().alias("count"), *churned)
        .sort(["count", "value"], descending=[True, False])
        .head(_TOP_CATEGORIES)
        .with_columns(share=pl.col("count") / frame.height)
    )
    return [
        row | {key: _rounded(row[key]) for key in ("share", "churn_rate") if key in row}
        for row in groups.to_dicts()
    ]


def correlations(frame: pl.DataFrame, features: Sequence[Feature]) -> dict[str, Any]:
    """Correlate features, and each with the target; see `profile` for the keys.

    A column that is constant has no correlation and is left out.
    """
    columns = _numbers(frame, features)
    target = frame[TARGET].cast(pl.Float64).to_numpy() if TARGET in frame.columns else None
    with_target = [] if target is None else _against(columns, target)
    names = [entry["name"] for entry in with_target] or list(columns)
    shown = names[:_MAX_IN_MATRIX]
    matrix = [[_correlation(columns[a], columns[b]) for b in shown] for a in shown]
    return {"names": shown, "matrix": matrix, "with_target": with_target[:_TOP_CORRELATIONS]}


def _numbers(frame: pl.DataFrame, features: Sequence[Feature]) -> dict[str, NDArray[np.float64]]:
    columns = {}
    for feature in features:
        if feature.kind is Kind.NUMERIC:
            columns[feature.name] = frame[feature.name].cast(pl.Float64).to_numpy()
            continue
        for entry in _top(frame, feature.name):
            indicator = (frame[feature.name] == entry["value"]).fill_null(value=False)
            columns[f"{feature.name}={entry['value']}"] = indicator.cast(pl.Float64).to_numpy()
    return {name: values for name, values in columns.items() if _varies(values)}


def _varies(values: NDArray[np.float64]) -> bool:
    known = values[~np.isnan(values)]
    return bool(len(known)) and bool(known.min() < known.max())


def _against(
    columns: dict[str, NDArray[np.float64]], target: NDArray[np.float64]
) -> list[dict[str, Any]]:
    found = [
        {"name": name, "correlation": _correlation(values, target)}
        for name, values in columns.items()
    ]
    known = [entry for entry in found if entry["correlation"] is not None]
    return sorted(known, key=lambda entry: (-abs(entry["correlation"]), entry["name"]))


def _correlation(one: NDArray[np.float64], other: NDArray[np.float64]) -> float | None:
    known = ~(np.isnan(one) | np.isnan(other))
    a, b = one[known], other[known]
    if not len(a) or a.min() == a.max() or b.min() == b.max():
        return None
    a, b = a - a.mean(), b - b.mean()
    return _rounded(float((a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum())))


def _rounded(value: Any) -> float | None:
    return None if value is None or not np.isfinite(value) else round(float(value), _DIGITS)
