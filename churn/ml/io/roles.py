"""Inference of column roles: the shape of a file, its target and its customer identifier."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from churn.exceptions import SchemaInvalid
from churn.ml.i18n.messages import Message
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.io.cells import MISSING
from churn.ml.io.names import find_name, format_names, normalize_name, require_name
from churn.ml.io.outcomes import (
    MAX_INVALID_SHARE,
    are_outcome_words,
    are_status_words,
    infer_outcome,
)
from churn.ml.options import ColumnKind, ReadOptions
from churn.ml.schema import REQUIRED_COLUMNS, Column, Shape

_MIN_RECORD_COLUMNS = 4
# A column named like an identifier may have empty and repeated cells; those rows are rejected.
_MIN_DISTINCT_SHARE = 0.5
_MIN_ROWS_TO_REJECT = 20  # fewer cannot show that customers have several rows each
_MAX_STATUS_VALUES = 6
# Names in the form of `normalize_name`, in order of preference.
_TARGETS = (
    "churn", "churned", "ischurn", "ischurned", "churnflag", "churnlabel", "churnvalue",
    "haschurned", "customerchurn", "churnstatus", "churnyn", "churnindicator", "churn1",
    "exited", "attrition", "attritionflag", "baja", "abandono", "desercion", "fuga", "evasao",
    "esbaja", "dadodebaja", "cancelou", "cancelado", "cancelo", "cancelled", "canceled",
    "hascancelled", "iscancelled", "inactive", "isinactive", "inactivo", "inativo", "saiu", "left",
    "hasleft", "retained", "isretained", "retention", "retenido", "retido", "stayed", "isactive",
    "active", "activo", "ativo", "vigente", "clienteactivo", "clienteativo",
    "renewed", "customerstatus", "clientstatus", "accountstatus", "subscriptionstatus",
    "policystatus", "contractstatus", "membershipstatus", "memberstatus", "estadocliente",
    "estadodelcliente", "statuscliente", "statusdocliente", "situacaocliente", "situacion",
    "situacao", "estado", "status", "outcome", "resultado", "target", "label", "class", "y",
)  # fmt: skip
# A column with one of these words in its name is the target even if its first cells are empty.
_CERTAIN_TARGET = re.compile(r"churn|exited|attrition|baja|abandono|retained")
_IDENTIFIERS = (
    "customerid", "clienteid", "clientid", "customer", "cliente", "idcliente", "idcustomer",
    "idclient", "clientnum", "customernumber", "customernum", "custno", "custid", "customerno",
    "nrocliente", "numerocliente", "codcliente", "codigocliente", "codigodecliente", "codcli",
    "userid", "usuarioid", "idusuario", "accountid", "accountno", "accountnumber", "subscriberid",
    "memberid", "msisdn", "phonenumber", "uuid", "id",
)  # fmt: skip
_RECORD_SYNONYMS: dict[Column, tuple[str, ...]] = {
    Column.ID: ("customerid", "clientid", "idcliente", "customer", "cliente"),
    Column.SEGMENT: ("customersegment", "segment", "segmento"),
    Column.TYPE: ("servicetype", "typeofservice", "assistancetype", "tipoasistencia", "tipo"),
    Column.TEXT: ("servicedescription", "description", "descripcion", "text", "descricao"),
    Column.PLACE: ("branchcoordinates", "coordinates", "coordenadas", "branchlocation"),
    Column.START: ("servicestartutc", "startutc", "servicestart", "start", "inicio", "starttime"),
    Column.END: ("serviceend", "endtime", "end", "fin", "fim"),
    Column.POINTS: ("loyaltypoints", "points", "puntos", "pontos"),
    Column.AGE: ("age", "idade", "customerage"),
}
_ROW_PER_CUSTOMER = Message(_("one row per customer"))
_ROW_PER_RECORD = Message(_("one row per service record, several rows per customer"))
NUMBERED = Message(_("no column identifies customers; the row number is used"))
# These may hold a kind of customer, such as private or business, and repeat by right.
AMBIGUOUS_IDENTIFIERS = frozenset({"customer", "cliente"})


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

    def values(self, column: str) -> list[str]:
        """Return the cells of a column that are not missing."""
        return [cell for cell in self.cells(column) if cell and cell not in MISSING]


def infer_roles(sample: HeadSample, options: ReadOptions) -> Roles:
    """Infer shape and roles, unless the user chose them.

    A file with at least _MIN_RECORD_COLUMNS of the columns of a service record is of records, and
    so is one with all of them under other known names.

    Raises
    ------
    SchemaInvalid : a named column is absent, a record column is missing, or the target has not
        two values.
    """
    mapping = record_mapping(sample.columns, options)
    if mapping:
        return _record_roles(mapping)
    return _table_roles(sample, options)


def record_mapping(columns: Sequence[str], options: ReadOptions) -> dict[str, str] | None:
    """Return the columns of the file by record column; None if the file is a table.

    Raises
    ------
    SchemaInvalid : a named column is absent.
    """
    mapping = {c.value: name for c in Column if (name := find_name(c, columns))}
    roles = {Column.CHURN.value: options.target, Column.ID.value: options.customer_id}
    chosen = {ours: theirs for ours, theirs in options.mapping.items() if ours in set(Column)}
    chosen |= {ours: theirs for ours, theirs in roles.items() if theirs}
    mapping |= {ours: require_name(theirs, columns) for ours, theirs in chosen.items()}
    if sum(column in mapping for column in REQUIRED_COLUMNS) >= _MIN_RECORD_COLUMNS:
        return mapping
    renamed = {column.value: _synonym(column, columns) for column in _RECORD_SYNONYMS}
    mapping = {ours: theirs for ours, theirs in renamed.items() if theirs} | mapping
    return mapping if all(column in mapping for column in REQUIRED_COLUMNS) else None


def _synonym(column: Column, columns: Sequence[str]) -> str | None:
    return next(iter(_columns_named(_RECORD_SYNONYMS[column], columns)), None)


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


def _table_roles(sample: HeadSample, options: ReadOptions) -> Roles:
    target: str | None
    if options.target:
        target = require_name(options.target, sample.columns)
    else:
        target = _infer_target(sample)
    if options.customer_id:
        identifier: str | None = require_name(options.customer_id, sample.columns)
    else:
        identifier = _infer_identifier(sample, target, options)
    _require_distinct_roles(target, identifier)
    remarks = _remarks(target, identifier, options)
    return Roles(Shape.TABLE, target, identifier, {}, (_ROW_PER_CUSTOMER, *remarks))


def _remarks(target: str | None, identifier: str | None, options: ReadOptions) -> Iterator[Message]:
    if target and not options.target:
        yield Message.of(
            _("the target column is `{column}`, inferred from its name and values"), column=target
        )
    if identifier is None:
        yield NUMBERED
    elif not options.customer_id:
        yield Message.of(
            _("customers are identified by `{column}`, inferred from its name and values"),
            column=identifier,
        )


def _infer_target(sample: HeadSample) -> str | None:
    """Choose the column that says who left, by its name, or by values such as active and closed.

    A column named after churn is meant whatever its values are: they are checked on the whole file.
    """
    named = _columns_named(_TARGETS, sample.columns)
    values = {name: sample.values(name) for name in named}
    clear = [name for name in named if values[name] and are_outcome_words(name, values[name])]
    mostly = [name for name in named if values[name] and _is_mostly_clear(name, values[name])]
    certain = [name for name in named if _CERTAIN_TARGET.search(normalize_name(name))]
    if found := next(iter((*clear, *mostly, *certain)), None):
        return found
    by_values = [name for name in sample.columns if _has_status_words(sample.values(name))]
    return by_values[0] if len(by_values) == 1 else None


def _is_mostly_clear(name: str, values: Sequence[str]) -> bool:
    outcome = infer_outcome(name, set(values))
    known = sum(value in outcome.left or value in outcome.stayed for value in values)
    return known >= (1 - MAX_INVALID_SHARE) * len(values)


def _has_status_words(values: Iterable[str]) -> bool:
    distinct = set(values)
    return len(distinct) <= _MAX_STATUS_VALUES and are_status_words(distinct)


def _columns_named(known: Sequence[str], columns: Sequence[str]) -> list[str]:
    """Return the columns with one of the known names, in the order of `known`."""
    return [name for want in known for name in columns if normalize_name(name) == want]


def _require_distinct_roles(target: str | None, identifier: str | None) -> None:
    if target is not None and target == identifier:
        raise SchemaInvalid(
            _(
                "`{name}` cannot be both the target column and the customer column; choose two"
                " columns."
            ),
            name=target,
        )


def _infer_identifier(sample: HeadSample, target: str | None, options: ReadOptions) -> str | None:
    """Choose the column that identifies customers, if there is one.

    It has a known name and mostly distinct cells, or a name that ends with "id" and only distinct
    cells. Whether they are distinct in the whole file is checked when it is read.
    """
    columns = [name for name in identifier_candidates(sample.columns, options) if name != target]
    known = _columns_named(_IDENTIFIERS, columns)
    for name in known:
        if _distinct_share(sample.cells(name)) >= _MIN_DISTINCT_SHARE:
            return name
    repeated = [name for name in known if _names_several_rows(name, sample)]
    likely = [name for name in columns if name not in known]
    unique = [name for name in likely if _distinct_share(sample.cells(name)) == 1]
    return next(iter((*repeated, *unique)), None)


def identifier_candidates(columns: Iterable[str], options: ReadOptions) -> list[str]:
    """Return the columns that may identify customers, unless the user gave them another kind."""
    identifiers, kinds = set(_IDENTIFIERS), {*ColumnKind} - {ColumnKind.TEXT, ColumnKind.IGNORE}
    return [
        name
        for name in columns
        if (normalize_name(name) in identifiers or re.search(r"(_id|_ID|Id|ID| id)$", name))
        and options.kinds.get(name) not in kinds
    ]


def _names_several_rows(name: str, sample: HeadSample) -> bool:
    is_ambiguous = normalize_name(name) in AMBIGUOUS_IDENTIFIERS
    return not is_ambiguous and sum(map(bool, sample.cells(name))) >= _MIN_ROWS_TO_REJECT


def _distinct_share(cells: Sequence[str]) -> float:
    return len({cell for cell in cells if cell}) / max(len(cells), 1)
