"""Preparation of customers for training: outcomes, duplicates, split, encoded matrix."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import polars as pl

from churn.exceptions import SchemaInvalid
from churn.ml.arrays import Float32Array, FloatArray, IndexArray
from churn.ml.customers import Customers
from churn.ml.estimators import TrainingData
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.pipeline import Encoder, fit_encoder
from churn.ml.schema import GROUP, TARGET
from churn.ml.selection import (
    Split,
    duplicate_groups,
    merge_groups,
    require_both_outcomes,
    split_by_time,
    split_randomly,
)

SplitChoice: TypeAlias = Literal["auto", "random", "time"]


@dataclass(frozen=True)
class PreparedData:
    """Labelled customers in the order of their frame, all arrays (rows, ...).

    `groups` numbers equal rows alike. The encoder was fitted on the training rows alone.
    `has_time_column` is true where a split by time was allowed, even if it was not possible.
    """

    frame: pl.DataFrame
    actual: FloatArray
    groups: IndexArray
    split: Split
    encoder: Encoder
    matrix: Float32Array
    has_time_column: bool = False

    def training_data(self, rows: IndexArray) -> TrainingData:
        return TrainingData(self.matrix[rows], self.actual[rows], self.encoder.category_counts)


def prepare(customers: Customers, strategy: SplitChoice, seed: int) -> PreparedData:
    """Split first, then fit the encoder on the training rows.

    Raises
    ------
    SchemaInvalid : there is no target, or a split by time is requested and not possible.
    DataUnfit : too few customers left or stayed.
    """
    if TARGET not in customers.frame.columns:
        raise SchemaInvalid(_("The customers have no target; specify the target column."))
    frame = customers.frame.filter(pl.col(TARGET).is_not_null())
    actual = frame[TARGET].cast(pl.Float64).to_numpy()
    require_both_outcomes(actual)
    # Sorted by name, the order of the columns in the file changes neither groups nor model.
    features = sorted(customers.features, key=lambda feature: feature.name)
    groups = duplicate_groups(frame, [*(feature.name for feature in features), TARGET])
    if GROUP in frame.columns:
        groups = merge_groups(groups, frame[GROUP])
    times = None
    if customers.time_column is not None and strategy != "random":
        times = frame[customers.time_column]
    split = None if times is None else split_by_time(times, actual, groups)
    if split is None and strategy == "time":
        raise SchemaInvalid(
            _(
                "A split by time needs a date column where both the oldest and the newest"
                " customers include some who left and some who stayed; choose a random split"
                " instead."
            )
        )
    split = split or split_randomly(actual, groups, seed)
    encoder = fit_encoder(frame[split.train], features)
    frame = encoder.harmonize(frame)
    return PreparedData(
        frame=frame,
        actual=actual,
        groups=groups,
        split=split,
        encoder=encoder,
        matrix=encoder.encode(frame),
        has_time_column=times is not None,
    )
