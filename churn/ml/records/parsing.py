"""Service records: text cells to a narrow typed frame, with every unfit row told apart."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import polars as pl

from churn.ml.io.blocks import EXTRA_FIELD, MISSING, ROW
from churn.ml.io.cells import (
    case_variants,
    infer_date_formats,
    parse_boolean,
    parse_datetime,
    parse_number,
    stripped_cell,
)
from churn.ml.io.rejects import (
    RejectContext,
    RejectReason,
    RowChecks,
    RowError,
    ValidatedRows,
    sift,
)
from churn.ml.io.source import DataSource
from churn.ml.io.streams import RawBatch, parse, parse_first
from churn.ml.records import durations as clocks
from churn.ml.records import zones
from churn.ml.schema import CUSTOMER_ID, SEGMENT_BEST, SERVICE_TYPES, TARGET, UNKNOWN_ZONE, Column

_OLDEST = 120  # years
_STYLE_SAMPLE = 20_000
_SEGMENTS = case_variants(
    {
        f"{letter}{digit}": SEGMENT_BEST - 8 * rank - digit + 1
        for rank, letter in enumerate("ABCD")
        for digit in range(1, 9)
    }
)
_TYPES = case_variants({name: code for code, name in enumerate(SERVICE_TYPES)})
_CHURNED, _SUSPECT = "churned", "suspect"
_TOO_MANY, _TOO_FEW = (
    RowError("", RejectReason.FIELDS_TOO_MANY),
    RowError("", RejectReason.FIELDS_TOO_FEW),
)
_FREE_TEXT_COLUMNS = (Column.ID, Column.SEGMENT, Column.TYPE)  # any word will do
_READ = (
    (Column.START, "start", RejectReason.DATE_INVALID),
    (Column.END, "end", RejectReason.DATE_INVALID),
    (Column.POINTS, "points", RejectReason.NUMBER_INVALID),
    (Column.AGE, "age", RejectReason.NUMBER_INVALID),
)
_UNKNOWN_TYPE = _TYPES["desconocido"]

TYPED: dict[str, pl.DataType | type[pl.DataType]] = {
    CUSTOMER_ID: pl.String,
    "segment": pl.Int8,
    "service_type": pl.UInt8,
    "zone": pl.UInt16,
    "seconds": pl.Int64,
    "points": pl.Float64,
    "age": pl.Float32,
    "start": pl.Datetime("ms"),
}


@dataclass(frozen=True, slots=True)
class RecordBatch:
    """Accepted records of one piece of a file, its rejects, and counts of what was odd."""

    frame: pl.DataFrame  # TYPED, and TARGET (Boolean) where it was asked for
    rejects: pl.DataFrame
    rows: int
    odd: Counter[tuple[str, str]] = field(repr=False)  # (finding code, column) -> cells
    done: float = 1.0


def read_records(
    source: DataSource, zone_map: zones.ZoneFinder | None, *, with_target: bool
) -> Iterator[RecordBatch]:
    """Read a records file piece by piece.

    Raises
    ------
    FileUnreadable : the file is damaged.
    """
    zone_map = zone_map and zone_map.for_file(lambda: _places(source))
    plan = _RecordParser(source, with_target=with_target)
    for rows, frame in parse(source, plan, missing=()):
        sifted = plan.sift(frame, rows)
        odd: Counter[tuple[str, str]] = Counter()
        odd["bytes_repaired", ""] += rows.repaired
        typed = _with_zones(_with_lengths(_with_ages(sifted.kept, odd), odd), zone_map, odd)
        _count_gaps(typed, odd)
        target = [pl.col(_CHURNED).alias(TARGET)] if with_target else []
        narrow = typed.select(*(pl.col(name).cast(dtype) for name, dtype in TYPED.items()), *target)
        yield RecordBatch(narrow, sifted.rejects, sifted.rows, odd, rows.done)


class _RecordParser:
    """From a piece's text cells to typed columns and the first fault of each row."""

    def __init__(self, source: DataSource, *, with_target: bool) -> None:
        unread = {Column.TEXT} if with_target else {Column.TEXT, Column.CHURN}
        self._names = {c: name for c, name in source.mapping.items() if c not in unread}
        self._decimal = source.decimal
        self._styles = _styles(source)
        self._with_target = with_target
        self._width = len(source.columns)
        columns = {name: column for column, name in self._names.items()}
        self._last = [columns[name] for name in source.columns if name in columns][-1]
        self._checks = self._all_checks()

    def __call__(self, scan: pl.LazyFrame) -> pl.LazyFrame:
        cells = [pl.col(name).alias(column) for column, name in self._names.items()]
        words = pl.col(_FREE_TEXT_COLUMNS).str.strip_chars()
        typed = (
            scan.select(ROW, EXTRA_FIELD, *cells).with_columns(words).with_columns(self._typed())
        )
        return typed.with_columns(self._suspicion().alias(_SUSPECT))

    def sift(self, frame: pl.DataFrame, rows: RawBatch) -> ValidatedRows:
        """Read rows again with care in which something was illegible at first; most are not."""
        typed = [value.meta.output_name() for value in self._typed()]
        sound = frame.select(_SUSPECT, *typed).filter(~pl.col(_SUSPECT)).drop(_SUSPECT)
        cells = pl.col(list(self._names)).str.strip_chars().replace(MISSING, None)
        suspects = frame.filter(_SUSPECT).with_columns(cells).with_columns(self._typed())
        faults = suspects.select(ROW, self._checks.expression())
        found = RejectContext(rows, self._checks.faults, self._width)
        sifted = sift(suspects.select(ROW, *typed), faults, found)
        return replace(sifted, kept=pl.concat([sound, sifted.kept.drop(ROW)]))

    def _suspicion(self) -> pl.Expr:
        identifier = pl.col(Column.ID)
        typed = [name for _, name, _ in _READ] + [_CHURNED] * self._with_target
        return pl.any_horizontal(
            pl.col(EXTRA_FIELD).is_not_null(),
            identifier.is_null() | (identifier == "") | identifier.is_in(MISSING),
            pl.col(self._last).is_null(),
            *(pl.col(name).is_null() for name in typed),
        )

    def _typed(self) -> list[pl.Expr]:
        segment, kind = pl.col(Column.SEGMENT), pl.col(Column.TYPE)
        columns = {
            CUSTOMER_ID: pl.col(Column.ID),
            "segment": segment.replace_strict(_SEGMENTS, default=None, return_dtype=pl.Int8),
            "service_type": kind.replace_strict(
                _TYPES, default=_UNKNOWN_TYPE, return_dtype=pl.UInt8
            ),
            zones.PLACE: pl.col(Column.PLACE),
            "start": parse_datetime(pl.col(Column.START), self._styles[Column.START]),
            "end": parse_datetime(pl.col(Column.END), self._styles[Column.END], clocks.CLOCK),
            "points": parse_number(pl.col(Column.POINTS), self._decimal),
            "age": parse_number(pl.col(Column.AGE), self._decimal),
        }
        if self._with_target:
            columns[_CHURNED] = parse_boolean(pl.col(Column.CHURN))
        return [value.alias(name) for name, value in columns.items()]

    def _all_checks(self) -> RowChecks:
        checks = [
            (_TOO_MANY, pl.col(EXTRA_FIELD).is_not_null()),
            (self._fault(Column.ID, RejectReason.CUSTOMER_MISSING), ~_filled(Column.ID)),
            *(self._unread(column, typed, reason) for column, typed, reason in _READ),
        ]
        if self._with_target:
            missing = self._fault(Column.CHURN, RejectReason.TARGET_MISSING)
            checks.append((missing, ~_filled(Column.CHURN)))
            checks.append(self._unread(Column.CHURN, _CHURNED, RejectReason.TARGET_INVALID))
        faults, conditions = zip(*checks, (_TOO_FEW, ~_filled(self._last)), strict=True)
        return RowChecks(faults, conditions)

    def _fault(self, column: Column, reason: RejectReason) -> RowError:
        return RowError(self._names[column], reason)

    def _unread(self, column: Column, typed: str, reason: RejectReason) -> tuple[RowError, pl.Expr]:
        unread = _filled(column) & pl.col(typed).is_null()
        return self._fault(column, reason), unread


def _filled(column: str) -> pl.Expr:
    return (pl.col(column) != "").fill_null(value=False)


def _places(source: DataSource) -> pl.Series:
    """Read the distinct coordinates of the whole file."""
    place = pl.col(source.mapping[Column.PLACE]).alias(zones.PLACE)
    pieces = parse(source, lambda scan: scan.select(place.unique()), missing=())
    return pl.concat([frame[zones.PLACE] for _, frame in pieces]).unique()


def _styles(source: DataSource) -> dict[Column, tuple[str, ...]]:
    columns = {column: source.mapping[column] for column in (Column.START, Column.END)}
    cells = [stripped_cell(name).alias(column) for column, name in columns.items()]
    sample = parse_first(source, lambda scan: scan.select(cells).head(_STYLE_SAMPLE))
    if sample is None:
        return dict.fromkeys(columns, ())
    return {column: infer_date_formats(sample[column]) for column in columns}


def _with_ages(frame: pl.DataFrame, odd: Counter[tuple[str, str]]) -> pl.DataFrame:
    possible = pl.col("age").is_between(0, _OLDEST)
    odd["number_implausible", Column.AGE] += frame.select((~possible).sum()).item()
    return frame.with_columns(age=pl.when(possible).then("age"))


def _with_lengths(frame: pl.DataFrame, odd: Counter[tuple[str, str]]) -> pl.DataFrame:
    lengths = clocks.service_durations(frame.select("start", "end"))
    for note, code in _CLOCK_FINDINGS.items():
        odd[code, Column.END] += int((lengths[clocks.FLAG] == note).sum())
    odd["missing", Column.END] += frame["end"].null_count()
    return frame.with_columns(lengths[clocks.SECONDS].alias("seconds"))


_CLOCK_FINDINGS = {
    clocks.DurationFlag.GAP: "clock_gap",
    clocks.DurationFlag.SKEW: "clock_skew",
    clocks.DurationFlag.NEXT_DAY: "end_next_day",
    clocks.DurationFlag.IMPOSSIBLE: "clock_impossible",
}


def _with_zones(
    frame: pl.DataFrame, zone_map: zones.ZoneFinder | None, odd: Counter[tuple[str, str]]
) -> pl.DataFrame:
    """Add `zone`, the position of the zone's name in `zone_names`."""
    if zone_map is None:
        odd["zones_absent", ""] += frame.height
        return frame.with_columns(zone=pl.lit(0, pl.UInt16))
    places = frame.select(zones.PLACE).group_by(zones.PLACE).len()
    located = zone_map.locate(places[zones.PLACE]).with_columns(places["len"])
    for state, count in located.group_by(zones.STATE).agg(pl.col("len").sum()).iter_rows():
        if state in _PLACE_FINDINGS:
            odd[_PLACE_FINDINGS[state], Column.PLACE] += count
    codes = {name: code for code, name in enumerate(zone_names(zone_map))}
    coded = located.select(
        zones.PLACE, zone=pl.col(zones.ZONE).replace_strict(codes, return_dtype=pl.UInt16)
    )
    return frame.join(coded, on=zones.PLACE, how="left", nulls_equal=True, maintain_order="left")


_PLACE_FINDINGS = {
    zones.SWAPPED: "place_swapped",
    zones.OUTSIDE: "place_outside",
    zones.MALFORMED: "place_malformed",
}


def zone_names(zone_map: zones.ZoneFinder | None) -> list[str]:
    """Names of zones in alphabetical order, the unknown one last."""
    known = set(zone_map.names) - {UNKNOWN_ZONE} if zone_map else set()
    return [*sorted(known), UNKNOWN_ZONE]


def _count_gaps(frame: pl.DataFrame, odd: Counter[tuple[str, str]]) -> None:
    odd["type_unknown", Column.TYPE] += int((frame["service_type"] == _UNKNOWN_TYPE).sum())
    odd["segment_unknown", Column.SEGMENT] += frame["segment"].null_count()
    for name, column in (("start", Column.START), ("points", Column.POINTS), ("age", Column.AGE)):
        odd["missing", column] += frame[name].null_count()
