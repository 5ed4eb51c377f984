"""Which column identifies the customers of a table, decided on the whole file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import polars as pl

from churn.exceptions import SchemaInvalid
from churn.ml.i18n.messages import Message
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.io.cells import stripped_cell
from churn.ml.io.roles import NUMBERED, identifier_candidates
from churn.ml.io.source import DataSource

# A larger share of the rows is not dropped without the consent of the user.
MAX_REJECTED_SHARE = 0.2
MIN_ROWS_TO_REFUSE = 20  # fewer cannot show that the cells are no single errors

_MAX_CANDIDATES = 5


class IdentifierStatistics:
    """Hashes of the cells of columns that may identify customers, 8 bytes each."""

    def __init__(self, columns: Iterable[str]) -> None:
        self.rows = 0
        self._hashes: dict[str, list[pl.Series]] = {column: [] for column in columns}

    @property
    def columns(self) -> list[str]:
        return list(self._hashes)

    def add(self, frame: pl.DataFrame) -> None:
        """Add the text cells of a batch."""
        # A blank line has no cell.
        self.rows += frame.select(pl.any_horizontal(pl.all().is_not_null()).sum()).item()
        for column, hashes in self._hashes.items():
            cells = frame.select(stripped_cell(column)).to_series()
            hashes.append(cells.drop_nulls().hash())

    def is_unique(self, column: str) -> bool:
        """Whether every row has a value of its own."""
        cells = self._cells(column)
        return len(cells) == self.rows > 0 and not cells.is_duplicated().any()

    def repeated_share(self, column: str) -> float:
        """Return the share of filled cells that repeat an earlier one."""
        cells = self._cells(column)
        return 1.0 - cells.n_unique() / len(cells) if len(cells) else 0.0

    def distinct(self, column: str) -> int:
        return self._cells(column).n_unique()

    def repeated_hashes(self, column: str) -> frozenset[int]:
        """Return the hashes of values that occur more than once."""
        cells = self._cells(column)
        return frozenset(cells.filter(cells.is_duplicated()).unique().to_list())

    def _cells(self, column: str) -> pl.Series:
        return pl.concat([pl.Series(dtype=pl.UInt64), *self._hashes[column]])


@dataclass(frozen=True, slots=True)
class Identity:
    """The column that identifies customers and the one that groups them, if there are any."""

    customer_id: str | None
    group: str | None = None
    remarks: tuple[Message, ...] = ()
    repeated_hashes: frozenset[int] = field(default_factory=frozenset, repr=False)

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
