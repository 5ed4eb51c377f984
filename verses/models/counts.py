"""How often each passage was asked for, in all and by day."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TypeVar

from django.db import connections, models
from django.utils.translation import gettext_lazy as _

from verses.models.scripture import Translation

T = TypeVar("T")

_BATCH = 500

# The ORM has no upsert that adds to what is there. Both databases understand this one.
_ADD_REQUESTS = """
INSERT INTO verses_passagecount (translation_id, osis, total) VALUES %s
ON CONFLICT (translation_id, osis)
DO UPDATE SET total = verses_passagecount.total + excluded.total
RETURNING id, translation_id, osis, total
"""
_ADD_TO_DAY = """
INSERT INTO verses_dailycount (passage_id, day, count) VALUES %s
ON CONFLICT (passage_id, day) DO UPDATE SET count = verses_dailycount.count + excluded.count
"""


def batched(rows: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """Yield the rows in stretches of at most `size`."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _places(rows: Sequence[object]) -> str:
    return ",".join(["(%s, %s, %s)"] * len(rows))


class PassageCountQuerySet(models.QuerySet["PassageCount"]):
    def add(
        self, requests: Mapping[tuple[str, str], int]
    ) -> dict[tuple[str, str], tuple[int, int]]:
        """Add requests by (translation, OSIS key) in one atomic statement a batch.

        Returns each passage's primary key and its new total. The order of the rows is always the
        same, so that two hosts that add at once do not wait for each other in a circle.
        """
        rows = [(*passage, requests[passage]) for passage in sorted(requests)]
        added = {}
        with connections[self.db].cursor() as cursor:
            for batch in batched(rows, _BATCH):
                cursor.execute(
                    _ADD_REQUESTS % _places(batch), [cell for row in batch for cell in row]
                )
                for pk, translation, osis, total in cursor.fetchall():
                    added[translation, osis] = (pk, total)
        return added

    def requests(self) -> int:
        """Return all requests of all passages."""
        return int(self.aggregate(sum=models.Sum("total"))["sum"] or 0)

    def most_asked(self, number: int) -> list[tuple[str, str, int]]:
        """Return translation, OSIS key and all requests of the passages most asked for."""
        ordered = self.order_by("-total", "osis", "translation_id")
        return list(ordered.values_list("translation_id", "osis", "total")[:number])

    def most_asked_since(self, day: date, number: int) -> list[tuple[str, str, int]]:
        """Return the same for the requests on `day` and later."""
        recent = self.filter(days__day__gte=day).annotate(asked=models.Sum("days__count"))
        ordered = recent.order_by("-asked", "osis", "translation_id")
        return list(ordered.values_list("translation_id", "osis", "asked")[:number])


class PassageCount(models.Model):
    """All requests of one passage in one translation; `osis` is its canonical key."""

    translation = models.ForeignKey(
        Translation, on_delete=models.CASCADE, verbose_name=_("translation"), db_index=False
    )
    osis = models.CharField(_("passage"), max_length=1000)
    total = models.PositiveBigIntegerField(_("requests"))

    objects = PassageCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("passage count")
        verbose_name_plural = _("passage counts")
        constraints = [
            models.UniqueConstraint(
                fields=["translation", "osis"], name="verses_passagecount_passage_once"
            ),
        ]
        indexes = [models.Index(fields=["-total", "osis"], name="verses_passagecount_top")]

    def __str__(self) -> str:
        return f"{self.osis} ({self.translation_id})"


class DailyCountQuerySet(models.QuerySet["DailyCount"]):
    def add(self, day: date, requests: Mapping[int, int]) -> None:
        """Add a day's requests by the primary key of their PassageCount."""
        rows = [(passage, day, requests[passage]) for passage in sorted(requests)]
        with connections[self.db].cursor() as cursor:
            for batch in batched(rows, _BATCH):
                cursor.execute(
                    _ADD_TO_DAY % _places(batch), [cell for row in batch for cell in row]
                )

    def requests_on(self, day: date) -> int:
        """Return the requests of all passages on one day."""
        return int(self.filter(day=day).aggregate(sum=models.Sum("count"))["sum"] or 0)


class DailyCount(models.Model):
    """The requests of one passage on one day (UTC); days past the longest window are dropped."""

    passage = models.ForeignKey(
        PassageCount, on_delete=models.CASCADE, related_name="days", db_index=False
    )
    day = models.DateField(_("day"), db_index=True)
    count = models.PositiveBigIntegerField(_("requests"))

    objects = DailyCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("daily count")
        verbose_name_plural = _("daily counts")
        constraints = [
            models.UniqueConstraint(fields=["passage", "day"], name="verses_dailycount_day_once"),
        ]

    def __str__(self) -> str:
        return f"{self.day}: {self.count}"


class CountStore(models.Model):
    """Names this database, so that count files are never folded into another one.

    A database made anew under an old name has another identifier, and begins at zero.
    """

    identifier = models.UUIDField(default=uuid.uuid4, editable=False)

    class Meta:
        verbose_name = _("count store")
        verbose_name_plural = _("count stores")
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="verses_countstore_one_row"),
        ]

    def __str__(self) -> str:
        return self.identifier.hex


class CountFile(models.Model):
    """High-water mark of a shared count file: what of it is in the tables already.

    `folded` holds one unsigned 64-bit number per record of the file, in the file's order. It is
    written in the transaction that adds the counts, so nothing is ever added twice or forgotten.
    """

    identifier = models.CharField(max_length=32, primary_key=True)
    directory = models.CharField(max_length=32, db_index=True)
    folded = models.BinaryField(default=bytes)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("count file")
        verbose_name_plural = _("count files")

    def __str__(self) -> str:
        return self.identifier
