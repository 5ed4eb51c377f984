"""Segments: size, churn and quality of the held-out customers by feature value."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from churn.ml.arrays import BoolArray, FloatArray
from churn.ml.inspection.explanation import format_significant
from churn.ml.metrics import decision_metrics, roc_auc
from churn.ml.pipeline import EncodedColumn, as_text

MAX_FEATURES = 4
MAX_CATEGORIES = 12
MIN_OF_EACH_FOR_AUC = 10  # outcomes of fewer customers give an AUC that is mostly noise
QUARTILES = (0.25, 0.5, 0.75)
UNKNOWN = "?"


@dataclass(frozen=True)
class HeldOutPredictions:
    """Held-out customers: frame, outcomes, probabilities and predictions, all (rows,)."""

    frame: pl.DataFrame
    actual: FloatArray
    probability: FloatArray
    predicted: BoolArray


def segment_metrics(
    held_out: HeldOutPredictions, columns: list[EncodedColumn]
) -> list[dict[str, Any]]:
    """Return size, churn rate and metrics by segment of the first four `columns`.

    A segment is a category (the twelve most frequent) or a quarter of the numbers; "?" is missing.
    """
    return [
        {"feature": column.name, "segment": name, **_measure(held_out, inside)}
        for column in columns[:MAX_FEATURES]
        for name, inside in _segments(held_out.frame[column.name], column)
    ]


def _segments(values: pl.Series, column: EncodedColumn) -> list[tuple[str, BoolArray]]:
    segments = _categories(values) if column.is_categorical else _quarters(values)
    missing = np.asarray(values.cast(pl.String).is_null())
    return [*segments, (UNKNOWN, missing)] if missing.any() else segments


def _categories(values: pl.Series) -> list[tuple[str, BoolArray]]:
    text = as_text(values).rename("segment")
    counts = text.drop_nulls().value_counts(name="rows")
    largest = counts.sort(["rows", "segment"], descending=[True, False]).head(MAX_CATEGORIES)
    return [
        (name, np.asarray((text == name).fill_null(value=False)))
        for name in sorted(largest["segment"])
    ]


def _quarters(values: pl.Series) -> list[tuple[str, BoolArray]]:
    numbers = values.cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy()
    known = numbers[np.isfinite(numbers)]
    if not len(known):
        return []
    # Quartiles that coincide make fewer segments.
    quarter = np.searchsorted(np.unique(np.quantile(known, QUARTILES)), numbers, side="left")
    segments = []
    for number in np.unique(quarter[np.isfinite(numbers)]):
        inside = (quarter == number) & np.isfinite(numbers)
        low = format_significant(float(numbers[inside].min()))
        high = format_significant(float(numbers[inside].max()))
        segments.append((low if low == high else f"{low} \N{EN DASH} {high}", inside))
    return segments


def _measure(held_out: HeldOutPredictions, inside: BoolArray) -> dict[str, Any]:
    actual, probability = held_out.actual[inside], held_out.probability[inside]
    decisions = decision_metrics(actual, held_out.predicted[inside])
    positives = int(actual.sum())
    has_auc = min(positives, len(actual) - positives) >= MIN_OF_EACH_FOR_AUC
    return {
        "customers": len(actual),
        "churn_rate": float(actual.mean()),
        "mean_score": float(probability.mean()),
        "roc_auc": roc_auc(actual, probability) if has_auc else None,
        "precision": decisions["precision"],
        "recall": decisions["recall"] if positives else None,
    }
