"""Zones whose coordinates are looked for once: found again by their content in the database."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from churn.exceptions import FileUnreadable
from churn.ml.records import MALFORMED, PLACE, STATE, ZONE, ZoneFinder, ZoneMap, read_zones
from churn.models import LocatedPlace
from churn.models.places import MAX_PLACE_LENGTH
from churn.services.wording import sentence

MAX_OF_ZONES = 5_000
"""Places kept of one map. Branches are hundreds; where every customer has a place of their own,
the map is quicker than the database."""

_FOUND = {PLACE: pl.String, ZONE: pl.String, STATE: pl.String}


class CachedZoneFinder:
    """A ZoneFinder that remembers, across files and processes, where coordinates lie.

    The key is the digest of the zones' names and corners with the coordinate as it is written, so
    other zones, or another file of the same length, never meet these answers.
    """

    def __init__(self, zones: ZoneMap) -> None:
        self.names = zones.names
        self._zones = zones
        self._known: pl.DataFrame | None = None

    def locate(self, places: pl.Series) -> pl.DataFrame:
        """Find the zones of distinct coordinates, as `ZoneMap.locate` does."""
        known = self._remembered()
        is_known = places.is_in(known[PLACE].implode()).fill_null(value=False)
        found = self._zones.locate(places.filter(~is_known))
        self._remember(known, found)
        return pl.DataFrame({PLACE: places}).join(
            pl.concat([known, found]), on=PLACE, how="left", nulls_equal=True, maintain_order="left"
        )

    def resolve_axis_order(self, places: Callable[[], pl.Series]) -> ZoneFinder:
        """Return itself, or the map alone where a place does not tell its axes by itself."""
        return self._zones.resolve_axis_order(places) if self._zones.axes_ambiguous else self

    def _remembered(self) -> pl.DataFrame:
        if self._known is None:
            rows = LocatedPlace.objects.of_zones(self._zones.digest)
            self._known = pl.DataFrame(rows, schema=_FOUND, orient="row")
        return self._known

    def _remember(self, known: pl.DataFrame, found: pl.DataFrame) -> None:
        short = pl.col(PLACE).str.len_chars() <= MAX_PLACE_LENGTH
        news = found.filter((pl.col(STATE) != MALFORMED) & short)
        if news.is_empty() or known.height + news.height > MAX_OF_ZONES:
            return
        LocatedPlace.objects.remember(self._zones.digest, news.rows())
        self._known = pl.concat([known, news])


def open_zones(path: Path | None) -> CachedZoneFinder | None:
    """Read a file of zones, if there is one; errors as of `read_zones`."""
    if path is None:
        return None
    try:
        return CachedZoneFinder(read_zones(path))
    except FileUnreadable as error:  # of two files, the reader must know which
        why = sentence(error, get_language())
        raise FileUnreadable(_("Zones file: %s") % why) from error
