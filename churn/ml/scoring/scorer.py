"""Scoring of a customers frame, or of a few records of a request."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from churn.exceptions import DataUnfit
from churn.ml.arrays import FloatArray, IndexArray
from churn.ml.customers import AsOf, Counts, Customers, customers_from_payload
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
from churn.ml.schema import CUSTOMER_ID, KEPT, Finding, Shape

DECILES = 10
BATCH_ROWS = 20_000  # bounds the memory of contributions, and the time between reports of progress
REASONS = 3
# The index of fewer records is mostly chance: ten bins would have less than ten records each.
_MIN_DRIFT_RECORDS = 100


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


@dataclass(frozen=True)
class PredictedRecords:
    """Predictions of records: customer_id, probability, churn, contact and reasons.

    `contact` is the decision by the threshold; `churn` is its older name. Each reason has the
    fields of a ReasonCode.
    """

    predictions: list[dict[str, Any]]
    findings: tuple[Finding, ...]
    as_of: AsOf | None


def scoring_findings(
    unknown: Mapping[str, int], drift: Sequence[Mapping[str, Any]], rows: int
) -> Iterator[Finding]:
    """Yield a warning for each column with unknown values, and for each one that drifted."""
    for column, count in sorted(unknown.items()):
        yield Finding("unknown_values", column, count, count / max(rows, 1), "warning")
    for feature in drift:
        if feature["level"] != "none":
            yield Finding(f"drift_{feature['level']}", feature["name"], rows, 1.0, "warning")


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
    contact = pl.col("churn").alias("contact")
    position = scored.columns.index("churn") + 1
    results = scored.clone().insert_column(position, scored.select(contact).to_series())
    kept = [name for name in scored.columns if name.startswith(KEPT)]
    named = results.drop("reasons", *kept).with_columns(pl.col("probability").round(6), *columns)
    # A column of the file with the name of a result gets an underscore.
    return named.with_columns(
        scored[column].alias(name if name not in named.columns else f"{name}_")
        for column in kept
        for name in (column.removeprefix(KEPT),)
    )


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
    as_of: date | None = None,
    allow_unknown: bool = False,
) -> PredictedRecords:
    """Score the customers of a few records, with days counted back from `as_of`.

    Raises
    ------
    SchemaInvalid : a column that the model needs is in no record.
    DataUnfit : a record cannot be used; the message names the first by its place, from 1.
    """
    # A client that wants the scores alone may leave the identifier out.
    identifier = model.metadata.get("customer_id")
    is_given = isinstance(identifier, str) and any(identifier in record for record in records)
    customers = customers_from_payload(
        records,
        model.features,
        customer_id=identifier if is_given else None,
        zones=zones,
        as_of=as_of,
    )
    _require_no_rejects(customers)
    scored = score(model, customers, allow_unknown=allow_unknown)
    # The distribution of a few records differs from any other by chance.
    drift = scored.drift if len(records) >= _MIN_DRIFT_RECORDS else []
    return PredictedRecords(
        predictions=[
            {
                "customer_id": row[CUSTOMER_ID],
                "probability": row["probability"],
                "churn": row["churn"],
                "contact": row["churn"],
                "reasons": row["reasons"],
            }
            for row in scored.frame.iter_rows(named=True)
        ],
        findings=(
            *scoring_findings(scored.unknown_categories, drift, customers.counts.accepted),
            *customers.findings,
        ),
        as_of=customers.as_of,
    )


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
