"""One row per customer, from service records or from a table, and what was found on the way."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from churn.exceptions import DataUnfit, SchemaInvalid
from churn.ml.i18n.formatting import fill
from churn.ml.i18n.messages import Told
from churn.ml.io.rejects import COLUMN, LINE, REASON, RejectReason, describe_reason
from churn.ml.io.roles import listed
from churn.ml.io.source import DataSource
from churn.ml.progress import ProgressCallback, no_progress
from churn.ml.records.aggregation import LAST_START, aggregate
from churn.ml.records.parsing import read_records, zone_names
from churn.ml.records.zones import ZoneFinder, zone_finder
from churn.ml.schema import RECORD_FEATURES, TARGET, Feature, Finding, Severity, Shape
from churn.ml.tables.parsing import read_table

_INFORMATION = frozenset(
    {"place_swapped", "end_next_day", "clock_gap", "date", "free_text", "zones_absent"}
)
_MAX_UNCLEAR = 0.1  # share of rows without a legible target
_MANY = 0.05  # share of the rows beyond which information becomes a warning


@dataclass(frozen=True, slots=True)
class Counts:
    """`rows` is always `accepted` + `rejected`; blank lines are no rows."""

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

    `frame` holds CUSTOMER_ID (String), TARGET (Boolean, only if it was required), the features
    (Float64 or String, null where unknown) and `order`, the column by which time runs, if any.
    `rejects` holds `line` (Int64, of the file, the header being line 1), `column` and `reason`.
    """

    frame: pl.DataFrame
    features: tuple[Feature, ...]
    counts: Counts
    rejects: pl.DataFrame
    findings: tuple[Finding, ...]
    source: DataSource
    order: str | None = None


def load_customers(
    source: DataSource,
    *,
    zones: Path | ZoneFinder | None = None,
    require_target: bool = False,
    expected: Sequence[Feature] = (),
    progress: ProgressCallback = no_progress,
) -> Customers:
    """Read a whole file into one row per customer.

    `zones` is a CSV of zone polygons, or what finds zones; only records need it. With
    `require_target`, rows without a legible target are rejected; otherwise a target in the file is
    ignored. `expected` are the features of the model that is to score a table: their kinds are
    kept, other columns ignored.

    Raises
    ------
    FileUnreadable : the file is damaged.
    SchemaInvalid : there is no target, an expected column is absent, or the zones file is unfit.
    DataUnfit : not one row can be used, or all customers have the same target.
    """
    if require_target and source.target is None:
        raise SchemaInvalid(
            "No target column was found; name the column that says who churned"
            " (columns: {columns}).",
            columns=listed(source.columns),
        )
    if source.shape is Shape.RECORDS:
        customers = _load_records(source, zone_finder(zones), progress, with_target=require_target)
    else:
        customers = _load_table(source, expected, progress, with_target=require_target)
    if require_target:
        _refuse_unclear_target(customers)
        _refuse_constant_target(customers)
    return customers


def _load_records(
    source: DataSource,
    zone_map: ZoneFinder | None,
    progress: ProgressCallback,
    *,
    with_target: bool,
) -> Customers:
    pieces = []
    for piece in read_records(source, zone_map, with_target=with_target):
        pieces.append(piece)
        progress("reading", piece.done)
    records = pl.concat([piece.frame for piece in pieces])
    rejects = pl.concat([piece.rejects for piece in pieces])
    refuse_unusable(records.height, rejects)
    frame = aggregate(records, zone_names(zone_map), records.select(pl.col("start").max()).item())
    odd = sum((piece.odd for piece in pieces), Counter())
    rows = sum(piece.rows for piece in pieces)
    return Customers(
        frame=frame,
        features=RECORD_FEATURES,
        counts=Counts(rows, records.height, rejects.height, frame.height),
        rejects=rejects,
        findings=tuple(findings_of(odd, records.height)),
        source=source,
        order=LAST_START,
    )


def _load_table(
    source: DataSource,
    expected: Sequence[Feature],
    progress: ProgressCallback,
    *,
    with_target: bool,
) -> Customers:
    table = read_table(source, expected, with_target=with_target, progress=progress)
    refuse_unusable(table.frame.height, table.rejects)
    counts = Counts(table.rows, table.frame.height, table.rejects.height, table.frame.height)
    return Customers(
        frame=table.frame,
        features=table.features,
        counts=counts,
        rejects=table.rejects,
        findings=tuple(findings_of(table.odd, counts.accepted)),
        source=source,
        order=table.order,
    )


def findings_of(odd: Counter[tuple[str, str]], rows: int) -> Iterator[Finding]:
    """Word what was odd, as shares of the accepted `rows`."""
    for (code, column), count in sorted(odd.items()):
        if count:
            share = count / max(1, rows)
            yield Finding(code, str(column), count, share, _severity(code, share))


def merged_findings(parts: Iterable[Finding], rows: int) -> tuple[Finding, ...]:
    """Word what was found in the parts of a file as shares of all its accepted `rows`."""
    odd: Counter[tuple[str, str]] = Counter()
    for finding in parts:
        odd[finding.code, finding.column] += finding.count
    return tuple(findings_of(odd, rows))


def _severity(code: str, share: float) -> Severity:
    return "warning" if code not in _INFORMATION and share > _MANY else "info"


def refuse_unusable(accepted: int, rejects: pl.DataFrame) -> None:
    """Raise DataUnfit, naming the first reject, if no row was accepted."""
    if accepted:
        return
    raise DataUnfit(
        "Not one of the {rows:,} rows can be used{first}; correct the file or name its columns.",
        rows=rejects.height,
        first=_first(rejects),
    )


def _first(rejects: pl.DataFrame) -> Told:
    if rejects.is_empty():
        return Told("", "")
    line, column, reason = rejects.sort(LINE).select(LINE, COLUMN, REASON).row(0)
    named = (f", column `{column}`", f", columna `{column}`") if column else ("", "")
    why = {"line": line, "en": describe_reason(reason, "en"), "es": describe_reason(reason, "es")}
    return Told(
        fill(" (line {line:,}{named}: {en})", "en", named=named[0], **why),
        fill(" (línea {line:,}{named}: {es})", "es", named=named[1], **why),
    )


def _refuse_constant_target(customers: Customers) -> None:
    if customers.frame[TARGET].n_unique() == 1:
        raise DataUnfit(
            "Every customer has the same `{target}`; a model needs customers who left and customers"
            " who stayed ({rejected:,} of {rows:,} rows were rejected).",
            target=customers.source.target,
            rejected=customers.counts.rejected,
            rows=customers.counts.rows,
        )


def _refuse_unclear_target(customers: Customers) -> None:
    unclear = customers.rejects.filter(pl.col(REASON) == RejectReason.TARGET_INVALID).height
    if unclear > _MAX_UNCLEAR * customers.counts.rows:
        raise DataUnfit(
            "{unclear:,} of {rows:,} rows say neither yes nor no in the target `{target}`; it must"
            " have two values: recode it, or name another.",
            unclear=unclear,
            rows=customers.counts.rows,
            target=customers.source.target,
        )
