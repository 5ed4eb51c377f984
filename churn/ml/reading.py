"""What a file is: its shape, its columns and their roles, inferred and said."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from churn.exceptions import FileUnreadable, SchemaInvalid
from churn.ml.blocks import MISSING
from churn.ml.dialect import MOST_COLUMNS, Dialect, Written, is_parquet, sniff
from churn.ml.schema import REQUIRED_COLUMNS, Column, Shape
from churn.ml.values import NO, YES

_FEWEST_RECORD_COLUMNS = 4
_SAMPLE_ROWS = 200
_MOST_ODD_TARGETS = 0.1
_MOST_NAMES, _LONGEST_NAME = 12, 60
_DELIMITER_NAMES = {";": "semicolons", "\t": "tabs", "|": "vertical bars"}
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


@dataclass(frozen=True, slots=True)
class Source:
    """A file and what it was found to be; nothing is read yet beyond a sample."""

    path: Path
    format: str  # "csv" or "parquet"
    delimiter: str
    encoding: str
    decimal: str
    columns: tuple[str, ...]
    shape: Shape
    target: str | None
    customer_id: str | None
    mapping: Mapping[str, str]  # record column -> column of the file
    notes: tuple[str, ...]
    header_lines: int = 1
    written: Written = field(default_factory=Written)


@dataclass(frozen=True, slots=True)
class _Sample:
    columns: tuple[str, ...]
    rows: Sequence[Sequence[str]]

    def cells(self, column: str) -> list[str]:
        at = self.columns.index(column)
        return [row[at].strip() for row in self.rows if len(row) > at]


def inspect_source(
    path: Path,
    *,
    target: str | None = None,
    customer_id: str | None = None,
    mapping: Mapping[str, str] | None = None,
) -> Source:
    """Tell how a file is written, its shape, and which columns are identifier and target.

    `target` and `customer_id` are columns of the file, inferred from names and values if absent;
    `mapping` leads from record columns (values of schema.Column) to columns of the file.

    Raises
    ------
    FileUnreadable : not a table: binary, empty, no rows, fields shifted against the header.
    SchemaInvalid : a named column is absent, names repeat, a record column is missing, or the
        target has not two values.
    """
    named = dict(mapping or {})
    if target:
        named[Column.CHURN] = target
    if customer_id:
        named[Column.ID] = customer_id
    source, sample = _parquet(path) if is_parquet(path) else _csv(path)
    _require(source.columns, named.values())
    return _with_roles(source, sample, named)


def _csv(path: Path) -> tuple[Source, _Sample]:
    dialect = sniff(path)
    columns = _unique_names(dialect.header)
    _refuse_shifted(len(columns), dialect.rows)
    source = Source(
        path=path,
        format="csv",
        delimiter=dialect.delimiter,
        encoding=dialect.written.encoding,
        decimal=dialect.decimal,
        columns=columns,
        shape=Shape.TABLE,
        target=None,
        customer_id=None,
        mapping={},
        notes=tuple(_notes(dialect)),
        header_lines=dialect.header_lines,
        written=dialect.written,
    )
    return source, _Sample(columns, dialect.rows)


def _notes(dialect: Dialect) -> Iterable[str]:
    if dialect.delimiter != ",":
        yield f"columns are separated by {_DELIMITER_NAMES.get(dialect.delimiter, 'a sign')}"
    if dialect.written.encoding != "utf-8":
        yield f"text is encoded as {dialect.written.encoding}"
    if dialect.decimal == ",":
        yield "numbers have a decimal comma"
    if blank := [at for at, name in enumerate(dialect.header, 1) if not name.strip()]:
        yield f"columns without a name are called unnamed_{blank[0]} and so on"


def _unique_names(header: Sequence[str]) -> tuple[str, ...]:
    names = tuple(name.strip() or f"unnamed_{at}" for at, name in enumerate(header, 1))
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise SchemaInvalid(
            f"the header names {_listed(repeated)} more than once; rename or remove"
        )
    return names


def _refuse_shifted(width: int, rows: Sequence[Sequence[str]]) -> None:
    if not rows:
        raise FileUnreadable("the file holds a header and no rows")
    shortest = min(len(row) for row in rows)
    fullest = min(len(_without_blank_end(row, width)) for row in rows)
    if fullest > width:
        raise FileUnreadable(
            f"every row has {fullest} fields but the header names {width} columns, so values would"
            " fall under the wrong names; name every column in the header"
        )
    if max(len(row) for row in rows) < width:
        raise FileUnreadable(
            f"every row has {shortest} fields but the header names {width} columns;"
            " check the delimiter and the header"
        )


def _without_blank_end(row: Sequence[str], width: int) -> Sequence[str]:
    end = len(row)
    while end > width and not row[end - 1].strip():
        end -= 1
    return row[:end]


def _parquet(path: Path) -> tuple[Source, _Sample]:
    try:
        frame = pl.scan_parquet(path, glob=False)
        schema = frame.collect_schema()
        columns = tuple(name for name, dtype in schema.items() if not dtype.is_nested())
        head = frame.select(pl.col(columns).cast(pl.String)).head(_SAMPLE_ROWS).collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise FileUnreadable("the Parquet file is damaged; export it again") from error
    if len(columns) > MOST_COLUMNS:
        raise FileUnreadable(f"the file has {len(columns):,} columns; at most {MOST_COLUMNS:,}")
    if head.is_empty():
        raise FileUnreadable("the file holds a header and no rows")
    nested = [name for name in schema if name not in columns]
    notes = (f"{_listed(nested)} left out: lists or structures in a cell",) if nested else ()
    source = Source(
        path=path,
        format="parquet",
        delimiter="",
        encoding="",
        decimal=".",
        columns=columns,
        shape=Shape.TABLE,
        target=None,
        customer_id=None,
        mapping={},
        notes=notes,
        header_lines=0,
    )
    return source, _Sample(columns, head.fill_null("").rows())


def _require(columns: Sequence[str], named: Iterable[str]) -> None:
    if missing := [name for name in named if name not in columns]:
        raise SchemaInvalid(
            f"the file has no column {_listed(missing)}; its columns are {_listed(columns)}"
        )


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"`{name[:_LONGEST_NAME]}`" for name in names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    return f"{shown} and {more:,} more" if more > 0 else shown


def _with_roles(source: Source, sample: _Sample, named: Mapping[str, str]) -> Source:
    by_name = {name.lower(): name for name in reversed(source.columns)}
    found = {c.value: by_name[c] for c in Column if c in by_name} | dict(named)
    if sum(column in found for column in REQUIRED_COLUMNS) >= _FEWEST_RECORD_COLUMNS:
        return _as_records(source, found)
    return _as_table(source, sample, named)


def _as_records(source: Source, found: Mapping[str, str]) -> Source:
    if missing := [column.value for column in REQUIRED_COLUMNS if column not in found]:
        raise SchemaInvalid(
            f"the records file lacks the column {_listed(missing)};"
            " add it, or map another column of the file to it"
        )
    return replace(
        source,
        shape=Shape.RECORDS,
        target=found.get(Column.CHURN),
        customer_id=found[Column.ID],
        mapping=dict(found),
        notes=(*source.notes, "one row per service record, several rows per customer"),
    )


def _as_table(source: Source, sample: _Sample, named: Mapping[str, str]) -> Source:
    target = named.get(Column.CHURN)
    if target:
        _refuse_unfit_target(target, sample)
    else:
        target = _inferred_target(sample)
    identifier = named.get(Column.ID) or _inferred_identifier(sample, target)
    return replace(
        source,
        target=target,
        customer_id=identifier,
        notes=(*source.notes, "one row per customer", *_role_notes(target, identifier, named)),
    )


def _role_notes(
    target: str | None, identifier: str | None, named: Mapping[str, str]
) -> Iterable[str]:
    if target and Column.CHURN not in named:
        yield f"the target is `{target}`, inferred from its name and values"
    if identifier is None:
        yield "no column identifies customers; the row number does"
    elif Column.ID not in named:
        yield f"customers are identified by `{identifier}`, inferred from its name and values"


def _inferred_target(sample: _Sample) -> str | None:
    named = [name for want in _TARGETS for name in sample.columns if _plain(name) == want]
    for name in named:
        words = _words(sample.cells(name))
        if words and words <= YES | NO:
            return name
        if words and "churn" in _plain(name):
            _refuse_unfit_target(name, sample)
            return name
    return None


def _refuse_unfit_target(name: str, sample: _Sample) -> None:
    """Refuse a target unless nearly all of its sampled cells say yes or no."""
    cells = [cell.lower() for cell in sample.cells(name) if cell and cell not in MISSING]
    odd = sum(cell not in YES | NO for cell in cells)
    if odd > _MOST_ODD_TARGETS * len(cells):
        raise SchemaInvalid(
            f"the target `{name}` has {len(set(cells))} different values in the first rows; it must"
            " say yes or no (yes/no, true/false, 1/0, sí/no) — name another column or recode it"
        )


def _words(cells: Iterable[str]) -> set[str]:
    return {cell.lower() for cell in cells if cell and cell not in MISSING}


def _inferred_identifier(sample: _Sample, target: str | None) -> str | None:
    columns = [name for name in sample.columns if name != target]
    known = [name for want in _IDENTIFIERS for name in columns if _plain(name) == want]
    likely = [name for name in columns if re.search(r"(_id|Id|ID)$", name)]
    return next((name for name in (*known, *likely) if _is_distinct(sample.cells(name))), None)


def _is_distinct(cells: Sequence[str]) -> bool:
    return bool(cells) and all(cells) and len(set(cells)) == len(cells)


def _plain(name: str) -> str:
    return re.sub(r"[\W_]", "", name.lower())
