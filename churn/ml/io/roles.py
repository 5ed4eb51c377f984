"""Inference of column roles: the shape of a file, its target and its customer identifier."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from churn.exceptions import SchemaInvalid
from churn.ml.i18n.messages import Message
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.io.cells import MISSING, NO, YES
from churn.ml.schema import REQUIRED_COLUMNS, Column, Shape

_MIN_RECORD_COLUMNS = 4
_MAX_INVALID_TARGET_SHARE = 0.1
_MAX_NAMES, _MAX_NAME_LENGTH = 12, 60
# A column named like an identifier may have empty and repeated cells; those rows are rejected.
_MIN_DISTINCT_SHARE = 0.5
_MIN_ROWS_TO_REJECT = 20  # fewer cannot show that customers have several rows each
# Compared without case, spaces and punctuation, in order of preference.
_TARGETS = (
    "churn", "churned", "ischurn", "churnflag", "churnlabel", "churnvalue", "haschurned",
    "customerchurn", "exited", "attrition", "attritionflag", "baja", "abandono", "abandonó",
    "cancelled", "canceled", "left", "target", "label",
)  # fmt: skip
_IDENTIFIERS = (
    "customerid", "clienteid", "clientid", "customer", "cliente", "idcliente", "idcustomer",
    "clientnum", "customernumber", "customernum", "userid", "usuarioid", "idusuario",
    "accountid", "subscriberid", "memberid", "msisdn", "phonenumber", "uuid", "id",
)  # fmt: skip
_ROW_PER_CUSTOMER = Message(_("one row per customer"))
_ROW_PER_RECORD = Message(_("one row per service record, several rows per customer"))
_NUMBERED = Message(_("no column identifies customers; the row number is used"))
# These may hold a kind of customer, such as private or business, and repeat by right.
_AMBIGUOUS_IDENTIFIERS = frozenset({"customer", "cliente"})


@dataclass(frozen=True, slots=True)
class Roles:
    shape: Shape
    target: str | None
    customer_id: str | None
    mapping: Mapping[str, str]  # record column -> column of the file
    remarks: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class HeadSample:
    """The first rows of a file."""

    columns: tuple[str, ...]
    rows: Sequence[Sequence[str]]

    def cells(self, column: str) -> list[str]:
        """Return the cells of a column without surrounding white space."""
        index = self.columns.index(column)
        return [row[index].strip() for row in self.rows if len(row) > index]


def _require_columns(columns: Sequence[str], named: Iterable[str]) -> None:
    if missing := [name for name in named if name not in columns]:
        raise SchemaInvalid(
            _("The file has no column {missing}; its columns are {columns}."),
            missing=format_names(missing),
            columns=format_names(columns),
        )


def format_names(names: Sequence[str]) -> Message | str:
    """List column names in backquotes, at most _MAX_NAMES of them."""
    shown = ", ".join(f"`{name[:_MAX_NAME_LENGTH]}`" for name in names[:_MAX_NAMES])
    more = len(names) - _MAX_NAMES
    if more <= 0:
        return shown
    return Message.of(_("{names} and {more:,} more"), names=shown, more=more)


def infer_roles(sample: HeadSample, named: Mapping[str, str]) -> Roles:
    """Infer shape and roles; `named` leads from record columns to the columns the user chose.

    A file with at least _MIN_RECORD_COLUMNS of the columns of a service record is of records.

    Raises
    ------
    SchemaInvalid : a named column is absent, a record column is missing, or the target has not
        two values.
    """
    _require_columns(sample.columns, named.values())
    by_name = {name.lower(): name for name in reversed(sample.columns)}
    mapping = {c.value: by_name[c] for c in Column if c in by_name} | dict(named)
    if sum(column in mapping for column in REQUIRED_COLUMNS) >= _MIN_RECORD_COLUMNS:
        return _record_roles(mapping)
    return _table_roles(sample, named)


def _record_roles(mapping: Mapping[str, str]) -> Roles:
    if missing := [column.value for column in REQUIRED_COLUMNS if column not in mapping]:
        raise SchemaInvalid(
            _(
                "The records file has no column {columns}; add it, or map another column of the"
                " file to it."
            ),
            columns=format_names(missing),
        )
    return Roles(
        shape=Shape.RECORDS,
        target=mapping.get(Column.CHURN),
        customer_id=mapping[Column.ID],
        mapping=dict(mapping),
        remarks=(_ROW_PER_RECORD,),
    )


def _table_roles(sample: HeadSample, named: Mapping[str, str]) -> Roles:
    target = named.get(Column.CHURN)
    if target:
        _require_binary_target(target, sample)
        _require_distinct_roles(target, named.get(Column.ID))
    else:
        target = _infer_target(sample)
    identifier = named.get(Column.ID) or _infer_identifier(sample, target)
    return Roles(
        shape=Shape.TABLE,
        target=target,
        customer_id=identifier,
        mapping={},
        remarks=(_ROW_PER_CUSTOMER, *_remarks(target, identifier, named)),
    )


def _remarks(
    target: str | None, identifier: str | None, named: Mapping[str, str]
) -> Iterable[Message]:
    if target and Column.CHURN not in named:
        yield Message.of(
            _("the target column is `{column}`, inferred from its name and values"), column=target
        )
    if identifier is None:
        yield _NUMBERED
    elif Column.ID not in named:
        yield Message.of(
            _("customers are identified by `{column}`, inferred from its name and values"),
            column=identifier,
        )


def _infer_target(sample: HeadSample) -> str | None:
    for name in _columns_named(_TARGETS, sample.columns):
        words = set(_known_words(sample, name))
        if words and words <= YES | NO:
            return name
        # A column that is named after churn is meant: bad values are an error, not another column.
        if words and "churn" in _normalized_name(name):
            _require_binary_target(name, sample)
            return name
    return None


def _columns_named(known: Sequence[str], columns: Sequence[str]) -> list[str]:
    """Return the columns with one of the known names, in the order of `known`."""
    return [name for want in known for name in columns if _normalized_name(name) == want]


def _require_binary_target(name: str, sample: HeadSample) -> None:
    cells = _known_words(sample, name)
    invalid = sum(cell not in YES | NO for cell in cells)
    if invalid > _MAX_INVALID_TARGET_SHARE * len(cells):
        raise SchemaInvalid(
            _(
                "The target `{name}` has {count:,} distinct values in the first rows; it must"
                " be binary (yes/no, true/false, 1/0, sí/no). Choose another column or recode"
                " it."
            ),
            name=name,
            count=len(set(cells)),
        )


def _require_distinct_roles(target: str, identifier: str | None) -> None:
    if target == identifier:
        raise SchemaInvalid(
            _(
                "`{name}` cannot be both the target column and the customer column; choose two"
                " columns."
            ),
            name=target,
        )


def _known_words(sample: HeadSample, name: str) -> list[str]:
    return [cell.lower() for cell in sample.cells(name) if cell and cell not in MISSING]


def _infer_identifier(sample: HeadSample, target: str | None) -> str | None:
    """Choose the column that identifies customers, if there is one.

    It has a known name and mostly distinct cells, or a name that ends with "id" and only distinct
    cells.
    """
    columns = [name for name in sample.columns if name != target]
    known = _columns_named(_IDENTIFIERS, columns)
    for name in known:
        if _distinct_share(sample.cells(name)) >= _MIN_DISTINCT_SHARE:
            return name
    _require_one_row_per_customer(known, sample)
    likely = [name for name in columns if re.search(r"(_id|Id|ID)$", name)]
    return next((name for name in likely if _distinct_share(sample.cells(name)) == 1), None)


def _require_one_row_per_customer(known: Iterable[str], sample: HeadSample) -> None:
    for name in known:
        cells = [cell for cell in sample.cells(name) if cell]
        if (
            _normalized_name(name) not in _AMBIGUOUS_IDENTIFIERS
            and len(cells) >= _MIN_ROWS_TO_REJECT
        ):
            raise SchemaInvalid(
                _(
                    "`{name}` has only {count:,} distinct values in the first {rows:,} rows,"
                    " but a table has one row per customer. Aggregate the rows of each"
                    " customer, or rename the column if it does not identify customers."
                ),
                name=name,
                count=len(set(cells)),
                rows=len(cells),
            )


def _distinct_share(cells: Sequence[str]) -> float:
    return len({cell for cell in cells if cell}) / max(len(cells), 1)


def _normalized_name(name: str) -> str:
    return re.sub(r"[\W_]", "", name.lower())
