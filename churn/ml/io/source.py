"""Inspection of a data file: its format, its columns and their roles."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from churn.exceptions import FileUnreadable, SchemaInvalid
from churn.ml.i18n.messages import Message
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.io.dialect import MAX_COLUMNS, Dialect, TextEncoding, is_parquet, sniff
from churn.ml.io.names import format_names
from churn.ml.io.renaming import rename_columns, resolve_names
from churn.ml.io.roles import HeadSample, infer_roles, record_mapping
from churn.ml.options import ReadOptions
from churn.ml.schema import Shape

_SAMPLE_ROWS = 200
_SEPARATED_BY = {
    ";": _("columns are separated by semicolons"),
    "\t": _("columns are separated by tabs"),
    "|": _("columns are separated by vertical bars"),
}
_OTHERWISE = _("columns are separated by another character")


@dataclass(frozen=True, slots=True)
class DataSource:
    """A file, its dialect and its column roles, inferred from a sample."""

    path: Path
    format: str  # "csv", "parquet" or "memory"
    columns: tuple[str, ...]  # renamed by the mapping of `options`
    file_columns: tuple[str, ...] = ()  # as the file names them, in the same order
    delimiter: str = ","
    decimal: str = "."
    shape: Shape = Shape.TABLE
    target: str | None = None
    customer_id: str | None = None
    group: str | None = None  # column whose equal values stay on one side of a split
    mapping: Mapping[str, str] = field(default_factory=dict)  # record column -> column of the file
    number_columns: frozenset[str] = frozenset()  # whose cells Parquet stores as numbers, not text
    remarks: tuple[Message, ...] = ()  # what was inferred, for the user to check
    header_lines: int = 1
    is_header_absent: bool = False  # the first row looks like data, so columns are numbered
    text_encoding: TextEncoding = field(default_factory=TextEncoding)
    frame: pl.DataFrame | None = field(default=None, repr=False, compare=False)  # format "memory"
    options: ReadOptions = field(default_factory=ReadOptions)

    @property
    def new_names(self) -> dict[str, str]:
        """Names in the file and in `columns`, where they differ."""
        pairs = zip(self.file_columns or self.columns, self.columns, strict=True)
        return {old: new for old, new in pairs if old != new}


def inspect_source(
    path: Path,
    options: ReadOptions | None = None,
    *,
    expected: Sequence[str] = (),
    usual: ReadOptions | None = None,
) -> DataSource:
    """Infer dialect, shape, identifier and target of a file from its first rows.

    What `options` leave open is inferred from names and values. `expected` are columns of a model:
    a column whose name differs only in case or accents gets theirs. The customer column and the
    group of `usual` are used if the file has them.

    Raises
    ------
    FileUnreadable : no file, not a table, empty, no rows, or fields shifted against the header.
    SchemaInvalid : a named column is absent, names repeat, or a record column is missing.
    """
    if not path.is_file():
        raise FileUnreadable(_("File {name} not found; check the path."), name=path.name)
    options = options or ReadOptions()
    if is_parquet(path):
        source, sample = _inspect_parquet(path)
    else:
        source, sample = _inspect_csv(path, options.header_row)
    return assign_roles(source, sample, options, expected=expected, usual=usual)


def assign_roles(
    source: DataSource,
    sample: HeadSample,
    options: ReadOptions,
    *,
    expected: Sequence[str] = (),
    usual: ReadOptions | None = None,
) -> DataSource:
    """Return `source` with the names and roles of its columns, inferred from `sample`.

    Raises
    ------
    SchemaInvalid : as in `inspect_source`.
    """
    columns = source.columns
    if record_mapping(columns, options) is None:
        columns = rename_columns(columns, options.mapping, expected)
    options = resolve_names(options, columns, source.columns)
    if usual is not None:
        options = replace(
            options,
            customer_id=options.customer_id or _if_present(usual.customer_id, columns),
            group=options.group or _if_present(usual.group, columns),
        )
    # The names of a table are ours by now; `options` keep the mapping, for the next reading.
    mapping = {} if columns != source.columns else options.mapping
    named = replace(options, mapping=mapping)
    roles = infer_roles(HeadSample(columns, sample.rows), named)
    return replace(
        source,
        columns=columns,
        file_columns=source.columns,
        number_columns=frozenset(
            new
            for old, new in zip(source.columns, columns, strict=True)
            if old in source.number_columns
        ),
        shape=roles.shape,
        target=roles.target,
        customer_id=roles.customer_id,
        group=options.group or None,
        mapping=roles.mapping,
        remarks=(*source.remarks, *roles.remarks),
        options=options,
    )


def _if_present(name: str, columns: Sequence[str]) -> str:
    return name if name in columns else ""


def _inspect_csv(path: Path, header_row: int | None) -> tuple[DataSource, HeadSample]:
    dialect = sniff(path, header_row)
    columns = _unique_names(dialect.header)
    _require_aligned_rows(len(columns), dialect.rows)
    source = DataSource(
        path=path,
        format="csv",
        columns=columns,
        delimiter=dialect.delimiter,
        decimal=dialect.decimal,
        remarks=tuple(_remarks(dialect)),
        header_lines=dialect.header_lines,
        is_header_absent=dialect.looks_like_data,
        text_encoding=dialect.text_encoding,
    )
    return source, HeadSample(columns, dialect.rows)


def _remarks(dialect: Dialect) -> Iterable[Message]:
    if dialect.looks_like_data:
        yield Message(
            _(
                "the first line looks like data, so the columns are called column_1 and so on; if"
                " it is a header, specify its line (header row)"
            )
        )
    if dialect.lines_above:
        above = _("the header is on line {line:,}; the lines above it are left out")
        yield Message.of(above, line=dialect.header_lines)
    if dialect.delimiter != ",":
        yield Message(_SEPARATED_BY.get(dialect.delimiter, _OTHERWISE))
    if dialect.text_encoding.encoding != "utf-8":
        yield Message.of(
            _("text is encoded as {encoding}"), encoding=dialect.text_encoding.encoding
        )
    if dialect.decimal == ",":
        yield Message(_("numbers use a decimal comma"))
    if blank := [n for n, name in enumerate(dialect.header, 1) if not name.strip()]:
        name = f"unnamed_{blank[0]}"
        yield Message.of(_("columns without a name are called {name} and so on"), name=name)


def _unique_names(header: Sequence[str]) -> tuple[str, ...]:
    names = tuple(name.strip() or f"unnamed_{number}" for number, name in enumerate(header, 1))
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise SchemaInvalid(
            _("Duplicate column names in the header: {columns}. Rename them."),
            columns=format_names(repeated),
        )
    return names


def _require_aligned_rows(column_count: int, rows: Sequence[Sequence[str]]) -> None:
    if not rows:
        raise FileUnreadable(_("The file has a header but no rows; add the customers below it."))
    shortest = min(len(row) for row in rows)
    # Single ragged rows are rejected later; here, all rows of the sample are too long or too short.
    fullest = min(len(_strip_blank_end(row, column_count)) for row in rows)
    if fullest > column_count:
        raise FileUnreadable(
            _(
                "Every row has {fields:,} fields but the header has {columns:,} columns, so"
                " values would be assigned to the wrong columns; name every column in the"
                " header."
            ),
            fields=fullest,
            columns=column_count,
        )
    if max(len(row) for row in rows) < column_count:
        raise FileUnreadable(
            _(
                "Every row has {fields:,} fields but the header has {columns:,} columns; check"
                " the delimiter and the header."
            ),
            fields=shortest,
            columns=column_count,
        )


def _strip_blank_end(row: Sequence[str], column_count: int) -> Sequence[str]:
    """Drop blank fields beyond the header, as spreadsheets write them."""
    end = len(row)
    while end > column_count and not row[end - 1].strip():
        end -= 1
    return row[:end]


def _inspect_parquet(path: Path) -> tuple[DataSource, HeadSample]:
    try:
        frame = pl.scan_parquet(path, glob=False)
        schema = frame.collect_schema()
        # A list or a struct in a cell has no text to parse.
        columns = tuple(name for name, dtype in schema.items() if not dtype.is_nested())
        head = frame.select(pl.col(columns).cast(pl.String)).head(_SAMPLE_ROWS).collect()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise FileUnreadable(_("The Parquet file is damaged; export it again.")) from error
    # PostgreSQL stores no NUL in a text, and names of added columns begin with it.
    if any("\0" in name for name in columns):
        raise SchemaInvalid(_("A column name contains a NUL character; rename the column."))
    if len(columns) > MAX_COLUMNS:
        raise FileUnreadable(
            _(
                "The file has {count:,} columns; the limit is {most:,}. Remove columns that the"
                " model does not need."
            ),
            count=len(columns),
            most=MAX_COLUMNS,
        )
    if head.is_empty():
        raise FileUnreadable(_("The file has a header but no rows; add the customers below it."))
    nested = [name for name in schema if name not in columns]
    source = DataSource(
        path=path,
        format="parquet",
        columns=columns,
        delimiter="",
        number_columns=frozenset(name for name in columns if schema[name].is_numeric()),
        remarks=(_left_out(format_names(nested)),) if nested else (),
        header_lines=0,
    )
    return source, HeadSample(columns, head.fill_null("").rows())


def _left_out(columns: Message | str) -> Message:
    return Message.of(
        _("{columns}: excluded because of lists or structures in cells"), columns=columns
    )
