"""Where a model is strong and where weak: the held-out customers, part by part."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from churn.ml.arrays import BoolArray, FloatArray
from churn.ml.inspection.explanation import format_significant
from churn.ml.metrics.classification import decision_metrics, roc_auc
from churn.ml.pipeline.encoder import EncodedColumn, as_text

MAX_FEATURES = 4
MAX_SEGMENTS = 12
MIN_FOR_AUC = 10
QUARTERS = (0.25, 0.5, 0.75)
UNKNOWN = "?"


@dataclass(frozen=True)
class HeldOutPredictions:
    """Held-out customers: their frame, outcomes, probabilities and answers, all (rows,)."""

    frame: pl.DataFrame
    actual: FloatArray
    probability: FloatArray
    churns: BoolArray


def segment_metrics(
    answers: HeldOutPredictions, columns: list[EncodedColumn]
) -> list[dict[str, Any]]:
    """Size, churn and quality by segment of the first four `columns`, the weightiest first.

    A segment is a category (the twelve most frequent) or a quarter of the numbers; "?" is missing.
    """
    table: list[dict[str, Any]] = []
    for column in columns[:MAX_FEATURES]:
        for name, inside in _segments(answers.frame[column.name], column):
            table.append({"feature": column.name, "segment": name, **_measured(answers, inside)})
    return table


def _segments(values: pl.Series, column: EncodedColumn) -> list[tuple[str, BoolArray]]:
    named = _categories(values) if column.is_categorical else _quarters(values)
    missing = np.asarray(values.cast(pl.String).is_null())
    return [*named, (UNKNOWN, missing)] if missing.any() else named


def _categories(values: pl.Series) -> list[tuple[str, BoolArray]]:
    text = as_text(values).rename("segment")
    counts = text.drop_nulls().value_counts(name="rows")
    largest = counts.sort(["rows", "segment"], descending=[True, False]).head(MAX_SEGMENTS)
    return [
        (name, np.asarray((text == name).fill_null(value=False)))
        for name in sorted(largest["segment"])
    ]


def _quarters(values: pl.Series) -> list[tuple[str, BoolArray]]:
    numbers = values.cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy()
    known = numbers[np.isfinite(numbers)]
    if not len(known):
        return []
    inner = np.unique(np.quantile(known, QUARTERS))
    quarter = np.searchsorted(inner, numbers, side="left")
    found = []
    for number in np.unique(quarter[np.isfinite(numbers)]):
        inside = (quarter == number) & np.isfinite(numbers)
        low, high = (
            format_significant(float(edge))
            for edge in (numbers[inside].min(), numbers[inside].max())
        )
        found.append((low if low == high else f"{low} \N{EN DASH} {high}", inside))
    return [(str(name), inside) for name, inside in found]


def _measured(answers: HeldOutPredictions, inside: BoolArray) -> dict[str, Any]:
    actual, probability = answers.actual[inside], answers.probability[inside]
    decided = decision_metrics(actual, answers.churns[inside])
    left = int(actual.sum())
    enough = min(left, len(actual) - left) >= MIN_FOR_AUC
    return {
        "customers": len(actual),
        "churn_rate": float(actual.mean()),
        "mean_score": float(probability.mean()),
        "roc_auc": roc_auc(actual, probability) if enough else None,
        "precision": decided["precision"],
        "recall": decided["recall"] if left else None,
    }
