"""Parsing of service records: text cells to typed columns, with every invalid row described."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeAlias

import polars as pl

from churn.ml.io.blocks import EXTRA_FIELD, ROW
from churn.ml.io.cells import (
    MISSING,
    case_variants,
    parse_boolean,
)
from churn.ml.io.dates import parse_datetime
from churn.ml.io.numbers import parse_amount, parse_number
from churn.ml.io.rejects import (
    RejectContext,
    RejectReason,
    RowChecks,
    RowError,
    ValidatedRows,
    split_rejects,
)
from churn.ml.io.source import DataSource
from churn.ml.io.streams import RawBatch, parse
from churn.ml.records import durations, zones
from churn.ml.records.durations import DurationFlag
from churn.ml.records.readings import RecordReadings, decide_readings
from churn.ml.schema import (
    CUSTOMER_ID,
    MAX_SEGMENT_RANK,
    SERVICE_TYPES,
    TARGET,
    UNKNOWN_ZONE,
    Column,
)

_MAX_AGE = 120  # years
_SEGMENTS = case_variants(
    {
        f"{letter}{digit}": MAX_SEGMENT_RANK - 8 * rank - digit + 1
        for rank, letter in enumerate("ABCD")
        for digit in range(1, 9)
    }
)
_TYPES = case_variants({name: code for code, name in enumerate(SERVICE_TYPES)})
_UNKNOWN_TYPE = _TYPES["desconocido"]
_TARGET_VALUE, _IS_CANDIDATE = "target_value", "is_candidate"
_TOO_MANY_FIELDS = RowError("", RejectReason.FIELDS_TOO_MANY)
_TOO_FEW_FIELDS = RowError("", RejectReason.FIELDS_TOO_FEW)
# Every text is valid in these, so no second pass would strip their white space.
_FREE_TEXT_COLUMNS = (Column.ID, Column.SEGMENT, Column.TYPE)
_FLAG_FINDINGS = {
    DurationFlag.GAP: "clock_gap",
    DurationFlag.SKEW: "clock_skew",
    DurationFlag.NEXT_DAY: "end_next_day",
    DurationFlag.IMPOSSIBLE: "clock_impossible",
}
_ZONE_FINDINGS = {
    zones.SWAPPED: "place_swapped",
    zones.OUTSIDE: "place_outside",
    zones.MALFORMED: "place_malformed",
}

RECORD_SCHEMA: dict[str, pl.DataType | type[pl.DataType]] = {
    CUSTOMER_ID: pl.String,
    "segment": pl.Int8,
    "service_type": pl.UInt8,
    "zone": pl.UInt16,
    "seconds": pl.Int64,
    "points": pl.Float64,
    "age": pl.Float32,
    "start": pl.Datetime("ms"),
}


NumberParser: TypeAlias = Callable[[pl.Expr, str], pl.Expr]


class _ParsedColumn(NamedTuple):
    """A column whose cells are empty or must be parsed; otherwise the row is rejected."""

    column: Column
    name: str  # of the parsed values
    reason: RejectReason


_PARSED_COLUMNS = (
    _ParsedColumn(Column.START, "start", RejectReason.DATE_INVALID),
    _ParsedColumn(Column.END, "end", RejectReason.DATE_INVALID),
    _ParsedColumn(Column.POINTS, "points", RejectReason.NUMBER_INVALID),
    _ParsedColumn(Column.AGE, "age", RejectReason.NUMBER_INVALID),
)
_PARSED_TARGET = _ParsedColumn(Column.CHURN, _TARGET_VALUE, RejectReason.TARGET_INVALID)


@dataclass(frozen=True, slots=True)
class RecordBatch:
    """Parsed records of a batch, its rejects and its data quality issues."""

    frame: pl.DataFrame  # columns of RECORD_SCHEMA, and TARGET (Boolean) if it was requested
    rejects: pl.DataFrame  # columns of REJECT_SCHEMA
    rows: int  # accepted and rejected
    issue_counts: Counter[tuple[str, str]] = field(repr=False)  # (finding code, column) -> cells
    fraction_read: float = 1.0


def read_records(
    source: DataSource,
    zone_map: zones.ZoneFinder | None,
    *,
    with_target: bool,
    readings: RecordReadings | None = None,
) -> Iterator[RecordBatch]:
    """Parse a file of service records batch by batch; `readings` are decided if they are absent.

    Raises
    ------
    FileUnreadable : the file is damaged.
    """
    if zone_map is not None:
        zone_map = zone_map.resolve_axis_order(lambda: _distinct_places(source))
    readings = readings or decide_readings(source)
    parser = _RecordParser(source, readings, with_target=with_target)
    target = [pl.col(_TARGET_VALUE).alias(TARGET)] if with_target else []
    for batch, frame in parse(source, parser, missing=()):
        validated = parser.validate(frame, batch)
        issue_counts: Counter[tuple[str, str]] = Counter()
        issue_counts["bytes_repaired", ""] += batch.repaired
        issue_counts.update(dict.fromkeys(readings.remarks, validated.row_count))
        records = _clear_implausible_ages(validated.accepted, issue_counts)
        records = _add_durations(records, issue_counts)
        records = _add_zones(records, zone_map, issue_counts)
        _count_missing(records, issue_counts)
        columns = (pl.col(name).cast(dtype) for name, dtype in RECORD_SCHEMA.items())
        yield RecordBatch(
            frame=records.select(*columns, *target),
            rejects=validated.rejects,
            rows=validated.row_count,
            issue_counts=issue_counts,
            fraction_read=batch.fraction_read,
        )


class _RecordParser:
    """Parses the text cells of a batch, and finds the first error of each row.

    Two passes: the selector parses all cells as they are; rows in which a cell could not be parsed
    are candidates for rejection. `validate` parses those again, with white space and words for
    missing values removed, and numbers with a currency or separators. Few rows need the second
    pass.
    """

    def __init__(self, source: DataSource, readings: RecordReadings, *, with_target: bool) -> None:
        unused = {Column.TEXT} if with_target else {Column.TEXT, Column.CHURN}
        self._names = {c: name for c, name in source.mapping.items() if c not in unused}
        self._readings = readings
        self._parsed = (*_PARSED_COLUMNS, *([_PARSED_TARGET] if with_target else []))
        self._field_count = len(source.columns)
        columns = {name: column for column, name in self._names.items()}
        # polars fills the fields that a short row lacks with null, so its last column is null.
        self._last = [columns[name] for name in source.columns if name in columns][-1]
        self._checks = self._row_checks()

    def __call__(self, scan: pl.LazyFrame) -> pl.LazyFrame:
        cells = [pl.col(name).alias(column) for column, name in self._names.items()]
        texts = scan.select(ROW, EXTRA_FIELD, *cells).with_columns(
            pl.col(_FREE_TEXT_COLUMNS).str.strip_chars()
        )
        values = texts.with_columns(self._values())
        return values.with_columns(self._is_candidate().alias(_IS_CANDIDATE))

    def validate(self, frame: pl.DataFrame, batch: RawBatch) -> ValidatedRows:
        """Parse candidates again, and split them into accepted rows and rejects."""
        values = [value.meta.output_name() for value in self._values()]
        valid = frame.select(_IS_CANDIDATE, *values).filter(~pl.col(_IS_CANDIDATE))
        cells = pl.col(list(self._names)).str.strip_chars().replace(MISSING, None)
        candidates = frame.filter(_IS_CANDIDATE).with_columns(cells)
        candidates = candidates.with_columns(self._values(parse_amount))
        validated = split_rejects(
            candidates.select(ROW, *values),
            candidates.select(ROW, self._checks.expression()),
            RejectContext(batch, self._checks.errors, self._field_count),
        )
        accepted = pl.concat([valid.drop(_IS_CANDIDATE), validated.accepted.drop(ROW)])
        return replace(validated, accepted=accepted)

    def _is_candidate(self) -> pl.Expr:
        identifier = pl.col(Column.ID)
        return pl.any_horizontal(
            pl.col(EXTRA_FIELD).is_not_null(),
            identifier.is_null() | (identifier == "") | identifier.is_in(MISSING),
            pl.col(self._last).is_null(),
            *(pl.col(parsed.name).is_null() for parsed in self._parsed),
        )

    def _values(self, parse_value: NumberParser = parse_number) -> list[pl.Expr]:
        segment, service_type = pl.col(Column.SEGMENT), pl.col(Column.TYPE)
        start, end = pl.col(Column.START), pl.col(Column.END)
        values = {
            CUSTOMER_ID: pl.col(Column.ID),
            "segment": segment.replace_strict(_SEGMENTS, default=None, return_dtype=pl.Int8),
            "service_type": service_type.replace_strict(
                _TYPES, default=_UNKNOWN_TYPE, return_dtype=pl.UInt8
            ),
            zones.PLACE: pl.col(Column.PLACE),
            "start": parse_datetime(start, self._readings.formats(Column.START)),
            "end": parse_datetime(end, self._readings.formats(Column.END), durations.CLOCK),
            "points": parse_value(pl.col(Column.POINTS), self._readings.decimal(Column.POINTS)),
            "age": parse_value(pl.col(Column.AGE), self._readings.decimal(Column.AGE)),
        }
        if _PARSED_TARGET in self._parsed:
            values[_TARGET_VALUE] = parse_boolean(pl.col(Column.CHURN))
        return [value.alias(name) for name, value in values.items()]

    def _row_checks(self) -> RowChecks:
        checks = [
            (_TOO_MANY_FIELDS, pl.col(EXTRA_FIELD).is_not_null()),
            self._require_filled(Column.ID, RejectReason.CUSTOMER_MISSING),
        ]
        for parsed in self._parsed:
            if parsed is _PARSED_TARGET:
                checks.append(self._require_filled(Column.CHURN, RejectReason.TARGET_MISSING))
            unparsed = _is_filled(parsed.column) & pl.col(parsed.name).is_null()
            checks.append((RowError(self._names[parsed.column], parsed.reason), unparsed))
        checks.append((_TOO_FEW_FIELDS, ~_is_filled(self._last)))
        errors, conditions = zip(*checks, strict=True)
        return RowChecks(errors, conditions)

    def _require_filled(self, column: Column, reason: RejectReason) -> tuple[RowError, pl.Expr]:
        return RowError(self._names[column], reason), ~_is_filled(column)


def _is_filled(column: str) -> pl.Expr:
    return (pl.col(column) != "").fill_null(value=False)


def _distinct_places(source: DataSource) -> pl.Series:
    place = pl.col(source.mapping[Column.PLACE]).alias(zones.PLACE)
    batches = parse(source, lambda scan: scan.select(place.unique()), missing=())
    return pl.concat([frame[zones.PLACE] for _, frame in batches]).unique()


def _clear_implausible_ages(
    frame: pl.DataFrame, issue_counts: Counter[tuple[str, str]]
) -> pl.DataFrame:
    is_plausible = pl.col("age").is_between(0, _MAX_AGE)
    issue_counts["number_implausible", Column.AGE] += frame.select((~is_plausible).sum()).item()
    return frame.with_columns(age=pl.when(is_plausible).then("age"))


def _add_durations(frame: pl.DataFrame, issue_counts: Counter[tuple[str, str]]) -> pl.DataFrame:
    found = durations.service_durations(frame.select("start", "end"))
    for flag, code in _FLAG_FINDINGS.items():
        issue_counts[code, Column.END] += int((found[durations.FLAG] == flag).sum())
    issue_counts["missing", Column.END] += frame["end"].null_count()
    return frame.with_columns(found[durations.SECONDS].alias("seconds"))


def _add_zones(
    frame: pl.DataFrame,
    zone_map: zones.ZoneFinder | None,
    issue_counts: Counter[tuple[str, str]],
) -> pl.DataFrame:
    """Add `zone`, the index of the zone's name in `zone_names`."""
    if zone_map is None:
        issue_counts["zones_absent", ""] += frame.height
        return frame.with_columns(zone=pl.lit(0, pl.UInt16))
    # Records share a few hundred branches: each distinct place is located once.
    places = frame.select(zones.PLACE).group_by(zones.PLACE).len()
    located = zone_map.locate(places[zones.PLACE]).with_columns(places["len"])
    for state, count in located.group_by(zones.STATE).agg(pl.col("len").sum()).iter_rows():
        if state in _ZONE_FINDINGS:
            issue_counts[_ZONE_FINDINGS[state], Column.PLACE] += count
    codes = {name: code for code, name in enumerate(zone_names(zone_map))}
    coded = located.select(
        zones.PLACE, zone=pl.col(zones.ZONE).replace_strict(codes, return_dtype=pl.UInt16)
    )
    return frame.join(coded, on=zones.PLACE, how="left", nulls_equal=True, maintain_order="left")


def zone_names(zone_map: zones.ZoneFinder | None) -> list[str]:
    """Names of zones in alphabetical order, the unknown one last."""
    known = set(zone_map.names) - {UNKNOWN_ZONE} if zone_map else set()
    return [*sorted(known), UNKNOWN_ZONE]


def _count_missing(frame: pl.DataFrame, issue_counts: Counter[tuple[str, str]]) -> None:
    unknown_types = (frame["service_type"] == _UNKNOWN_TYPE).sum()
    issue_counts["type_unknown", Column.TYPE] += int(unknown_types)
    issue_counts["segment_unknown", Column.SEGMENT] += frame["segment"].null_count()
    for name, column in (("start", Column.START), ("points", Column.POINTS), ("age", Column.AGE)):
        issue_counts["missing", column] += frame[name].null_count()
