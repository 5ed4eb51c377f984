"""Encoding of a customers frame as a numeric matrix, fitted on training rows only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from churn.exceptions import ModelInvalid, SchemaInvalid
from churn.ml.arrays import Float32Array
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.pipeline.categories import (
    as_text,
    match_categories,
    most_frequent_categories,
    spellings,
)
from churn.ml.schema import Feature, Kind, Reading

MAX_CATEGORIES = 254  # of a column; the most frequent ones
# Fewer missing values than FEW_MISSING have no effect; FEW_MISSING + HALF_MISSING have half of it.
FEW_MISSING, HALF_MISSING, MANY_MISSING = 30, 50, 1_000
MAX_FLOAT32 = float(np.finfo(np.float32).max)


@dataclass(frozen=True, slots=True)
class EncodedColumn:
    """A feature as it was in training: its kind, and its categories in the order of their codes."""

    name: str
    kind: Kind
    unit: str = ""
    categories: tuple[str, ...] = ()
    missing: int | None = None  # training rows without a value; None in models that did not count
    reading: Reading | None = None  # of its text cells; None in models that did not store it

    @property
    def missing_weight(self) -> float:
        """Share of the effect of a missing value that its cases in training support, 0 to 1.

        A tree sends the few rows without a value to one side of every split, so that their effects
        add up to a certainty that a handful of cases cannot give.
        """
        if self.missing is None or self.missing >= MANY_MISSING:
            return 1.0
        surplus = max(self.missing - FEW_MISSING, 0)
        return surplus / (surplus + HALF_MISSING)

    @property
    def is_categorical(self) -> bool:
        return self.kind is Kind.CATEGORICAL

    def match(self, values: pl.Series) -> pl.Series:
        """Return the category (rows,) of each value, in any spelling; null where it has none."""
        return match_categories(values, spellings(self.categories))


@dataclass(frozen=True)
class Encoder:
    """Encodes any frame that has the columns of the training frame.

    A category that did not occur in training, or was too rare, has no code: it becomes missing.
    """

    columns: tuple[EncodedColumn, ...]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def category_counts(self) -> tuple[int, ...]:
        """Number of categories of each column; 0 for a numeric one."""
        return tuple(
            len(column.categories) if column.is_categorical else 0 for column in self.columns
        )

    @property
    def features(self) -> tuple[Feature, ...]:
        """Features that a frame to be encoded must have."""
        return tuple(Feature(c.name, c.kind, c.unit, c.reading) for c in self.columns)

    def harmonize(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return `frame` with each category as it was written in training; others are unchanged.

        Raises
        ------
        SchemaInvalid : a column of the training frame is absent.
        """
        self._require_columns(frame)
        return frame.with_columns(
            column.match(frame[column.name]).fill_null(as_text(frame[column.name]))
            for column in self.columns
            if column.is_categorical
        )

    def encode(self, frame: pl.DataFrame) -> Float32Array:
        """Return a matrix (rows, columns) of numbers and category codes, NaN where missing.

        Raises
        ------
        SchemaInvalid : a column of the training frame is absent.
        """
        self._require_columns(frame)
        matrix = np.empty((frame.height, len(self.columns)), dtype=np.float32)
        for position, column in enumerate(self.columns):
            values = frame[column.name]
            encode = _encode_categories if column.is_categorical else _encode_numbers
            matrix[:, position] = encode(values, column)
        return matrix

    def count_unknown_categories(self, frame: pl.DataFrame) -> dict[str, int]:
        """Count the values without a code, by column; columns without any are left out.

        Raises
        ------
        SchemaInvalid : a column of the training frame is absent.
        """
        self._require_columns(frame)
        counts = {
            column.name: frame[column.name].count() - column.match(frame[column.name]).count()
            for column in self.columns
            if column.is_categorical
        }
        return {name: count for name, count in counts.items() if count}

    def count_categories(self, frame: pl.DataFrame) -> dict[str, int]:
        """Count the values of each categorical column, known or not."""
        return {c.name: frame[c.name].count() for c in self.columns if c.is_categorical}

    def to_dict(self) -> list[dict[str, Any]]:
        return [
            {
                "name": column.name,
                "kind": column.kind.value,
                "unit": column.unit,
                "categories": list(column.categories),
                "missing": column.missing,
                "reading": None if column.reading is None else column.reading.to_dict(),
            }
            for column in self.columns
        ]

    @classmethod
    def from_dict(cls, stored: Sequence[Mapping[str, Any]]) -> "Encoder":
        """Read what `to_dict` wrote.

        Raises
        ------
        ModelInvalid : an entry is absent or damaged.
        """
        try:
            return cls(
                tuple(
                    EncodedColumn(
                        name=str(entry["name"]),
                        kind=Kind(entry["kind"]),
                        unit=str(entry["unit"]),
                        categories=tuple(str(category) for category in entry["categories"]),
                        missing=None if (count := entry.get("missing")) is None else int(count),
                        reading=Reading.from_dict(entry.get("reading")),
                    )
                    for entry in stored
                )
            )
        except (KeyError, TypeError, ValueError) as error:
            raise ModelInvalid(
                _("The stored columns are damaged: {error}."), error=error
            ) from error

    def _require_columns(self, frame: pl.DataFrame) -> None:
        absent = [name for name in self.names if name not in frame.columns]
        if absent:
            raise SchemaInvalid(
                _(
                    "Columns that the model was trained on are missing: {columns}. Add them, or"
                    " train a model without them."
                ),
                columns=", ".join(absent),
            )


def fit_encoder(frame: pl.DataFrame, features: Sequence[Feature]) -> Encoder:
    """Learn the categories of `features` from training rows; the order of rows does not matter."""
    encoder = Encoder(tuple(_fit_column(frame[feature.name], feature) for feature in features))
    missing = np.isnan(encoder.encode(frame)).sum(axis=0)
    return Encoder(
        tuple(
            replace(column, missing=int(count))
            for column, count in zip(encoder.columns, missing, strict=True)
        )
    )


def _fit_column(values: pl.Series, feature: Feature) -> EncodedColumn:
    is_categorical = feature.kind is Kind.CATEGORICAL
    categories = most_frequent_categories(values, MAX_CATEGORIES) if is_categorical else ()
    return EncodedColumn(
        feature.name, feature.kind, feature.unit, categories, reading=feature.reading
    )


def _encode_categories(values: pl.Series, column: EncodedColumn) -> Float32Array:
    known = pl.Enum(list(column.categories))
    codes = column.match(values).cast(known).to_physical()
    return codes.cast(pl.Float32).fill_null(float("nan")).to_numpy()


def _encode_numbers(values: pl.Series, column: EncodedColumn) -> Float32Array:
    numbers = values.cast(pl.Float64, strict=False).fill_null(float("nan")).to_numpy()
    numbers = np.where(np.isfinite(numbers), numbers, np.nan)
    # XGBoost reads float32; a number beyond its range would become infinite.
    return np.maximum(np.minimum(numbers, MAX_FLOAT32), -MAX_FLOAT32).astype(np.float32)
