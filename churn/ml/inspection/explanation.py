"""Explanation: feature importance of a model, and reason codes of each customer."""

import numpy as np
import polars as pl

from churn.ml.arrays import BoolArray, FloatArray
from churn.ml.pipeline import ChurnModel, EncodedColumn, as_text

MAX_SAMPLE = 2_000  # customers whose contributions give the importance
SIGNIFICANT_DIGITS = 4
MIN_WHOLE = 10.0 ** (SIGNIFICANT_DIGITS - 1)  # from here on all significant digits are whole
REASON = pl.Struct(
    {
        "feature": pl.String,
        "value": pl.String,
        "direction": pl.String,
        "contribution": pl.Float64,
        "unit": pl.String,
    }
)


def top_reasons(
    model: ChurnModel, frame: pl.DataFrame, contributions: FloatArray, count: int
) -> pl.Series:
    """Return the `count` strongest features of each customer as lists of REASON, strongest first.

    `contributions` (rows, columns + 1) are those of the rows of `frame`, the base value last. A
    feature without an effect is no reason, nor is a value that did not occur in training, as its
    effect is that of a missing one.
    """
    effects = np.where(_unknown_values(model, frame), 0.0, contributions[:, :-1])
    strongest = np.argsort(-np.abs(effects), axis=1, kind="stable")[:, :count]
    rows = np.arange(frame.height)
    # One series with the texts of all columns, one after another: values are gathered at once.
    texts = pl.concat([_value_texts(frame, column) for column in model.encoder.columns])
    names = pl.Series([column.name for column in model.encoder.columns], dtype=pl.String)
    units = pl.Series([column.unit for column in model.encoder.columns], dtype=pl.String)
    ranks = []
    for rank in range(strongest.shape[1]):
        column = strongest[:, rank]
        effect = effects[rows, column]
        reason = {
            "feature": names.gather(column).set(pl.Series(effect == 0.0), None),
            "value": texts.gather(column * frame.height + rows),
            "direction": pl.Series(np.where(effect >= 0, "raises", "lowers").tolist()),
            "contribution": effect,
            "unit": units.gather(column),
        }
        ranks.append(pl.DataFrame(reason, schema=REASON.to_schema()).to_struct(str(rank)))
    reasons = pl.DataFrame(ranks).select(pl.concat_list(pl.all()).alias("reasons"))["reasons"]
    is_reason = pl.element().struct.field("feature").is_not_null()
    return reasons.list.eval(pl.element().filter(is_reason))


def _unknown_values(model: ChurnModel, frame: pl.DataFrame) -> BoolArray:
    """Return which cells (rows, columns) have a category that did not occur in training."""
    known = ~np.isnan(model.encoder.encode(frame))
    filled = [
        column.is_categorical & frame[column.name].is_not_null().to_numpy()
        for column in model.encoder.columns
    ]
    return np.column_stack(filled) & ~known


def format_significant(number: float) -> str:
    """Write 29.85 as 29.85, 3.0 as 3, 0.123456 as 0.1235 and 1234.56 as 1235."""
    return str(pl.select(_significant(pl.lit(number))).item())


def feature_importance(model: ChurnModel, frame: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Return the mean absolute contribution of each feature to the margin, the largest first.

    Columns: feature, importance (log-odds), share (of the sum, 0 to 1). The contributions are those
    of a sample of at most 2,000 customers of `frame`.
    """
    effects = np.abs(sample_contributions(model, frame, seed)[1][:, :-1]).mean(axis=0)
    total = float(effects.sum()) or 1.0
    table = {"feature": list(model.encoder.names), "importance": effects, "share": effects / total}
    return pl.DataFrame(table).sort(["importance", "feature"], descending=[True, False])


def sample_contributions(
    model: ChurnModel, frame: pl.DataFrame, seed: int
) -> tuple[pl.DataFrame, FloatArray]:
    """Return at most 2,000 customers of `frame` and their contributions (rows, columns + 1)."""
    rows = np.arange(frame.height)
    if frame.height > MAX_SAMPLE:
        rng = np.random.default_rng(seed)
        rows = np.sort(rng.choice(frame.height, MAX_SAMPLE, replace=False))
    sample = frame[rows]
    return sample, model.contributions(sample)


def _value_texts(frame: pl.DataFrame, column: EncodedColumn) -> pl.Series:
    values = frame[column.name]
    if column.is_categorical:
        return as_text(values).rename("value")
    numbers = values.cast(pl.Float64, strict=False).rename("value")
    return pl.DataFrame(numbers).select(_significant(pl.col("value")))["value"]


def _significant(number: pl.Expr) -> pl.Expr:
    is_whole = (number == number.round()) | (number.abs() >= MIN_WHOLE)
    whole = number.round().cast(pl.Int64, strict=False).cast(pl.String)
    fraction = number.round_sig_figs(SIGNIFICANT_DIGITS).cast(pl.String)
    return pl.when(number.is_finite()).then(pl.when(is_whole).then(whole).otherwise(fraction))
