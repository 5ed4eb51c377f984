"""Customers made ready for a model: outcomes, copies, the split, the encoded matrix."""

from dataclasses import dataclass
from typing import Literal

import polars as pl

from churn.exceptions import SchemaInvalid
from churn.ml.arrays import Float32Array, FloatArray, IndexArray
from churn.ml.customers import Customers
from churn.ml.estimators.data import TrainingData
from churn.ml.pipeline.encoder import Encoder, fit_encoder
from churn.ml.schema import TARGET
from churn.ml.selection.splits import (
    Split,
    duplicate_groups,
    refuse_too_few,
    split_by_time,
    split_randomly,
)

SplitChoice = Literal["auto", "random", "time"]


@dataclass(frozen=True)
class PreparedData:
    """Customers in the order of their frame; the encoder has seen the training rows alone.

    `has_time_column` tells that a split by time was open, though it may not have been possible.
    """

    frame: pl.DataFrame
    actual: FloatArray
    groups: IndexArray
    split: Split
    encoder: Encoder
    matrix: Float32Array
    has_time_column: bool = False

    def part(self, rows: IndexArray) -> TrainingData:
        return TrainingData(self.matrix[rows], self.actual[rows], self.encoder.category_counts)


def prepare(customers: Customers, way: SplitChoice, seed: int) -> PreparedData:
    """Split first, then learn the encoding from the training rows.

    Raises
    ------
    SchemaInvalid : there is no target, or a split by time is asked for and nothing runs in time.
    DataUnfit : too few customers left or stayed.
    """
    if TARGET not in customers.frame.columns:
        raise SchemaInvalid("The customers have no target; name the column that says who left.")
    frame = customers.frame.filter(pl.col(TARGET).is_not_null())
    actual = frame[TARGET].cast(pl.Float64).to_numpy()
    refuse_too_few(actual)
    names = sorted(feature.name for feature in customers.features)
    groups = duplicate_groups(frame, [*names, TARGET])
    split = _split(customers, frame, (actual, groups), way, seed)
    features = sorted(customers.features, key=lambda feature: feature.name)
    encoder = fit_encoder(frame[split.train], features)
    has_time_column = customers.time_column is not None and way != "random"
    return PreparedData(
        frame, actual, groups, split, encoder, encoder.encode(frame), has_time_column
    )


def _split(
    customers: Customers,
    frame: pl.DataFrame,
    rows: tuple[FloatArray, IndexArray],
    way: SplitChoice,
    seed: int,
) -> Split:
    actual, groups = rows
    if way == "random":
        return split_randomly(actual, groups, seed)
    split = None
    if customers.time_column is not None:
        split = split_by_time(frame[customers.time_column], actual, groups)
    if split is None and way == "time":
        raise SchemaInvalid(
            "A split by time needs a column of dates in which both the oldest and the newest "
            "customers hold some who left and some who stayed; choose a random split instead."
        )
    return split or split_randomly(actual, groups, seed)
