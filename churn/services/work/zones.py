"""Caches in the database which zone a coordinate lies in."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
from django.utils.translation import gettext_noop as _

from churn.exceptions import FileUnreadable
from churn.ml.i18n.messages import Message
from churn.ml.records import MALFORMED, PLACE, STATE, ZONE, ZoneFinder, ZoneMap, read_zones
from churn.models import LocatedPlace
from churn.models.places import MAX_PLACE_LENGTH

# Places cached for one map. Branches are hundreds; if each customer has a place of their own, the
# geometry is faster than the database.
MAX_CACHED_PLACES = 5_000

_SCHEMA = {PLACE: pl.String, ZONE: pl.String, STATE: pl.String}


class CachedZoneFinder:
    """A ZoneFinder that caches results across files and processes.

    The key is the digest of the zones' names and corners, and the coordinate as it is written, so
    results never mix with those of another map.
    """

    def __init__(self, zones: ZoneMap) -> None:
        self.names = zones.names
        self._zones = zones
        self._cached: pl.DataFrame | None = None

    def locate(self, places: pl.Series) -> pl.DataFrame:
        """Return the zone and state of distinct coordinates, as `ZoneMap.locate` does."""
        cached = self._load()
        is_cached = places.is_in(cached[PLACE].implode()).fill_null(value=False)
        located = self._zones.locate(places.filter(~is_cached))
        self._store(cached, located)
        return pl.DataFrame({PLACE: places}).join(
            pl.concat([cached, located]),
            on=PLACE,
            how="left",
            nulls_equal=True,
            maintain_order="left",
        )

    def resolve_axis_order(self, places: Callable[[], pl.Series]) -> ZoneFinder:
        """Return this finder, or the map alone if the axis order depends on the other places."""
        return self._zones.resolve_axis_order(places) if self._zones.axes_ambiguous else self

    def _load(self) -> pl.DataFrame:
        if self._cached is None:
            rows = LocatedPlace.objects.of_zones(self._zones.digest)
            self._cached = pl.DataFrame(rows, schema=_SCHEMA, orient="row")
        return self._cached

    def _store(self, cached: pl.DataFrame, located: pl.DataFrame) -> None:
        is_short = pl.col(PLACE).str.len_chars() <= MAX_PLACE_LENGTH
        new = located.filter((pl.col(STATE) != MALFORMED) & is_short)
        if new.is_empty() or cached.height + new.height > MAX_CACHED_PLACES:
            return
        LocatedPlace.objects.store(self._zones.digest, new.rows())
        self._cached = pl.concat([cached, new])


def open_zones(path: Path | None) -> CachedZoneFinder | None:
    """Read a zones file, if there is one; errors as in `read_zones`."""
    if path is None:
        return None
    try:
        return CachedZoneFinder(read_zones(path))
    except FileUnreadable as error:  # the user uploaded two files and must know which one
        reason = Message.of(error.msgid, **error.values)
        raise FileUnreadable(_("Zones file: {reason}"), reason=reason) from error
