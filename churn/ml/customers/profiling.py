"""Profile of customers before any model: balance, missing values, outliers, correlations.

Outliers are only counted, never dropped: values more than three interquartile ranges beyond the
quartiles (Tukey 1977, Exploratory Data Analysis: "far out").
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from churn.ml.arrays import FloatArray
from churn.ml.customers.loading import Customers
from churn.ml.schema import TARGET, Feature, Kind

OUTLIER_IQR_FACTOR = 3.0

_TOP_CATEGORIES = 10
_TOP_CORRELATIONS = 20
_MAX_MATRIX_COLUMNS = 40  # more cannot be read in a picture
_DIGITS = 6


def profile(customers: Customers) -> dict[str, Any]:
    """Return a profile of customers that can be serialized to JSON.

    Keys: `rows`, `accepted`, `rejected`, `customers`; `target` (churned, stayed, rate; null without
    one); `columns`, a list of name, kind, unit, missing, missing_share, distinct, and for numbers
    mean, deviation, min, q1, median, q3, max, outliers, outlier_share, for categories `top` (value,
    count, share, churn_rate); `correlations` as in `correlations`. Shares and rates are 0 to 1.
    """
    counts, frame = customers.counts, customers.frame
    return {
        "rows": counts.rows,
        "accepted": counts.accepted,
        "rejected": counts.rejected,
        "customers": counts.customers,
        "target": _target_balance(frame),
        "columns": [_describe_column(frame, feature) for feature in customers.features],
        "correlations": correlations(frame, customers.features),
    }


def _target_balance(frame: pl.DataFrame) -> dict[str, Any] | None:
    if TARGET not in frame.columns:
        return None
    known = frame[TARGET].drop_nulls()
    churned = int(known.sum())
    rate = churned / len(known) if len(known) else 0.0
    return {"churned": churned, "stayed": len(known) - churned, "rate": _rounded(rate)}


def _describe_column(frame: pl.DataFrame, feature: Feature) -> dict[str, Any]:
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
        return described | _describe_numbers(values.cast(pl.Float64).drop_nulls())
    return described | {"top": _top_categories(frame, feature.name)}


def _describe_numbers(values: pl.Series) -> dict[str, Any]:
    low, median, high = (values.quantile(q, "linear") for q in (0.25, 0.5, 0.75))
    outliers = 0
    if low is not None and high is not None:
        margin = OUTLIER_IQR_FACTOR * (high - low)
        outliers = int(((values < low - margin) | (values > high + margin)).sum())
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
    summary |= {"q1": low, "median": median, "q3": high}
    rounded = {name: _rounded(value) for name, value in summary.items()}
    share = _rounded(outliers / max(1, len(values)))
    return rounded | {"outliers": outliers, "outlier_share": share}


def _top_categories(frame: pl.DataFrame, name: str) -> list[dict[str, Any]]:
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
    """Return Pearson correlations of the features with each other and with the target.

    Keys: `names`, at most 40 columns; `matrix`, shape (names, names); `with_target`, at most 20
    entries of name and correlation, the strongest first. Rows in which one of the two values is
    missing are left out. A category becomes an indicator column for each frequent value. A constant
    column has no correlation and is left out; so is a pair that is constant on its rows (None).
    """
    columns = _numeric_columns(frame, features)
    target = frame[TARGET].cast(pl.Float64).to_numpy() if TARGET in frame.columns else None
    with_target: list[dict[str, Any]] = [
        {"name": name, "correlation": correlation}
        for name, values in columns.items()
        if target is not None and (correlation := _correlation(values, target)) is not None
    ]
    with_target.sort(key=lambda entry: (-abs(entry["correlation"]), entry["name"]))
    names = [entry["name"] for entry in with_target] or list(columns)
    shown = names[:_MAX_MATRIX_COLUMNS]
    matrix = [[_correlation(columns[a], columns[b]) for b in shown] for a in shown]
    return {"names": shown, "matrix": matrix, "with_target": with_target[:_TOP_CORRELATIONS]}


def _numeric_columns(frame: pl.DataFrame, features: Sequence[Feature]) -> dict[str, FloatArray]:
    columns = {}
    for feature in features:
        if feature.kind is Kind.NUMERIC:
            columns[feature.name] = frame[feature.name].cast(pl.Float64).to_numpy()
            continue
        for entry in _top_categories(frame, feature.name):
            indicator = (frame[feature.name] == entry["value"]).fill_null(value=False)
            columns[f"{feature.name}={entry['value']}"] = indicator.cast(pl.Float64).to_numpy()
    known = {name: values[~np.isnan(values)] for name, values in columns.items()}
    return {name: columns[name] for name, v in known.items() if len(v) and v.min() < v.max()}


def _correlation(one: FloatArray, other: FloatArray) -> float | None:
    known = ~(np.isnan(one) | np.isnan(other))
    a, b = one[known], other[known]
    if not len(a) or a.min() == a.max() or b.min() == b.max():
        return None
    a, b = a - a.mean(), b - b.mean()
    return _rounded(float((a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum())))


def _rounded(value: Any) -> float | None:
    # JSON has neither NaN nor infinity.
    return None if value is None or not np.isfinite(value) else round(float(value), _DIGITS)
