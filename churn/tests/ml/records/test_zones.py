from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from churn.exceptions import SchemaInvalid
from churn.ml.customers import load_customers
from churn.ml.io import inspect_source
from churn.ml.records.zones import STATE, ZONE, ZoneMap, build_zone_map, read_zones
from churn.ml.schema import Column
from churn.tests.ml.files import RECORD, ZONES, write_file, write_records


def locate(places: list[str | None], zones: str, folder: Path) -> list[tuple[str, str]]:
    frame = read_zones(write_file(folder, zones)).locate(pl.Series(places, dtype=pl.String))
    return frame.select(ZONE, STATE).rows()


@pytest.mark.parametrize(
    ("place", "zone", "state"),
    [
        ('{"latitud": -25.25, "longitud": -57.55}', "norte", "found"),
        ('{"latitud": -57.55, "longitud": -25.25}', "norte", "swapped"),
        ('{"longitud": -25.25, "latitud": -57.55}', "norte", "swapped"),
        ("{'lat': '-25.35', 'lng': '-57.55'}", "sur", "found"),
        ('{"latitud": -25.295, "longitud": -57.55}', "norte", "found"),
        ('{"latitud": -25.3, "longitud": -57.6}', "norte", "found"),
        ('{"latitud": 0.0, "longitud": 0.0}', "desconocida", "outside"),
        ('{"latitud": 999, "longitud": 1e300}', "desconocida", "outside"),
        ('{"latitud": -57.55', "desconocida", "malformed"),
        ('{"latitud": null, "longitud": -25.25}', "desconocida", "malformed"),
        ('{"latitud": -25.25, "latitud": -57.55}', "desconocida", "malformed"),
        ("N/D", "desconocida", "malformed"),
        ("", "desconocida", "malformed"),
        (None, "desconocida", "malformed"),
    ],
)
def test_a_place_is_found_swapped_outside_or_malformed(
    tmp_path: Path, place: str | None, zone: str, state: str
) -> None:
    assert locate([place], ZONES, tmp_path) == [(zone, state)]


def test_polygons_with_latitude_first_contain_the_same_places(tmp_path: Path) -> None:
    reversed_axes = 'zona,poligono\nnorte,"[(-25.3, -57.6), (-25.3, -57.5), (-25.2, -57.5)]"\n'

    assert (
        locate(['{"latitud": -25.28, "longitud": -57.51}'], reversed_axes, tmp_path)[0][0]
        == "norte"
    )


def test_ambiguous_axes_are_resolved_for_all_places_together() -> None:
    corners = [(5.0, 5.0), (9.0, 5.0), (9.0, 6.0), (5.0, 6.0)]
    zones = build_zone_map([("diagonal", corners)])
    places = pl.Series(
        [
            '{"lat": 8.5, "lon": 5.5}',
            '{"lat": 7.5, "lon": 5.2}',
            '{"lat": 5.5, "lon": 5.5}',
            '{"lat": 5.5, "lon": 8.0}',
        ]
    )

    states = zones.locate(places)[STATE].to_list()

    assert states == ["swapped", "swapped", "swapped", "outside"]


def test_the_axis_order_is_resolved_from_all_batches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    diagonal = build_zone_map([("diagonal", [(5.0, 5.0), (9.0, 5.0), (9.0, 6.0), (5.0, 6.0)])])
    named = ['{"lat": 5.5, "lon": 8.0}'] * 60
    swapped = [f'{{"lat": {7 + number / 100}, "lon": 5.5}}' for number in range(90)]
    rows: list[dict[Column, str | None]] = [{Column.PLACE: place} for place in named + swapped]
    monkeypatch.setattr("churn.ml.io.blocks._BLOCK_BYTES", 2_000)

    source = inspect_source(write_records(tmp_path, *rows))
    customers = load_customers(source, zones=diagonal)

    found = {finding.code: finding.count for finding in customers.findings}
    assert (found["place_swapped"], found["place_outside"]) == (90, 60)


def test_a_polygon_that_crosses_itself_contains_its_points(tmp_path: Path) -> None:
    crossed = 'zona,poligono\nbow,"[(0, 0), (2, 2), (2, 0), (0, 2)]"\n'

    assert locate(['{"lat": 1.0, "lon": 0.2}'], crossed, tmp_path) == [("bow", "found")]


class RecordingFinder:
    """A finder in front of a zone map that records the places it was called with."""

    def __init__(self, zones: ZoneMap) -> None:
        self.names = zones.names
        self.places: list[str | None] = []
        self._zones = zones

    def resolve_axis_order(self, places: Callable[[], pl.Series]) -> "RecordingFinder":
        return self

    def locate(self, places: pl.Series) -> pl.DataFrame:
        self.places += places.to_list()
        return self._zones.locate(places)


def test_a_cached_finder_locates_each_place_once(
    tmp_path: Path,
) -> None:
    finder = RecordingFinder(read_zones(write_file(tmp_path, ZONES, "zones.csv")))
    source = inspect_source(write_records(tmp_path, {}, {Column.AGE: "50"}, {Column.PLACE: "{}"}))

    load_customers(source, zones=finder)

    assert sorted(map(str, finder.places)) == sorted([RECORD[Column.PLACE], "{}"])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("zona,otro\na,b\n", "has no column poligono"),
        ("zona,poligono\n", "has no rows"),
        ('zona,poligono\na,"[(1, 2), (3, 4)]"\n', "Zone 1 .* three or more"),
        ('zona,poligono\na,"[(0,0),(1,0),(1,1)]"\nb,no\n', "Zone 2 .* not a list"),
        ("zona,poligono\na,\"__import__('os').getcwd()\"\n", "Zone 1 .* not a list"),
        ('zona,poligono\na,"[(0,0),(1,0),(1e999,1)]"\n', "Zone 1 .* not a list"),
        ("zona,poligono\na," + "[" * 5_000 + "\n", "Zone 1 .* not a list"),
        ('zona,poligono\n,"[(0,0),(1,0),(1,1)]"\n', "Zone 1 .* no name"),
    ],
)
def test_an_invalid_zones_file_is_rejected_with_the_zone_number(
    tmp_path: Path, content: str, message: str
) -> None:
    with pytest.raises(SchemaInvalid, match=message):
        read_zones(write_file(tmp_path, content))


def test_the_digest_depends_on_content_alone(tmp_path: Path) -> None:
    same = read_zones(write_file(tmp_path, ZONES.replace(", ", ",  "), "same.csv"))
    other = read_zones(write_file(tmp_path, ZONES.replace("-57.6", "-57.7"), "other.csv"))

    digest = read_zones(write_file(tmp_path, ZONES)).digest

    assert same.digest == digest != other.digest
