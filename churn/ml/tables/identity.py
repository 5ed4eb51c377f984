"""Which column identifies the customers of a table, decided on the whole file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from churn.exceptions import SchemaInvalid
from churn.ml.i18n.messages import Message
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.io.cells import MISSING
from churn.ml.io.distinct import clean_cells
from churn.ml.io.roles import NUMBERED, identifier_candidates
from churn.ml.io.source import DataSource

# A larger share of the rows is not dropped without the consent of the user.
MAX_REJECTED_SHARE = 0.2
MIN_ROWS_TO_REFUSE = 20  # fewer cannot show that the cells are no single errors

_MAX_CANDIDATES = 5
_MAX_MISSING_BYTES = max(len(word) for word in MISSING)


def no_hashes() -> pl.Series:
    """Return an empty series of hashes."""
    return pl.Series(dtype=pl.UInt64)


class IdentifierStatistics:
    """Hashes of the cells of columns that may identify customers, 8 bytes each."""

    def __init__(self, columns: Iterable[str]) -> None:
        self.rows = 0
        self._hashes: dict[str, list[pl.Series]] = {column: [] for column in columns}
        self._sorted_hashes: dict[str, NDArray[np.uint64]] = {}  # of the last column asked for

    @property
    def columns(self) -> list[str]:
        return list(self._hashes)

    def add(self, frame: pl.DataFrame) -> None:
        """Add the cells of a batch as they are in the file."""
        self.rows += _count_filled_rows(frame)
        for column, hashes in self._hashes.items():
            hashes.append(clean_cells(frame[column]).drop_nulls().hash())

    def is_unique(self, column: str) -> bool:
        """Whether every row has a value of its own."""
        return len(self._sorted(column)) == self.rows == self.distinct(column) > 0

    def repeated_share(self, column: str) -> float:
        """Return the share of filled cells that repeat an earlier one."""
        filled = len(self._sorted(column))
        return 1.0 - self.distinct(column) / filled if filled else 0.0

    def distinct(self, column: str) -> int:
        """Return the number of different values."""
        hashes = self._sorted(column)
        return len(hashes) - int(np.count_nonzero(_repeat_previous(hashes)))

    def repeated_hashes(self, column: str) -> pl.Series:
        """Return the hashes of values that occur more than once, each once, ascending."""
        hashes = self._sorted(column)
        return pl.Series(np.unique(hashes[1:][_repeat_previous(hashes)]), dtype=pl.UInt64)

    def _sorted(self, column: str) -> NDArray[np.uint64]:
        # Equal hashes are neighbours when sorted, which is faster than a table of hashes.
        if column not in self._sorted_hashes:
            hashes = pl.concat([pl.Series(dtype=pl.UInt64), *self._hashes[column]])
            self._sorted_hashes = {column: np.sort(hashes.to_numpy())}
        return self._sorted_hashes[column]


def _repeat_previous(hashes: NDArray[np.uint64]) -> NDArray[np.bool_]:
    return hashes[1:] == hashes[:-1]


def _count_filled_rows(frame: pl.DataFrame) -> int:
    """Count the rows that have a cell; a blank line has none."""
    is_filled = pl.Series(np.zeros(frame.height, dtype=np.bool_))
    for cells in frame.iter_columns():
        if not cells.null_count() and (cells.str.len_bytes() > _MAX_MISSING_BYTES).all():
            return frame.height
        is_filled |= cells.is_not_null() & ~cells.is_in(MISSING).fill_null(value=False)
        if is_filled.all():
            break
    return int(is_filled.sum())


@dataclass(frozen=True, slots=True)
class Identity:
    """The column that identifies customers and the one that groups them, if there are any."""

    customer_id: str | None
    group: str | None = None
    remarks: tuple[Message, ...] = ()
    repeated_hashes: pl.Series = field(default_factory=no_hashes, repr=False, compare=False)

    def assign(self, source: DataSource) -> DataSource:
        """Return `source` with these roles."""
        if (self.customer_id, self.group) == (source.customer_id, source.group):
            return source
        return replace(
            source,
            customer_id=self.customer_id,
            group=self.group,
            remarks=(*source.remarks, *self.remarks),
        )


def candidate_columns(source: DataSource, names: Sequence[str]) -> list[str]:
    """Return the identifier that the sample suggests, and others of `names` that may be one."""
    chosen = [source.customer_id] if source.customer_id else []
    others = [name for name in identifier_candidates(names, source.options) if name not in chosen]
    return [*chosen, *others[:_MAX_CANDIDATES]]


def decide_identity(source: DataSource, statistics: IdentifierStatistics) -> Identity:
    """Keep the suggested identifier, choose a unique column instead, or refuse the table.

    With another column that is unique, the suggested one becomes the group. With a group that the
    user chose, a column other than it must be unique, or the row number identifies rows.

    Raises
    ------
    SchemaInvalid : most customers have several rows, and no column is unique.
    """
    chosen, group = source.customer_id, source.group
    if chosen is None:
        return Identity(None, group)
    if not _repeats_too_often(source, chosen, statistics):
        return Identity(chosen, group, (), statistics.repeated_hashes(chosen))
    others = [name for name in statistics.columns if name not in {chosen, group}]
    unique = next((name for name in others if statistics.is_unique(name)), None)
    if group is not None and not source.options.customer_id:
        remark = NUMBERED if unique is None else _identified_by(unique)
        return Identity(unique, group, (remark,))
    if unique is not None and not source.options.customer_id:
        return Identity(unique, chosen, (_identified_by(unique), _grouped_by(chosen)))
    raise SchemaInvalid(
        _(
            "`{name}` names {count:,} customers on {rows:,} rows; a table has one row per customer:"
            " sum up the rows of each customer, name a column that identifies the rows, or keep the"
            " rows of a customer on one side of the split (group {name})."
        ),
        name=chosen,
        count=statistics.distinct(chosen),
        rows=statistics.rows,
    )


def _repeats_too_often(source: DataSource, column: str, statistics: IdentifierStatistics) -> bool:
    share = statistics.repeated_share(column)
    if source.options.allow_rejects or statistics.rows < MIN_ROWS_TO_REFUSE:
        return False
    return share > MAX_REJECTED_SHARE or (column == source.group and share > 0)


def _identified_by(column: str) -> Message:
    return Message.of(_("rows are identified by `{column}`, which is unique"), column=column)


def _grouped_by(column: str) -> Message:
    return Message.of(
        _("rows with the same `{column}` stay on one side of the split"), column=column
    )
