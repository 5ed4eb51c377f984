"""Options of the churn commands that say how a file is read."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any

from churn.management.reporting import wrong_usage
from churn.ml.options import (
    ALL_COLUMNS,
    ColumnKind,
    Order,
    OutputOptions,
    ReadOptions,
    parse_assignments,
    parse_names,
)


def add_mapping_options(parser: ArgumentParser) -> None:
    """Add the options that every file may need."""
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="OURS=THEIRS",
        help="name of a column here, and in the file; repeatable",
    )
    parser.add_argument(
        "--header-row", type=_line_number, metavar="N", help="line of the header; 0 for none"
    )


def add_as_of(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--as-of",
        type=_date,
        metavar="DATE",
        help="YYYY-MM-DD from which days are counted back; default: the newest date of the file",
    )


def add_output_options(parser: ArgumentParser) -> None:
    """Add the options of how results are written."""
    parser.add_argument("--order", choices=list(Order), default=Order.FILE)
    parser.add_argument(
        "--keep-columns",
        nargs="?",
        const=ALL_COLUMNS,
        default="",
        metavar="COL,..",
        help="columns of a table to carry over; without a name, all",
    )
    parser.add_argument(
        "--for-excel", action="store_true", help="byte order mark, semicolons, decimal commas"
    )


def output_options(options: dict[str, Any]) -> OutputOptions:
    """Return the choices of the user about the results."""
    return OutputOptions(
        order=Order(options["order"]),
        keep_columns=parse_names(options["keep_columns"]),
        for_excel=options["for_excel"],
    )


def add_reading_options(parser: ArgumentParser) -> None:
    """Add the options of a file with known outcomes."""
    add_mapping_options(parser)
    add_as_of(parser)
    kinds = "|".join(ColumnKind)
    parser.add_argument("--positive", default="", metavar="VALUE", help="of the target: left")
    parser.add_argument(
        "--exclude", action="append", default=[], metavar="COL,..", help="no features"
    )
    parser.add_argument(
        "--kind",
        action="append",
        default=[],
        metavar=f"COL={kinds}",
        help="kind of a column; repeatable",
    )
    parser.add_argument(
        "--group", default="", metavar="COL", help="its rows stay on one side of the split"
    )
    parser.add_argument(
        "--time-column", default="", metavar="COL|none", help="date by which to split"
    )
    parser.add_argument(
        "--allow-rejects", action="store_true", help="although many rows cannot be used"
    )


def read_options(options: dict[str, Any]) -> ReadOptions:
    """Return the choices of the user about the file.

    Raises
    ------
    CommandError : with return code 2 for an assignment that is malformed.
    """
    return ReadOptions(
        target=options.get("target", ""),
        customer_id=options.get("customer_id", ""),
        positive=options.get("positive", ""),
        group=options.get("group", ""),
        time_column=options.get("time_column", ""),
        exclude=parse_names(",".join(options.get("exclude", []))),
        mapping=_assignments("--map", options["map"]),
        kinds=_kinds(options.get("kind", [])),
        header_row=options["header_row"],
        allow_rejects=options.get("allow_rejects", False),
        as_of=options["as_of"],
        allow_unknown=options.get("allow_unknown", False),
    )


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text}: is no date of the form YYYY-MM-DD") from error


def _line_number(text: str) -> int:
    if not text.isdecimal():
        raise ArgumentTypeError(f"{text}: is no line number")
    return int(text)


def _assignments(option: str, texts: list[str]) -> dict[str, str]:
    try:
        return parse_assignments(texts)
    except ValueError as error:
        raise wrong_usage(f"{option} {error}: needs the form NAME=VALUE, once per name") from error


def _kinds(texts: list[str]) -> dict[str, ColumnKind]:
    assigned = _assignments("--kind", texts)
    try:
        return {name: ColumnKind(kind) for name, kind in assigned.items()}
    except ValueError as error:
        raise wrong_usage(f"--kind: {error}; choose one of {', '.join(ColumnKind)}") from error
