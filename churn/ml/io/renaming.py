"""Renaming of the columns of a table, and the columns that options name."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from churn.exceptions import SchemaInvalid
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.io.names import find_name, format_names, normalize_name, require_name
from churn.ml.options import NO_TIME_COLUMN, ReadOptions


def rename_columns(
    columns: Sequence[str], mapping: Mapping[str, str], expected: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return the names of columns after `mapping`, from new names to names in the file.

    A column that is then equal to one of `expected` but for case and accents gets that name.

    Raises
    ------
    SchemaInvalid : a column of `mapping` is absent, or two columns would have one name.
    """
    new_names = {require_name(theirs, columns): ours for ours, theirs in mapping.items()}
    renamed = [new_names.get(name, name) for name in columns]
    for wanted in (name for name in expected if name not in renamed):
        if (found := find_name(wanted, renamed)) and found not in (*expected, *mapping):
            renamed[renamed.index(found)] = wanted
    repeated = sorted({name for name in renamed if renamed.count(name) > 1 and name in mapping})
    if repeated:
        raise SchemaInvalid(
            _("Two columns would be called {columns}; map or rename the other one as well."),
            columns=format_names(repeated),
        )
    return tuple(renamed)


def resolve_names(
    options: ReadOptions, columns: Sequence[str], file_columns: Sequence[str]
) -> ReadOptions:
    """Return `options` with the names in `columns` of all columns they mention.

    A column may be given by its name in the file, and in another case or without accents.

    Raises
    ------
    SchemaInvalid : a column is absent; the message lists those that are spelled alike.
    """
    new_names = dict(zip(file_columns, columns, strict=True))

    def resolve(name: str) -> str:
        if not name or name in columns:
            return name
        original = find_name(name, file_columns)
        return new_names[original] if original else require_name(name, columns)

    has_time_column = normalize_name(options.time_column) != NO_TIME_COLUMN
    return replace(
        options,
        target=resolve(options.target),
        customer_id=resolve(options.customer_id),
        group=resolve(options.group),
        time_column=resolve(options.time_column) if has_time_column else NO_TIME_COLUMN,
        exclude=tuple(dict.fromkeys(map(resolve, options.exclude))),
        kinds={resolve(name): kind for name, kind in options.kinds.items()},
    )
