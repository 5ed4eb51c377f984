"""Explanation: feature importance of a model, and reason codes of each customer."""

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import polars as pl

from churn.ml.arrays import FloatArray
from churn.ml.i18n.labels import label
from churn.ml.i18n.languages import Language
from churn.ml.pipeline import ChurnModel, EncodedColumn, as_text

Direction: TypeAlias = Literal["raises", "lowers"]
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

_WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "raises": "{label}: {value} raises the risk",
        "lowers": "{label}: {value} lowers the risk",
        "missing": "not known",
    },
    "es": {
        "raises": "{label}: {value} aumenta el riesgo",
        "lowers": "{label}: {value} reduce el riesgo",
        "missing": "sin dato",
    },
}
_TRUTHS: dict[Language, dict[str, str]] = {
    "en": {"true": "yes", "false": "no"},
    "es": {"true": "sí", "false": "no"},
}
_FRACTION = re.compile(r"-?\d+\.\d+")
_UNITS: dict[str, tuple[str, str]] = {
    "min": ("minutes", "minutos"),
    "years": ("years", "años"),
    "days": ("days", "días"),
}


@dataclass(frozen=True, slots=True)
class ReasonCode:
    """The contribution of one feature to one customer's margin, in log-odds.

    `value` is None where the customer has none.
    """

    feature: str
    value: str | None
    direction: Direction
    contribution: float
    unit: str = ""


def format_reason(reason: ReasonCode, language: Language) -> str:
    """Return one line such as "tenure: 2 raises the risk"."""
    named = label(reason.feature, language, reason.unit)
    words = _WORDS[language][reason.direction]
    return words.format(label=named, value=_value_text(reason, language))


def top_reasons(
    model: ChurnModel, frame: pl.DataFrame, contributions: FloatArray, count: int
) -> pl.Series:
    """Return the `count` strongest features of each customer as lists of REASON, strongest first.

    `contributions` (rows, columns + 1) are those of the rows of `frame`, the base value last.
    """
    effects = contributions[:, :-1]
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
            "feature": names.gather(column),
            "value": texts.gather(column * frame.height + rows),
            "direction": pl.Series(np.where(effect >= 0, "raises", "lowers").tolist()),
            "contribution": effect,
            "unit": units.gather(column),
        }
        ranks.append(pl.DataFrame(reason, schema=REASON.to_schema()).to_struct(str(rank)))
    return pl.DataFrame(ranks).select(pl.concat_list(pl.all()).alias("reasons"))["reasons"]


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


def _value_text(reason: ReasonCode, language: Language) -> str:
    words = _WORDS[language]
    if reason.value is None:
        return words["missing"]
    value = _TRUTHS[language].get(reason.value, reason.value)
    if language == "es" and _FRACTION.fullmatch(value):
        value = value.replace(".", ",")
    if reason.unit not in _UNITS:
        return value
    english, spanish = _UNITS[reason.unit]
    return f"{value} {spanish if language == 'es' else english}"
