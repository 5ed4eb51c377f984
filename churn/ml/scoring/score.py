"""Customers in, chances and reasons out, for a frame or for a few records of a request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from churn.exceptions import DataUnfit
from churn.ml.arrays import FloatArray, IndexArray
from churn.ml.customers import Counts, Customers, customers_from_payload
from churn.ml.estimators.threads import single_threaded_blas
from churn.ml.i18n.languages import Language
from churn.ml.i18n.messages import Told
from churn.ml.inspection.explanation import REASON, ReasonCode, format_reason, top_reasons
from churn.ml.io import COLUMN, LINE, describe_reject
from churn.ml.io import REASON as REJECTION
from churn.ml.metrics.drift import bin_counts, drift
from churn.ml.pipeline.model import ChurnModel
from churn.ml.progress import ProgressCallback, no_progress
from churn.ml.records import ZoneFinder
from churn.ml.schema import CUSTOMER_ID

DECILES = 10
ROWS_AT_ONCE = 20_000
REASONS = 3


@dataclass(frozen=True)
class ScoredCustomers:
    """Scored customers: customer_id, probability, churn, decile (1 is riskiest) and `reasons`.

    `reasons` is a list of structs with the fields of a Reason, the strongest first. `unseen` counts
    by column the categories that training did not meet; they were read as missing. `drift` tells by
    how much each feature has moved since training: name, psi and level, the most moved first.
    """

    frame: pl.DataFrame
    counts: Counts
    unseen: dict[str, int]
    drift: list[dict[str, Any]]


def score(
    model: ChurnModel,
    customers: Customers,
    *,
    reasons: int = REASONS,
    progress: ProgressCallback = no_progress,
) -> ScoredCustomers:
    """Score every customer, with the `reasons` strongest features of each.

    Raises
    ------
    SchemaInvalid : a column of the training frame is absent.
    WorkCancelled : `progress` raised it.
    """
    if customers.frame.is_empty():
        raise DataUnfit("There is no customer to score.")
    scored = score_frame(model, customers.frame, reasons, progress)
    decile = deciles(scored["probability"].to_numpy())
    order = [CUSTOMER_ID, "probability", "churn", "decile", "reasons"]
    frame = scored.with_columns(pl.Series("decile", decile)).select(order)
    return ScoredCustomers(
        frame,
        customers.counts,
        model.encoder.unseen(customers.frame),
        drift(model.reference, bin_counts(model.reference, customers.frame)),
    )


def score_frame(
    model: ChurnModel, frame: pl.DataFrame, reasons: int, progress: ProgressCallback = no_progress
) -> pl.DataFrame:
    """Columns customer_id, probability, churn and reasons of the customers of a frame."""
    parts = []
    with single_threaded_blas():
        for start in range(0, frame.height, ROWS_AT_ONCE):
            progress("scoring", start / frame.height)
            parts.append(_scored(model, frame.slice(start, ROWS_AT_ONCE), reasons))
    return pl.concat(parts) if parts else _scored(model, frame, reasons)


def deciles(probability: FloatArray) -> IndexArray:
    """Tenth (rows,) of each customer, 1 the riskiest; equal chances go by the order of rows."""
    rank = np.empty(len(probability), dtype=np.int64)
    rank[np.argsort(-probability, kind="stable")] = np.arange(len(probability))
    return rank * DECILES // len(probability) + 1


def results_frame(scored: pl.DataFrame, language: Language) -> pl.DataFrame:
    """Make the columns of results.csv, with the reasons as sentences."""
    columns = [
        _in_words(scored["reasons"], place, language).alias(f"reason_{place + 1}")
        for place in range(REASONS)
    ]
    return scored.drop("reasons").with_columns(pl.col("probability").round(6), *columns)


def _in_words(reasons: pl.Series, place: int, language: Language) -> pl.Series:
    """Word the reasons of one place (rows,); the same reason is worded once, none is empty."""
    told = reasons.list.get(place, null_on_oob=True).struct.unnest().drop("contribution")
    distinct = told.unique().drop_nulls("feature")
    texts = [
        format_reason(ReasonCode(**row, contribution=0.0), language)
        for row in distinct.iter_rows(named=True)
    ]
    worded = distinct.with_columns(pl.Series("text", texts, dtype=pl.String))
    found = told.join(worded, on=told.columns, how="left", nulls_equal=True, maintain_order="left")
    return found["text"].fill_null("")


def predict_records(
    model: ChurnModel,
    records: Sequence[Mapping[str, Any]],
    language: Language,
    *,
    zones: Path | ZoneFinder | None = None,
) -> list[dict[str, Any]]:
    """Score the customers of a few records: customer_id, probability, churn and reasons.

    Each reason holds the fields of a Reason and its `text` in `language`.

    Raises
    ------
    SchemaInvalid : a column that the model needs is in no record.
    DataUnfit : a record cannot be used; the message names the first by its place, from 1.
    """
    identifier = model.about.get("customer_id")
    customers = customers_from_payload(
        records, model.features, customer_id=_given(identifier, records), zones=zones
    )
    _refuse_rejects(customers)
    scored = score(model, customers).frame
    return [
        {
            "customer_id": row[CUSTOMER_ID],
            "probability": row["probability"],
            "churn": row["churn"],
            "reasons": [
                {**reason, "text": format_reason(ReasonCode(**reason), language)}
                for reason in row["reasons"]
            ],
        }
        for row in scored.iter_rows(named=True)
    ]


def _given(identifier: object, records: Sequence[Mapping[str, Any]]) -> str | None:
    known = isinstance(identifier, str) and any(identifier in record for record in records)
    return str(identifier) if known else None


def _refuse_rejects(customers: Customers) -> None:
    for line, column, reason in customers.rejects.sort(LINE).select(LINE, COLUMN, REJECTION).rows():
        raise DataUnfit(
            "Record {line:,}, column `{column}`: {reason}.",
            line=line,
            column=column,
            reason=Told(describe_reject(reason, "en"), describe_reject(reason, "es")),
        )


def _scored(model: ChurnModel, frame: pl.DataFrame, reasons: int) -> pl.DataFrame:
    probability = model.probabilities(frame)
    columns = {
        CUSTOMER_ID: frame[CUSTOMER_ID],
        "probability": probability,
        "churn": model.churns(probability),
        "reasons": pl.Series([[]], dtype=pl.List(REASON)).new_from_index(0, frame.height),
    }
    if reasons:
        effects = model.contributions(frame)
        columns["reasons"] = top_reasons(model, frame, effects, reasons)
    return pl.DataFrame(columns)
