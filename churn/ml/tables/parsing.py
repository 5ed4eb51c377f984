"""Parsing of tables with one row per customer and any columns: text cells to typed features."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from churn.exceptions import SchemaInvalid
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.io.as_of import AsOf
from churn.ml.io.blocks import ROW
from churn.ml.io.names import format_names
from churn.ml.io.rejects import ERROR_CODE, split_rejects
from churn.ml.io.source import DataSource
from churn.ml.io.streams import read_columns
from churn.ml.progress import ProgressCallback
from churn.ml.schema import CUSTOMER_ID, TIME_COLUMN, Feature, Kind
from churn.ml.tables.columns import ColumnParser, file_column
from churn.ml.tables.inference import InferredColumns, infer_columns
from churn.ml.tables.rows import RowParser

# A text column with more distinct values than both limits is free text and no feature.
_FREE_TEXT_SHARE, _FREE_TEXT_COUNT = 0.5, 50


@dataclass(frozen=True, slots=True)
class TableBatch:
    """Accepted rows of a batch of a table, its rejects and its data quality issues."""

    frame: pl.DataFrame  # CUSTOMER_ID, features, TARGET and TIME_COLUMN where there is one
    rejects: pl.DataFrame  # columns of REJECT_SCHEMA
    rows: int  # accepted and rejected
    issue_counts: Counter[tuple[str, str]] = field(repr=False)  # (finding code, column) -> cells
    fraction_read: float


@dataclass(frozen=True, slots=True)
class TableData:
    """A whole table, its rejects and its data quality issues."""

    frame: pl.DataFrame  # as of TableBatch, sorted by CUSTOMER_ID
    rejects: pl.DataFrame
    rows: int
    features: tuple[Feature, ...]
    issue_counts: Counter[tuple[str, str]] = field(repr=False)
    time_column: str | None
    details: Mapping[tuple[str, str], str]  # what findings quote, by code and column
    source: DataSource  # with the roles that the whole file confirms
    as_of: AsOf | None


def read_table(
    source: DataSource,
    expected: Sequence[Feature],
    *,
    with_target: bool,
    on_progress: ProgressCallback,
) -> TableData:
    """Read a whole table, sorted by customer.

    `expected` are the features of a model, and then all there are. If empty, all columns become
    features, without those that have no value and free texts, whose values hardly repeat.

    Raises
    ------
    FileUnreadable : the file is damaged.
    SchemaInvalid : an expected column is absent.
    """
    inferred = infer_table_columns(source, expected, with_target=with_target)
    used = inferred if expected else inferred.without_empty()
    batches = []
    for batch in iter_batches(used, with_target=with_target):
        batches.append(batch)
        on_progress("reading", batch.fraction_read)
    frame = pl.concat([batch.frame for batch in batches]).sort(CUSTOMER_ID)
    issue_counts = inferred.issue_counts(frame.height)
    for batch in batches:
        issue_counts += batch.issue_counts
    inferred_kinds = [c for c in used.columns if c.name not in used.source.options.kinds]
    texts = [] if expected else _free_texts(frame, inferred_kinds)
    for (code, name), count in inferred.word_counts().items():
        issue_counts[code, name] += count
        # These cells are null as empty ones are, but are named by a finding of their own.
        issue_counts["missing", name] -= min(count, issue_counts["missing", name])
    issue_counts.update({("free_text", name): frame.height for name in texts})
    return TableData(
        frame=frame.drop(texts),
        rejects=pl.concat([batch.rejects for batch in batches]),
        rows=sum(batch.rows for batch in batches),
        features=tuple(c.feature for c in used.columns if c.column not in texts),
        issue_counts=issue_counts,
        time_column=TIME_COLUMN if used.time_column else None,
        details=inferred.finding_details(),
        source=used.source,
        as_of=used.as_of,
    )


def infer_table_columns(
    source: DataSource, expected: Sequence[Feature], *, with_target: bool = False
) -> InferredColumns:
    """Infer the columns of the expected features, or all that are not left out.

    Raises
    ------
    FileUnreadable : the file is damaged.
    SchemaInvalid : an expected column is absent, and the message names it; otherwise as in
        `infer_columns`.
    """
    names = [file_column(feature.name) for feature in expected]
    if missing := [name for name in names if name not in source.columns]:
        raise SchemaInvalid(
            _("The file has no column {columns}, which the model requires; add it."),
            columns=format_names(missing),
        )
    if expected:
        return infer_columns(source, names, expected, with_target=with_target)
    roles = {source.customer_id, source.group, source.target}
    names = [name for name in source.columns if name not in roles]
    return infer_columns(source, names, with_target=with_target)


def iter_batches(
    inferred: InferredColumns, *, with_target: bool, keep_columns: Sequence[str] = ()
) -> Iterator[TableBatch]:
    """Parse a table batch by batch, in the order of its rows.

    Raises
    ------
    FileUnreadable : the file is damaged.
    SchemaInvalid : the file has none of `keep_columns`.
    """
    source = inferred.source
    parser = RowParser(inferred, with_target=with_target)
    parser.keep(keep_columns)
    seen, rows_before = _SeenCustomers(inferred.repeated_hashes), 0
    for batch, raw in read_columns(source, parser.columns):
        parsed = parser.parse(raw, batch)
        validated = split_rejects(parsed.frame, parsed.suspects, parsed.context)
        accepted, rejects = validated.accepted, validated.rejects
        if source.customer_id is None:
            accepted = _with_row_numbers(accepted, validated.blank_rows, rows_before)
        else:
            duplicates = seen.duplicates(accepted)
            unique = split_rejects(accepted, duplicates, parser.duplicate_context(batch))
            accepted, rejects = unique.accepted, pl.concat([rejects, unique.rejects])
        yield TableBatch(
            frame=accepted.drop(ROW, *parser.late_columns),
            rejects=rejects,
            rows=validated.row_count,
            issue_counts=parser.issue_counts(accepted, batch),
            fraction_read=batch.fraction_read,
        )
        rows_before += validated.row_count


class _SeenCustomers:
    """Customers of earlier batches among those that occur more than once in the file."""

    def __init__(self, repeated_hashes: pl.Series) -> None:
        self._repeated = repeated_hashes.to_numpy()  # ascending
        self._is_seen = np.zeros(len(repeated_hashes), dtype=np.bool_)

    def duplicates(self, accepted: pl.DataFrame) -> pl.DataFrame:
        """Return ROW and ERROR_CODE of rows whose customer occurred before, and remember all."""
        code = pl.lit(0, pl.UInt16).alias(ERROR_CODE)
        rows = accepted.select(ROW, code)
        if not len(self._repeated):
            return rows.clear()
        hashes = accepted[CUSTOMER_ID].hash().to_numpy()
        last = len(self._repeated) - 1
        places = np.minimum(np.searchsorted(self._repeated, hashes), last)
        is_repeated = self._repeated[places] == hashes
        is_first = np.zeros(len(places), dtype=np.bool_)
        is_first[np.unique(np.where(is_repeated, places, -1), return_index=True)[1]] = True
        is_duplicate = is_repeated & ~(is_first & ~self._is_seen[places])
        self._is_seen[places[is_repeated]] = True
        return rows.filter(pl.Series(is_duplicate))


def _with_row_numbers(
    accepted: pl.DataFrame, blank_rows: pl.Series, rows_before: int
) -> pl.DataFrame:
    """Add CUSTOMER_ID: the number of the row in the file, from 1, without blank lines."""
    rows = accepted[ROW].to_numpy().astype(np.int64)
    numbers = rows_before + 1 + rows - np.searchsorted(blank_rows.to_numpy(), rows)
    return accepted.insert_column(0, pl.Series(CUSTOMER_ID, numbers).cast(pl.String))


def _free_texts(frame: pl.DataFrame, columns: Sequence[ColumnParser]) -> list[str]:
    texts = [c.column for c in columns if c.feature.kind is Kind.CATEGORICAL]
    limit = max(_FREE_TEXT_COUNT, _FREE_TEXT_SHARE * frame.height)
    return [name for name in texts if frame[name].n_unique() > limit]
