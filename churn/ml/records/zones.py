"""Which zone a branch lies in: points in polygons, by content and never by row."""

import ast
import csv
import hashlib
import io
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any, Protocol, TypeAlias

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray

from churn.exceptions import SchemaInvalid
from churn.ml.arrays import FloatArray, IndexArray
from churn.ml.io.dialect import Dialect, sniff
from churn.ml.schema import UNKNOWN_ZONE

PLACE, ZONE, STATE = "place", "zone", "state"
FOUND, SWAPPED, OUTSIDE, MALFORMED = "found", "swapped", "outside", "malformed"

Corners: TypeAlias = list[tuple[float, float]]

_NAME, _POLYGON = "zona", "poligono"
_MAX_POLYGON_LENGTH = 4 << 20  # characters
_MIN_CORNERS = 3
_NUMBER = r"""["']?(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)["']?"""
_AXIS = r"""["'](lat|latitud|latitude|lon|lng|longitud|longitude)["']"""
_POINT = rf"^\s*\{{\s*{_AXIS}\s*:\s*{_NUMBER}\s*,\s*{_AXIS}\s*:\s*{_NUMBER}\s*\}}\s*$"


class ZoneFinder(Protocol):
    """What tells zones: a ZoneMap, or a cache in front of one."""

    @property
    def names(self) -> tuple[str, ...]:
        """All zones a place can lie in."""
        ...

    def locate(self, places: pl.Series) -> pl.DataFrame:
        """Find the zones of distinct coordinates, as `ZoneMap.locate` does."""
        ...

    def for_file(self, places: Callable[[], pl.Series]) -> "ZoneFinder":
        """Return what finds the zones of one file, as `ZoneMap.for_file` does."""
        ...


@dataclass(frozen=True)
class ZoneMap:
    """Named polygons in the order of their file; a point belongs to the first that holds it."""

    names: tuple[str, ...]
    polygons: NDArray[Any]  # shapely geometries, shape (zones,)
    digest: str  # SHA-256 of names and corners: key of a cache of located places
    axes_ambiguous: bool  # swapped axes could be mistaken for another place in the zones
    axes_swapped: bool | None = (
        None  # where axes_ambiguous: whether a file has its axes swapped, if known
    )

    def for_file(self, places: Callable[[], pl.Series]) -> "ZoneMap":
        """Settle how the axes of one file are read, where only all its `places` together tell."""
        if not self.axes_ambiguous:
            return self
        as_named, as_swapped = self._match_both_orders(_points(places()))
        return replace(self, axes_swapped=_matches_more(as_swapped, as_named))

    def locate(self, places: pl.Series) -> pl.DataFrame:
        """Find the zones of distinct coordinates.

        `places` are JSON objects of a latitude and a longitude in either order. The answer holds
        PLACE, ZONE (UNKNOWN_ZONE if none) and STATE (FOUND, SWAPPED, OUTSIDE or MALFORMED), a row
        per place. A point is read as its names say and, where that lies in no zone, with its axes
        swapped; where a swapped point might lie in the zones too, all points are read the way that
        puts more of them in zones.
        """
        points = _points(places)
        as_named, as_swapped = self._match_both_orders(points)
        if self.axes_ambiguous:
            known = self.axes_swapped
            axes_swapped = _matches_more(as_swapped, as_named) if known is None else known
            (as_named if axes_swapped else as_swapped).fill(-1)
        zone = np.where(as_named >= 0, as_named, as_swapped)
        states = np.select(
            [np.isnan(points).any(axis=1), zone < 0, as_named < 0],
            [MALFORMED, OUTSIDE, SWAPPED],
            FOUND,
        )
        named = pl.Series([*self.names, UNKNOWN_ZONE]).gather(
            np.where(zone < 0, len(self.names), zone)
        )
        return pl.DataFrame(
            {PLACE: places, ZONE: named, STATE: pl.Series(states.tolist(), dtype=pl.String)}
        )

    def _match_both_orders(self, points: FloatArray) -> tuple[IndexArray, IndexArray]:
        lat, lon = points.T
        return self._first_containing(lon, lat), self._first_containing(lat, lon)

    def _first_containing(self, x: FloatArray, y: FloatArray) -> IndexArray:
        zone = np.full(len(x), -1)
        for number, polygon in enumerate(self.polygons):
            free = np.flatnonzero(zone < 0)
            zone[free[shapely.intersects_xy(polygon, x[free], y[free])]] = number
        return zone


def _matches_more(one: IndexArray, other: IndexArray) -> bool:
    return bool((one >= 0).sum() > (other >= 0).sum())


def zone_finder(zones: Path | ZoneFinder | None) -> ZoneFinder | None:
    """Read the zones if they are a file; errors as of `read_zones`."""
    return read_zones(zones) if isinstance(zones, Path) else zones


def read_zones(path: Path) -> ZoneMap:
    """Read a CSV of columns `zona` and `poligono` (text of a list of (lon, lat) pairs).

    Raises
    ------
    FileUnreadable : not a CSV.
    SchemaInvalid : a column is missing, or a polygon is not one; the message names the zone's row.
    """
    dialect = sniff(path)
    header = [name.strip().lower() for name in dialect.header]
    if missing := [name for name in (_NAME, _POLYGON) if name not in header]:
        raise SchemaInvalid(
            "The zones file lacks the column {columns}; add it.", columns=", ".join(missing)
        )
    columns = header.index(_NAME), header.index(_POLYGON)
    zones = [_zone(row, columns, number) for number, row in enumerate(_rows(path, dialect), 1)]
    if not zones:
        raise SchemaInvalid("The zones file has no zone below its header; add one or more.")
    return zone_map(zones)


def zone_map(zones: Sequence[tuple[str, Corners]]) -> ZoneMap:
    """Make a ZoneMap of names and corners, first come first served."""
    polygons = np.array([_valid(shapely.Polygon(corners)) for _, corners in zones])
    west, south, east, north = shapely.total_bounds(polygons)
    return ZoneMap(
        names=tuple(name for name, _ in zones),
        polygons=polygons,
        digest=hashlib.sha256(json.dumps(zones).encode()).hexdigest(),
        axes_ambiguous=bool(max(west, south) <= min(east, north)),
    )


def _rows(path: Path, dialect: Dialect) -> list[list[str]]:
    text = path.read_bytes()[dialect.written.mark :].decode(dialect.written.encoding, "replace")
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter)
    return [row for row in rows if row and rows.line_num > dialect.header_lines]


def _zone(row: Sequence[str], columns: tuple[int, int], number: int) -> tuple[str, Corners]:
    if len(row) <= max(columns) or not row[columns[0]].strip():
        raise SchemaInvalid(
            "Zone {number:,} of the zones file has no name or no polygon; add them.", number=number
        )
    return row[columns[0]].strip(), _corners(row[columns[1]], number)


def _corners(text: str, number: int) -> Corners:
    if len(text) > _MAX_POLYGON_LENGTH:
        raise _unfit_polygon(number)
    try:
        corners = [(float(x), float(y)) for x, y in ast.literal_eval(text.strip())]
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as error:
        raise _unfit_polygon(number) from error
    if len(corners) < _MIN_CORNERS or not all(map(math.isfinite, chain(*corners))):
        raise _unfit_polygon(number)
    return corners


def _unfit_polygon(number: int) -> SchemaInvalid:
    return SchemaInvalid(
        "Zone {number:,} of the zones file: `{column}` is not a list of three or more (longitude,"
        " latitude) pairs such as [(-57.6, -25.3), (-57.5, -25.3), (-57.5, -25.2)].",
        number=number,
        column=_POLYGON,
    )


def _valid(polygon: shapely.Polygon) -> Any:
    valid = polygon if polygon.is_valid else shapely.make_valid(polygon)
    shapely.prepare(valid)
    return valid


def _points(places: pl.Series) -> FloatArray:
    """Latitude and longitude as named (places, 2), NaN where malformed."""
    groups = pl.col(PLACE).str.extract_groups(_POINT)
    parts = pl.DataFrame({PLACE: places}).select(groups.alias("parts")).unnest("parts")
    first, second = pl.col("1").str.slice(0, 2), pl.col("3").str.slice(0, 2)
    apart = first != second
    values = [pl.col(name).cast(pl.Float64, strict=False) for name in ("2", "4")]
    lat = pl.when(apart & (first == "la")).then(values[0]).when(apart).then(values[1])
    lon = pl.when(apart & (first == "la")).then(values[1]).when(apart).then(values[0])
    return parts.select(lat=lat.fill_null(math.nan), lon=lon.fill_null(math.nan)).to_numpy()
