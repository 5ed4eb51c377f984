from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

MAX_PLACES = 50_000  # rows of all maps together; the oldest are deleted
MAX_PLACE_LENGTH = 200  # characters


class LocatedPlaceQuerySet(models.QuerySet["LocatedPlace"]):
    def of_zones(self, digest: str) -> list[tuple[str, str, str]]:
        """Return place, zone and state of each cached place of the map with this digest."""
        known = self.filter(zones_sha256=digest).order_by("pk")
        return list(known.values_list("place", "zone", "state"))

    def store(self, digest: str, found: Iterable[tuple[str, str, str]]) -> None:
        """Cache place, zone and state for the map with this digest; evict the oldest rows."""
        # Two workers may locate the same place at the same time.
        self.bulk_create(
            (
                LocatedPlace(zones_sha256=digest, place=place, zone=zone, state=state)
                for place, zone, state in found
            ),
            batch_size=1000,
            ignore_conflicts=True,
        )
        newest = self.order_by("-pk").values_list("pk", flat=True)
        for oldest in newest[MAX_PLACES : MAX_PLACES + 1]:
            self.filter(pk__lte=oldest).delete()


class LocatedPlace(models.Model):
    """Cached zone of a coordinate; the key is the digest of the map and the coordinate."""

    class State(models.TextChoices):
        """States of churn.ml.records.zones; malformed places are not cached."""

        FOUND = "found", _("in a zone")
        SWAPPED = "swapped", _("in a zone, axes swapped")
        OUTSIDE = "outside", _("in no zone")

    zones_sha256 = models.CharField(_("SHA-256 of the zones"), max_length=64)
    place = models.CharField(_("coordinate"), max_length=MAX_PLACE_LENGTH)
    zone = models.TextField(_("zone"))
    state = models.CharField(_("state"), max_length=10, choices=State)

    objects = LocatedPlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("located place")
        verbose_name_plural = _("located places")
        constraints = [
            models.UniqueConstraint(
                name="churn_locatedplace_found_once", fields=["zones_sha256", "place"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place}: {self.zone}"
