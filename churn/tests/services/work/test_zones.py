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
    """Ask as the next file does, which knows only what the database holds."""
    answer = CachedZoneFinder(zones).locate(pl.Series(places, dtype=pl.String))
    return answer.select(ZONE, STATE).rows()


@pytest.fixture
def zones(tmp_path: Path) -> ZoneMap:
    return read_zones(write_file(tmp_path, ZONES))


def test_a_place_is_told_by_the_map_at_first_and_then_by_the_database(zones: ZoneMap) -> None:
    assert located(zones, NORTH) == [("norte", "found")]
    LocatedPlace.objects.update(zone="as remembered")

    assert located(zones, NORTH) == [("as remembered", "found")]


def test_known_and_new_places_come_back_in_the_order_asked_for(zones: ZoneMap) -> None:
    located(zones, SOUTH)

    assert located(zones, AT_SEA, None, SOUTH, NORTH) == [
        ("desconocida", "outside"),
        ("desconocida", "malformed"),
        ("sur", "found"),
        ("norte", "found"),
    ]


def test_zones_with_other_corners_do_not_meet_the_answers_of_these(
    zones: ZoneMap, tmp_path: Path
) -> None:
    located(zones, NORTH)
    renamed = read_zones(write_file(tmp_path, ZONES.replace("norte", "boreal")))

    assert located(renamed, NORTH) == [("boreal", "found")]
    assert LocatedPlace.objects.count() == 2


def test_what_is_no_coordinate_is_not_kept(zones: ZoneMap) -> None:
    located(zones, "N/D", "", None, '{"latitud": -57.55', NORTH + " " * 200)

    assert not LocatedPlace.objects.exists()


def test_a_place_is_not_kept_where_only_many_together_tell_their_axes() -> None:
    diagonal = build_zone_map([("diagonal", [(5.0, 5.0), (9.0, 5.0), (9.0, 6.0), (5.0, 6.0)])])
    places = pl.Series(['{"lat": 5.5, "lon": 8.0}'])

    finder = CachedZoneFinder(diagonal).resolve_axis_order(lambda: places)

    assert finder.locate(places)[ZONE].to_list() == ["diagonal"]
    assert not LocatedPlace.objects.exists()


def test_places_as_many_as_customers_are_not_kept(
    zones: ZoneMap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("churn.services.work.zones.MAX_CACHED_PLACES", 1)

    assert len(located(zones, NORTH, SOUTH)) == 2

    assert not LocatedPlace.objects.exists()


def test_the_oldest_places_make_room_for_the_newest(
    zones: ZoneMap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("churn.models.places.MAX_PLACES", 2)

    for place in (NORTH, SOUTH, AT_SEA):
        located(zones, place)

    assert list(LocatedPlace.objects.order_by("pk").values_list("place", flat=True)) == [
        SOUTH,
        AT_SEA,
    ]


def test_without_a_file_there_are_no_zones() -> None:
    assert open_zones(None) is None


def test_a_zones_file_that_cannot_be_read_is_told_from_the_data(tmp_path: Path) -> None:
    with pytest.raises(FileUnreadable, match=r"The zones file: .*a PNG picture"):
        open_zones(write_file(tmp_path, PNG))
