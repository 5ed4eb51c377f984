"""Zones of branches: a search for points in polygons, by coordinates and never by row number."""

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
from typing import Any, NamedTuple, Protocol, TypeAlias

import numpy as np
import polars as pl
import shapely
from numpy.typing import NDArray

from churn.exceptions import SchemaInvalid
from churn.ml.arrays import FloatArray, IndexArray
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.io.dialect import sniff
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
    """Locates places in zones: a ZoneMap, or a cache in front of one."""

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all zones, without UNKNOWN_ZONE."""
        ...

    def locate(self, places: pl.Series) -> pl.DataFrame:
        """Return the zones of distinct coordinates, as `ZoneMap.locate` does."""
        ...

    def resolve_axis_order(self, places: Callable[[], pl.Series]) -> "ZoneFinder":
        """Return a finder for one file, as `ZoneMap.resolve_axis_order` does."""
        ...


@dataclass(frozen=True)
class ZoneMap:
    """Named polygons in the order of their file; a point belongs to the first that contains it."""

    names: tuple[str, ...]
    polygons: NDArray[Any]  # shapely geometries, shape (zones,)
    digest: str  # SHA-256 of names and corners: key of a cache of located places
    axes_ambiguous: bool  # a place with swapped axes may lie in the zones too
    axes_swapped: bool | None = None  # of one file, if axes_ambiguous; None: not resolved

    def resolve_axis_order(self, places: Callable[[], pl.Series]) -> "ZoneMap":
        """Decide from all distinct places of a file whether its axes are swapped.

        `places` is called only if the zones leave that open.
        """
        if not self.axes_ambiguous:
            return self
        as_named, as_swapped = self._match_both_orders(_points(places()))
        return replace(self, axes_swapped=_matches_more(as_swapped, as_named))

    def locate(self, places: pl.Series) -> pl.DataFrame:
        """Return the zones of distinct coordinates.

        `places` are JSON objects with a latitude and a longitude in either order, shape (places,).
        Returns PLACE, ZONE (UNKNOWN_ZONE if none) and STATE (FOUND, SWAPPED, OUTSIDE or MALFORMED),
        one row per place. A point is taken as its keys say and, if it then lies in no zone, with
        its axes swapped. If the axes are ambiguous, all points are taken in the one order that puts
        more of them in zones.
        """
        points = _points(places)
        as_named, as_swapped = self._match_both_orders(points)
        if self.axes_ambiguous:
            known = self.axes_swapped
            axes_swapped = _matches_more(as_swapped, as_named) if known is None else known
            # Discard the other order, so that each point has one candidate.
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
            unmatched = np.flatnonzero(zone < 0)
            inside = shapely.intersects_xy(polygon, x[unmatched], y[unmatched])
            zone[unmatched[inside]] = number
        return zone


def _matches_more(one: IndexArray, other: IndexArray) -> bool:
    return bool((one >= 0).sum() > (other >= 0).sum())


def resolve_zones(zones: Path | ZoneFinder | None) -> ZoneFinder | None:
    """Return a finder, read from a zones file if `zones` is a path.

    Raises
    ------
    FileUnreadable, SchemaInvalid : as in `read_zones`.
    """
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
            _("The zones file has no column {columns}; add it."), columns=", ".join(missing)
        )
    columns = _ZoneColumns(header.index(_NAME), header.index(_POLYGON))
    encoding = dialect.text_encoding
    text = path.read_bytes()[encoding.bom_length :].decode(encoding.encoding, "replace")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter)
    rows = [row for row in reader if row and reader.line_num > dialect.header_lines]
    zones = [_parse_zone(row, columns, number) for number, row in enumerate(rows, 1)]
    if not zones:
        raise SchemaInvalid(_("The zones file has no rows; add at least one zone."))
    return build_zone_map(zones)


def build_zone_map(zones: Sequence[tuple[str, Corners]]) -> ZoneMap:
    """Return a ZoneMap of names and corners, in order of precedence."""
    polygons = np.array([_prepare(shapely.Polygon(corners)) for _, corners in zones])
    west, south, east, north = shapely.total_bounds(polygons)
    return ZoneMap(
        names=tuple(name for name, _ in zones),
        polygons=polygons,
        digest=hashlib.sha256(json.dumps(zones).encode()).hexdigest(),
        # Swapping axes mirrors the bounding box; the two boxes overlap if its ranges do.
        axes_ambiguous=bool(max(west, south) <= min(east, north)),
    )


class _ZoneColumns(NamedTuple):
    name: int
    polygon: int


def _parse_zone(row: Sequence[str], columns: _ZoneColumns, number: int) -> tuple[str, Corners]:
    if len(row) <= max(columns) or not row[columns.name].strip():
        raise SchemaInvalid(
            _(
                "Zone {number:,} of the zones file has no name or no polygon; add the missing"
                " value."
            ),
            number=number,
        )
    return row[columns.name].strip(), _parse_corners(row[columns.polygon], number)


def _parse_corners(text: str, number: int) -> Corners:
    if len(text) > _MAX_POLYGON_LENGTH:
        raise _invalid_polygon(number)
    try:
        # A literal, never an expression: the file may come from anyone.
        corners = [(float(x), float(y)) for x, y in ast.literal_eval(text.strip())]
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError) as error:
        raise _invalid_polygon(number) from error
    if len(corners) < _MIN_CORNERS or not all(map(math.isfinite, chain(*corners))):
        raise _invalid_polygon(number)
    return corners


def _invalid_polygon(number: int) -> SchemaInvalid:
    return SchemaInvalid(
        _(
            "Zone {number:,} of the zones file: `{column}` is not a list of three or more"
            " (longitude, latitude) pairs such as [(-57.6, -25.3), (-57.5, -25.3), (-57.5,"
            " -25.2)]."
        ),
        number=number,
        column=_POLYGON,
    )


def _prepare(polygon: shapely.Polygon) -> Any:
    """Repair a polygon that crosses itself, and index it for fast searches."""
    valid = polygon if polygon.is_valid else shapely.make_valid(polygon)
    shapely.prepare(valid)
    return valid


def _points(places: pl.Series) -> FloatArray:
    """Latitude and longitude by their keys, shape (places, 2), NaN where malformed."""
    groups = pl.col(PLACE).str.extract_groups(_POINT)
    parts = pl.DataFrame({PLACE: places}).select(groups.alias("parts")).unnest("parts")
    first, second = pl.col("1").str.slice(0, 2), pl.col("3").str.slice(0, 2)
    differ = first != second
    values = [pl.col(name).cast(pl.Float64, strict=False) for name in ("2", "4")]
    lat = pl.when(differ & (first == "la")).then(values[0]).when(differ).then(values[1])
    lon = pl.when(differ & (first == "la")).then(values[1]).when(differ).then(values[0])
    return parts.select(lat=lat.fill_null(math.nan), lon=lon.fill_null(math.nan)).to_numpy()
