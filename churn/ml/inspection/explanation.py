"""Why: which features matter at all, and which spoke for and against one customer."""

import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from churn.ml.arrays import FloatArray
from churn.ml.i18n.labels import label
from churn.ml.i18n.languages import Language
from churn.ml.pipeline.encoder import EncodedColumn, as_text
from churn.ml.pipeline.model import ChurnModel

Direction = Literal["raises", "lowers"]
EXPLAINED_ROWS = 2_000
DIGITS = 4
MAX_DIGITS = 10**DIGITS / 10
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
    """One feature's part in one customer's margin, in log-odds; no value where it is missing."""

    feature: str
    value: str | None
    direction: Direction
    contribution: float
    unit: str = ""


def format_reason(reason: ReasonCode, language: Language) -> str:
    """One line such as "tenure: 2 raises the risk"."""
    named = label(reason.feature, language, reason.unit)
    words = _WORDS[language][reason.direction]
    return words.format(label=named, value=_value_text(reason, language))


def top_reasons(
    model: ChurnModel, frame: pl.DataFrame, contributions: FloatArray, count: int
) -> pl.Series:
    """List the `count` strongest features of each customer (rows,) as REASON, strongest first.

    `contributions` (rows, columns + 1) are those of the rows of `frame`.
    """
    effects = contributions[:, :-1]
    chosen = np.argsort(-np.abs(effects), axis=1, kind="stable")[:, :count]
    at = np.arange(frame.height)
    texts = pl.concat([_value_texts(frame, column) for column in model.encoder.columns])
    names = pl.Series([column.name for column in model.encoder.columns], dtype=pl.String)
    units = pl.Series([column.unit for column in model.encoder.columns], dtype=pl.String)
    places = []
    for place in range(chosen.shape[1]):
        column = chosen[:, place]
        effect = effects[at, column]
        reason = {
            "feature": names.gather(column),
            "value": texts.gather(column * frame.height + at),
            "direction": pl.Series(np.where(effect >= 0, "raises", "lowers").tolist()),
            "contribution": effect,
            "unit": units.gather(column),
        }
        places.append(pl.DataFrame(reason, schema=REASON.to_schema()).to_struct(str(place)))
    return pl.DataFrame(places).select(pl.concat_list(pl.all()).alias("reasons"))["reasons"]


def format_significant(number: float) -> str:
    """Write 29.85 as 29.85, 3.0 as 3, 0.123456 as 0.1235 and 1234.56 as 1235."""
    return str(pl.select(_short(pl.lit(number))).item())


def importance(model: ChurnModel, frame: pl.DataFrame, seed: int) -> pl.DataFrame:
    """Features by mean absolute effect on the margin of a sample of customers, the largest first.

    Columns: feature, importance (log-odds), share (of the sum, 0 to 1).
    """
    effects = np.abs(sample_contributions(model, frame, seed)[1][:, :-1]).mean(axis=0)
    total = float(effects.sum()) or 1.0
    table = {"feature": list(model.encoder.names), "importance": effects, "share": effects / total}
    return pl.DataFrame(table).sort(["importance", "feature"], descending=[True, False])


def sample_contributions(
    model: ChurnModel, frame: pl.DataFrame, seed: int
) -> tuple[pl.DataFrame, FloatArray]:
    """At most 2,000 customers of `frame` and their contributions (rows, columns + 1)."""
    rows = np.arange(frame.height)
    if frame.height > EXPLAINED_ROWS:
        rng = np.random.default_rng(seed)
        rows = np.sort(rng.choice(frame.height, EXPLAINED_ROWS, replace=False))
    sample = frame[rows]
    return sample, model.contributions(sample)


def _value_texts(frame: pl.DataFrame, column: EncodedColumn) -> pl.Series:
    values = frame[column.name]
    if column.is_categorical:
        return as_text(values).rename("value")
    numbers = values.cast(pl.Float64, strict=False).rename("value")
    return pl.DataFrame(numbers).select(_short(pl.col("value")))["value"]


def _short(number: pl.Expr) -> pl.Expr:
    whole = (number == number.round()) | (number.abs() >= MAX_DIGITS)
    text = number.round_sig_figs(DIGITS).cast(pl.String)
    short = pl.when(whole).then(number.round().cast(pl.Int64, strict=False).cast(pl.String))
    return pl.when(number.is_finite()).then(short.otherwise(text))


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
