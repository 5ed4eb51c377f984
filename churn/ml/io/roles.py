"""Which column is which: the shape of a file, its target and its identifier."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from churn.exceptions import SchemaInvalid
from churn.ml.i18n.formatting import fill
from churn.ml.i18n.messages import Told
from churn.ml.io.blocks import MISSING
from churn.ml.io.cells import NO, YES
from churn.ml.schema import REQUIRED_COLUMNS, Column, Shape

_MIN_RECORD_COLUMNS = 4
_MAX_ODD_TARGETS = 0.1
_MAX_NAMES, _MAX_NAME_LENGTH = 12, 60
_MIN_DISTINCT = 0.5  # of the cells of a column named after customers, if it identifies them
_ENOUGH_ROWS = 20  # to tell that customers come again and again
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
_ROW_PER_CUSTOMER = Told("one row per customer", "una fila por cliente")
_ROW_PER_RECORD = Told(
    "one row per service record, several rows per customer",
    "una fila por atención, varias filas por cliente",
)
_NUMBERED = Told(
    "no column identifies customers; the row number does",
    "ninguna columna identifica a los clientes; lo hace el número de fila",
)
_AMBIGUOUS_IDENTIFIERS = frozenset({"customer", "cliente"})  # as in private or business


@dataclass(frozen=True, slots=True)
class Roles:
    shape: Shape
    target: str | None
    customer_id: str | None
    mapping: Mapping[str, str]  # record column -> column of the file
    notes: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class HeadSample:
    """The first rows of a file."""

    columns: tuple[str, ...]
    rows: Sequence[Sequence[str]]

    def cells(self, column: str) -> list[str]:
        """Cells of a column without blanks at their ends."""
        at = self.columns.index(column)
        return [row[at].strip() for row in self.rows if len(row) > at]


def _require(columns: Sequence[str], named: Iterable[str]) -> None:
    if missing := [name for name in named if name not in columns]:
        raise SchemaInvalid(
            "The file has no column {missing}; its columns are {columns}.",
            missing=listed(missing),
            columns=listed(columns),
        )


def listed(names: Sequence[str]) -> Told:
    """Name columns, the first dozen of them if there are more."""
    shown = ", ".join(f"`{name[:_MAX_NAME_LENGTH]}`" for name in names[:_MAX_NAMES])
    more = len(names) - _MAX_NAMES
    if more <= 0:
        return Told(shown, shown)
    return Told(
        f"{shown} and {more:,} more", fill("{shown} y {more:,} más", "es", shown=shown, more=more)
    )


def infer_roles(sample: HeadSample, named: Mapping[str, str]) -> Roles:
    """Tell records from a table, and which columns matter; `named` is what the user said.

    Raises
    ------
    SchemaInvalid : a named column is absent, a record column is missing, or the target has not
        two values.
    """
    _require(sample.columns, named.values())
    by_name = {name.lower(): name for name in reversed(sample.columns)}
    found = {c.value: by_name[c] for c in Column if c in by_name} | dict(named)
    if sum(column in found for column in REQUIRED_COLUMNS) >= _MIN_RECORD_COLUMNS:
        return _records(found)
    return _table(sample, named)


def _records(found: Mapping[str, str]) -> Roles:
    if missing := [column.value for column in REQUIRED_COLUMNS if column not in found]:
        raise SchemaInvalid(
            "The records file lacks the column {columns}; add it, or map another column of the file"
            " to it.",
            columns=listed(missing),
        )
    return Roles(
        shape=Shape.RECORDS,
        target=found.get(Column.CHURN),
        customer_id=found[Column.ID],
        mapping=dict(found),
        notes=(_ROW_PER_RECORD,),
    )


def _table(sample: HeadSample, named: Mapping[str, str]) -> Roles:
    target = named.get(Column.CHURN)
    if target:
        _refuse_unfit_target(target, sample)
        _refuse_one_for_both(target, named.get(Column.ID))
    else:
        target = _inferred_target(sample)
    identifier = named.get(Column.ID) or _inferred_identifier(sample, target)
    return Roles(
        shape=Shape.TABLE,
        target=target,
        customer_id=identifier,
        mapping={},
        notes=(_ROW_PER_CUSTOMER, *_notes(target, identifier, named)),
    )


def _notes(target: str | None, identifier: str | None, named: Mapping[str, str]) -> Iterable[Told]:
    if target and Column.CHURN not in named:
        yield Told(
            f"the target is `{target}`, inferred from its name and values",
            f"el resultado es `{target}`, deducido de su nombre y sus valores",
        )
    if identifier is None:
        yield _NUMBERED
    elif Column.ID not in named:
        yield Told(
            f"customers are identified by `{identifier}`, inferred from its name and values",
            f"los clientes se identifican por `{identifier}`, deducido de su nombre y sus valores",
        )


def _inferred_target(sample: HeadSample) -> str | None:
    named = [name for want in _TARGETS for name in sample.columns if _normalized_name(name) == want]
    for name in named:
        words = _words(sample.cells(name))
        if words and words <= YES | NO:
            return name
        if words and "churn" in _normalized_name(name):
            _refuse_unfit_target(name, sample)
            return name
    return None


def _refuse_unfit_target(name: str, sample: HeadSample) -> None:
    """Refuse a target unless nearly all of its sampled cells say yes or no."""
    cells = [cell.lower() for cell in sample.cells(name) if cell and cell not in MISSING]
    odd = sum(cell not in YES | NO for cell in cells)
    if odd > _MAX_ODD_TARGETS * len(cells):
        raise SchemaInvalid(
            "The target `{name}` has {count:,} different values in the first rows; it must say yes"
            " or no (yes/no, true/false, 1/0, sí/no); name another column or recode it.",
            name=name,
            count=len(set(cells)),
        )


def _refuse_one_for_both(target: str, identifier: str | None) -> None:
    if target == identifier:
        raise SchemaInvalid(
            "`{name}` cannot be both the outcome and the customer; name two columns.", name=target
        )


def _words(cells: Iterable[str]) -> set[str]:
    return {cell.lower() for cell in cells if cell and cell not in MISSING}


def _inferred_identifier(sample: HeadSample, target: str | None) -> str | None:
    """Choose the column that identifies customers, if one does.

    One that is named after them may be empty or repeated here and there: those rows are rejected.
    Another one must be distinct throughout.
    """
    columns = [name for name in sample.columns if name != target]
    known = [name for want in _IDENTIFIERS for name in columns if _normalized_name(name) == want]
    for name in known:
        if _distinct_share(sample.cells(name)) >= _MIN_DISTINCT:
            return name
    _refuse_several_rows_each(known, sample)
    likely = [name for name in columns if re.search(r"(_id|Id|ID)$", name)]
    return next((name for name in likely if _distinct_share(sample.cells(name)) == 1), None)


def _refuse_several_rows_each(known: Iterable[str], sample: HeadSample) -> None:
    for name in known:
        cells = [cell for cell in sample.cells(name) if cell]
        if _normalized_name(name) not in _AMBIGUOUS_IDENTIFIERS and len(cells) >= _ENOUGH_ROWS:
            raise SchemaInvalid(
                "`{name}` names {count:,} customers on the first {rows:,} rows; a table has one row"
                " per customer: sum up the rows of each customer, or rename the column if it names"
                " something else.",
                name=name,
                count=len(set(cells)),
                rows=len(cells),
            )


def _distinct_share(cells: Sequence[str]) -> float:
    return len({cell for cell in cells if cell}) / max(len(cells), 1)


def _normalized_name(name: str) -> str:
    return re.sub(r"[\W_]", "", name.lower())
