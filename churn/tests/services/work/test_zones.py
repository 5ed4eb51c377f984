from pathlib import Path

import polars as pl
import pytest

from churn.exceptions import FileUnreadable
from churn.ml.records import STATE, ZONE, ZoneMap, read_zones
from churn.ml.records.zones import build_zone_map
from churn.models import LocatedPlace
from churn.services.work.zones import CachedZoneFinder, open_zones
from churn.tests.conftest import PNG
from churn.tests.ml.files import ZONES, write_file

pytestmark = pytest.mark.django_db

NORTH = '{"latitud": -25.25, "longitud": -57.55}'
SOUTH = '{"latitud": -25.35, "longitud": -57.55}'
AT_SEA = '{"latitud": 0.0, "longitud": 0.0}'


def located(zones: ZoneMap, *places: str | None) -> list[tuple[str, str]]:
    """Locate places as for the next file, with an empty cache in memory."""
    answer = CachedZoneFinder(zones).locate(pl.Series(places, dtype=pl.String))
    return answer.select(ZONE, STATE).rows()


@pytest.fixture
def zones(tmp_path: Path) -> ZoneMap:
    return read_zones(write_file(tmp_path, ZONES))


def test_second_lookup_reads_the_database(zones: ZoneMap) -> None:
    assert located(zones, NORTH) == [("norte", "found")]
    LocatedPlace.objects.update(zone="as remembered")

    assert located(zones, NORTH) == [("as remembered", "found")]


def test_cached_and_new_places_keep_their_order(zones: ZoneMap) -> None:
    located(zones, SOUTH)

    assert located(zones, AT_SEA, None, SOUTH, NORTH) == [
        ("desconocida", "outside"),
        ("desconocida", "malformed"),
        ("sur", "found"),
        ("norte", "found"),
    ]


def test_changed_zones_use_separate_cache_entries(zones: ZoneMap, tmp_path: Path) -> None:
    located(zones, NORTH)
    renamed = read_zones(write_file(tmp_path, ZONES.replace("norte", "boreal")))

    assert located(renamed, NORTH) == [("boreal", "found")]
    assert LocatedPlace.objects.count() == 2


def test_malformed_places_are_not_cached(zones: ZoneMap) -> None:
    located(zones, "N/D", "", None, '{"latitud": -57.55', NORTH + " " * 200)

    assert not LocatedPlace.objects.exists()


def test_places_with_ambiguous_axes_are_not_cached() -> None:
    diagonal = build_zone_map([("diagonal", [(5.0, 5.0), (9.0, 5.0), (9.0, 6.0), (5.0, 6.0)])])
    places = pl.Series(['{"lat": 5.5, "lon": 8.0}'])

    finder = CachedZoneFinder(diagonal).resolve_axis_order(lambda: places)

    assert finder.locate(places)[ZONE].to_list() == ["diagonal"]
    assert not LocatedPlace.objects.exists()


def test_too_many_places_are_not_cached(zones: ZoneMap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("churn.services.work.zones.MAX_CACHED_PLACES", 1)

    assert len(located(zones, NORTH, SOUTH)) == 2

    assert not LocatedPlace.objects.exists()


def test_oldest_places_are_evicted(zones: ZoneMap, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("churn.models.places.MAX_PLACES", 2)

    for place in (NORTH, SOUTH, AT_SEA):
        located(zones, place)

    assert list(LocatedPlace.objects.order_by("pk").values_list("place", flat=True)) == [
        SOUTH,
        AT_SEA,
    ]


def test_no_file_gives_no_zones() -> None:
    assert open_zones(None) is None


def test_error_names_the_zones_file(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match=r"Zones file: .*a PNG image"):
        open_zones(write_file(tmp_path, PNG))
