"""Loading of a whole file, of service records or a table, into one row per customer."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from churn.exceptions import DataUnfit, SchemaInvalid
from churn.ml.customers.findings import build_findings
from churn.ml.i18n.messages import Message, ngettext_noop
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.io.as_of import AsOf, end_of_day, last_known_day, resolve_as_of
from churn.ml.io.names import format_names
from churn.ml.io.rejects import COLUMN, LINE, REASON, RejectReason, describe_reject
from churn.ml.io.source import DataSource
from churn.ml.progress import ProgressCallback, no_progress
from churn.ml.records import (
    ZoneFinder,
    aggregate,
    decide_readings,
    read_records,
    resolve_zones,
    zone_names,
)
from churn.ml.schema import LAST_START, TARGET, Column, Feature, Finding, Shape
from churn.ml.tables import MAX_REJECTED_SHARE, MIN_ROWS_TO_REFUSE, read_table

# Beyond this share of invalid targets, another column was meant.
_MAX_INVALID_TARGET_SHARE = 0.1
_NO_TARGET = _(
    "No target column was found; specify the column that records churn (columns: {columns})."
)
_NO_HEADER_OR_TARGET = _(
    "The first line looks like data, so the columns are called {columns}. Specify the target"
    " column, or the line of the header (header row)."
)


@dataclass(frozen=True, slots=True)
class Counts:
    """`rows` is always `accepted` + `rejected`; blank lines do not count as rows."""

    rows: int
    accepted: int
    rejected: int
    customers: int

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.rows + other.rows,
            self.accepted + other.accepted,
            self.rejected + other.rejected,
            self.customers + other.customers,
        )


@dataclass(frozen=True)
class Customers:
    """One row per customer, sorted by CUSTOMER_ID.

    `frame` has CUSTOMER_ID (String), TARGET (Boolean, only if it was required), the features
    (Float64 or String, null where unknown) and `time_column`, by which customers can be split in
    time, if there is one. `rejects` has `line` (Int64, of the file, the header being line 1),
    `column` and `reason`.
    """

    frame: pl.DataFrame
    features: tuple[Feature, ...]
    counts: Counts
    rejects: pl.DataFrame
    findings: tuple[Finding, ...]
    source: DataSource
    time_column: str | None = None
    as_of: AsOf | None = None  # days are counted back from it; None if there are none


def load_customers(
    source: DataSource,
    *,
    zones: Path | ZoneFinder | None = None,
    require_target: bool = False,
    expected: Sequence[Feature] = (),
    on_progress: ProgressCallback = no_progress,
) -> Customers:
    """Read a whole file into one row per customer.

    `zones` is a CSV of zone polygons, or a finder; only service records use it. With
    `require_target`, rows without a valid target are rejected; otherwise a target in the file is
    ignored. `expected` are the features of the model that is to score: cells are read as in
    training; of a table, their kinds are kept and other columns ignored.

    Raises
    ------
    FileUnreadable : the file is damaged.
    SchemaInvalid : there is no target, an expected column is absent, or the zones file is invalid.
    DataUnfit : no row is valid, too many are rejected for one reason, or all customers have the
        same target.
    """
    if require_target and source.target is None:
        text = _NO_HEADER_OR_TARGET if source.is_header_absent else _NO_TARGET
        raise SchemaInvalid(text, columns=format_names(source.columns))
    if source.shape is Shape.RECORDS:
        customers = _load_records(
            source,
            expected,
            resolve_zones(zones),
            with_target=require_target,
            on_progress=on_progress,
        )
    else:
        customers = _load_table(
            source, expected, with_target=require_target, on_progress=on_progress
        )
    if require_target:
        if not source.options.allow_rejects:
            _require_few_rejects(customers)
            _require_binary_target(customers)
        _require_both_classes(customers)
    return customers


def _load_records(
    source: DataSource,
    expected: Sequence[Feature],
    zone_map: ZoneFinder | None,
    *,
    with_target: bool,
    on_progress: ProgressCallback,
) -> Customers:
    batches = []
    readings = decide_readings(source, expected)
    for batch in read_records(source, zone_map, with_target=with_target, readings=readings):
        batches.append(batch)
        on_progress("reading", batch.fraction_read)
    records = pl.concat([batch.frame for batch in batches])
    rejects = pl.concat([batch.rejects for batch in batches])
    require_accepted_rows(records.height, rejects)
    given = source.options.as_of
    is_known = pl.col("start") < end_of_day(last_known_day(given))
    as_of = resolve_as_of(
        given, newest=records.select(pl.col("start").filter(is_known).max()).item()
    )
    frame = aggregate(records, zone_names(zone_map), as_of)
    rows = sum(batch.rows for batch in batches)
    issue_counts = sum((batch.issue_counts for batch in batches), Counter())
    issue_counts["date_late", Column.START] += records.select((~is_known).sum()).item()
    return Customers(
        frame=frame,
        features=readings.features,
        counts=Counts(rows, records.height, rejects.height, frame.height),
        rejects=rejects,
        findings=build_findings(issue_counts, records.height),
        source=source,
        time_column=LAST_START,
        as_of=as_of,
    )


def _load_table(
    source: DataSource,
    expected: Sequence[Feature],
    *,
    with_target: bool,
    on_progress: ProgressCallback,
) -> Customers:
    table = read_table(source, expected, with_target=with_target, on_progress=on_progress)
    require_accepted_rows(table.frame.height, table.rejects)
    accepted = table.frame.height
    return Customers(
        frame=table.frame,
        features=table.features,
        counts=Counts(table.rows, accepted, table.rejects.height, accepted),
        rejects=table.rejects,
        findings=build_findings(table.issue_counts, accepted, table.details),
        source=table.source,
        time_column=table.time_column,
        as_of=table.as_of,
    )


def require_accepted_rows(accepted: int, rejects: pl.DataFrame) -> None:
    """Check that a row was accepted.

    Raises
    ------
    DataUnfit : none was; the message names the first reject.
    """
    if accepted:
        return
    raise DataUnfit(
        ngettext_noop(
            "The only row is invalid{first}; correct the file or specify its columns.",
            "None of the {count:,} rows is valid{first}; correct the file or specify its columns.",
        ),
        count=rejects.height,
        first=_describe_first(rejects),
    )


def _require_few_rejects(customers: Customers) -> None:
    """Raise DataUnfit if too many rows are rejected for one reason to be errors of a few cells."""
    groups = customers.rejects.group_by(REASON).len().sort("len", REASON, descending=True)
    rows = customers.counts.rows
    limit = MAX_REJECTED_SHARE * rows if rows >= MIN_ROWS_TO_REFUSE else rows
    for reason, count in groups.filter(pl.col("len") > limit).iter_rows():
        rejects = customers.rejects.filter(pl.col(REASON) == reason)
        raise DataUnfit(
            _(
                "{rejected:,} of {rows:,} rows would be rejected for one reason{first}; correct"
                " the file, or allow rejected rows explicitly (allow rejects)."
            ),
            rejected=count,
            rows=rows,
            first=_describe_first(rejects),
        )


def _describe_first(rejects: pl.DataFrame) -> Message | str:
    if rejects.is_empty():
        return ""
    line, column, code = rejects.sort(LINE).select(LINE, COLUMN, REASON).row(0)
    reason = describe_reject(code)
    if not column:
        return Message.of(_(" (line {line:,}: {reason})"), line=line, reason=reason)
    text = _(" (line {line:,}, column `{column}`: {reason})")
    return Message.of(text, line=line, column=column, reason=reason)


def _require_both_classes(customers: Customers) -> None:
    if customers.frame[TARGET].n_unique() == 1:
        raise DataUnfit(
            _(
                "Every customer has the same value of `{target}`; training needs customers who"
                " left and customers who stayed ({rejected:,} of {rows:,} rows were rejected)."
            ),
            target=customers.source.target,
            rejected=customers.counts.rejected,
            rows=customers.counts.rows,
        )


def _require_binary_target(customers: Customers) -> None:
    invalid = customers.rejects.filter(pl.col(REASON) == RejectReason.TARGET_INVALID).height
    if invalid > _MAX_INVALID_TARGET_SHARE * customers.counts.rows:
        raise DataUnfit(
            _(
                "{unclear:,} of {rows:,} rows have neither yes nor no in the target `{target}`;"
                " it must be binary. Recode it, or choose another column."
            ),
            unclear=invalid,
            rows=customers.counts.rows,
            target=customers.source.target,
        )
