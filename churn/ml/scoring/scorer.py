"""Scoring of a customers frame, or of a few records of a request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from churn.exceptions import DataUnfit
from churn.ml.arrays import FloatArray, IndexArray
from churn.ml.customers import Counts, Customers, customers_from_payload
from churn.ml.estimators import single_threaded_blas
from churn.ml.i18n.formatting import ENGLISH, Localizer
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.i18n.reasons import ReasonCode, describe_reason
from churn.ml.inspection import REASON, top_reasons
from churn.ml.io import COLUMN, LINE, describe_reject
from churn.ml.io import REASON as REJECTION
from churn.ml.metrics import bin_counts, population_stability
from churn.ml.pipeline import ChurnModel
from churn.ml.progress import ProgressCallback, no_progress
from churn.ml.records import ZoneFinder
from churn.ml.schema import CUSTOMER_ID, Shape

DECILES = 10
BATCH_ROWS = 20_000  # bounds the memory of contributions, and the time between reports of progress
REASONS = 3


@dataclass(frozen=True)
class ScoredCustomers:
    """Scored customers: customer_id, probability, churn, decile (1 is riskiest) and `reasons`.

    `reasons` is a list of structs with the fields of a ReasonCode, the strongest first.
    `unknown_categories` counts, by column, the values whose category did not occur in training;
    they were scored as missing. `drift` has name, psi and level of each feature against the
    training customers, the largest drift first.
    """

    frame: pl.DataFrame
    counts: Counts
    unknown_categories: dict[str, int]
    drift: list[dict[str, Any]]


def score(
    model: ChurnModel,
    customers: Customers,
    *,
    reasons: int = REASONS,
    allow_unknown: bool = False,
    on_progress: ProgressCallback = no_progress,
) -> ScoredCustomers:
    """Score every customer, with the `reasons` strongest features of each.

    Raises
    ------
    DataUnfit : there is no customer, or no value of a column occurred in training and
        `allow_unknown` is false.
    SchemaInvalid : a column of the training frame is absent.
    WorkCancelled : raised by `on_progress`.
    """
    if customers.frame.is_empty():
        raise DataUnfit(_("There are no customers to score."))
    harmonized = model.encoder.harmonize(customers.frame)
    unknown = model.encoder.count_unknown_categories(harmonized)
    if customers.source.shape is Shape.TABLE and not allow_unknown:
        require_known_categories(unknown, model.encoder.count_categories(harmonized))
    scored = score_frame(model, harmonized, reasons, on_progress)
    decile = assign_deciles(scored["probability"].to_numpy())
    order = [CUSTOMER_ID, "probability", "churn", "decile", "reasons"]
    frame = scored.with_columns(pl.Series("decile", decile)).select(order)
    return ScoredCustomers(
        frame,
        customers.counts,
        unknown,
        population_stability(model.drift_baseline, bin_counts(model.drift_baseline, harmonized)),
    )


def require_known_categories(unknown: Mapping[str, int], filled: Mapping[str, int]) -> None:
    """Check that some value of each categorical column occurred in training.

    Both are counts by column. A single value is a new category, not another way of writing.

    Raises
    ------
    DataUnfit : several values of a column are filled and none is known; the message names it.
    """
    columns = [name for name, count in unknown.items() if 1 < count == filled[name]]
    if columns:
        raise DataUnfit(
            _(
                "No value of the column {columns} occurred in training; correct the values, or"
                " allow unknown values explicitly (allow unknown)."
            ),
            columns=", ".join(f"`{name}`" for name in columns),
        )


def score_frame(
    model: ChurnModel,
    frame: pl.DataFrame,
    reasons: int,
    on_progress: ProgressCallback = no_progress,
) -> pl.DataFrame:
    """Return customer_id, probability, churn and reasons of the customers of a frame."""
    batches = []
    with single_threaded_blas():
        for start in range(0, frame.height, BATCH_ROWS):
            on_progress("scoring", start / frame.height)
            batches.append(_score_batch(model, frame.slice(start, BATCH_ROWS), reasons))
    return pl.concat(batches) if batches else _score_batch(model, frame, reasons)


def assign_deciles(probability: FloatArray) -> IndexArray:
    """Return the decile (rows,) of each customer, 1 the riskiest; ties go by the order of rows."""
    rank = np.empty(len(probability), dtype=np.int64)
    rank[np.argsort(-probability, kind="stable")] = np.arange(len(probability))
    return rank * DECILES // len(probability) + 1


def results_frame(scored: pl.DataFrame, localizer: Localizer = ENGLISH) -> pl.DataFrame:
    """Return the columns of results.csv, with the reasons as sentences."""
    columns = [
        _reason_texts(scored["reasons"], rank, localizer).alias(f"reason_{rank + 1}")
        for rank in range(REASONS)
    ]
    return scored.drop("reasons").with_columns(pl.col("probability").round(6), *columns)


def _reason_texts(reasons: pl.Series, rank: int, localizer: Localizer) -> pl.Series:
    """Return the reasons of one rank as text (rows,), empty where there is none."""
    # Few reasons are distinct, and formatting one takes longer than joining a row.
    codes = reasons.list.get(rank, null_on_oob=True).struct.unnest().drop("contribution")
    distinct = codes.unique().drop_nulls("feature")
    texts = [
        localizer.text(describe_reason(ReasonCode(**row, contribution=0.0)))
        for row in distinct.iter_rows(named=True)
    ]
    formatted = distinct.with_columns(pl.Series("text", texts, dtype=pl.String))
    found = codes.join(
        formatted, on=codes.columns, how="left", nulls_equal=True, maintain_order="left"
    )
    return found["text"].fill_null("")


def predict_records(
    model: ChurnModel,
    records: Sequence[Mapping[str, Any]],
    *,
    zones: Path | ZoneFinder | None = None,
) -> list[dict[str, Any]]:
    """Score the customers of a few records: customer_id, probability, churn and reasons.

    Each reason has the fields of a ReasonCode.

    Raises
    ------
    SchemaInvalid : a column that the model needs is in no record.
    DataUnfit : a record cannot be used; the message names the first by its place, from 1.
    """
    # A client that wants the scores alone may leave the identifier out.
    identifier = model.metadata.get("customer_id")
    is_given = isinstance(identifier, str) and any(identifier in record for record in records)
    customers = customers_from_payload(
        records, model.features, customer_id=identifier if is_given else None, zones=zones
    )
    _require_no_rejects(customers)
    scored = score(model, customers).frame
    return [
        {
            "customer_id": row[CUSTOMER_ID],
            "probability": row["probability"],
            "churn": row["churn"],
            "reasons": row["reasons"],
        }
        for row in scored.iter_rows(named=True)
    ]


def _require_no_rejects(customers: Customers) -> None:
    for line, column, reason in customers.rejects.sort(LINE).select(LINE, COLUMN, REJECTION).rows():
        raise DataUnfit(
            _("Record {line:,}, column `{column}`: {reason}."),
            line=line,
            column=column,
            reason=describe_reject(reason),
        )


def _score_batch(model: ChurnModel, frame: pl.DataFrame, reasons: int) -> pl.DataFrame:
    probability = model.probabilities(frame)
    no_reasons = pl.Series([[]], dtype=pl.List(REASON)).new_from_index(0, frame.height)
    columns = {
        CUSTOMER_ID: frame[CUSTOMER_ID],
        "probability": probability,
        "churn": model.predict(probability),
        "reasons": no_reasons,
    }
    if reasons:  # contributions take most of the time
        contributions = model.contributions(frame)
        columns["reasons"] = top_reasons(model, frame, contributions, reasons)
    return pl.DataFrame(columns)
