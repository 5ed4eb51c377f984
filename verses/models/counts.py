"""Request counts of passages: in total and by day."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TypeVar

from django.db import connections, models
from django.utils.translation import gettext_lazy as _

from verses.models.scripture import Translation

T = TypeVar("T")

# Rows of one statement: 1,500 parameters, far below the limits of both databases.
_BATCH = 500

# The ORM has no upsert that adds to an existing value. SQLite and PostgreSQL share this syntax.
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
    """Yield the rows in batches of at most `size`."""
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def _placeholders(rows: Sequence[object]) -> str:
    return ",".join(["(%s, %s, %s)"] * len(rows))


class PassageCountQuerySet(models.QuerySet["PassageCount"]):
    def add(
        self, requests: Mapping[tuple[str, str], int]
    ) -> dict[tuple[str, str], tuple[int, int]]:
        """Add requests by (translation, OSIS key), in one atomic statement per batch.

        Returns the primary key and the new total of each passage.
        """
        # In one order always, so that two hosts that add at the same time do not deadlock.
        rows = [(*passage, requests[passage]) for passage in sorted(requests)]
        added = {}
        with connections[self.db].cursor() as cursor:
            for batch in batched(rows, _BATCH):
                cursor.execute(
                    _ADD_REQUESTS % _placeholders(batch), [cell for row in batch for cell in row]
                )
                for pk, translation, osis, total in cursor.fetchall():
                    added[translation, osis] = (pk, total)
        return added

    def total_requests(self) -> int:
        """Return the requests of all passages."""
        return int(self.aggregate(sum=models.Sum("total"))["sum"] or 0)

    def top(self, limit: int) -> list[tuple[str, str, int]]:
        """Return (translation, OSIS key, requests) of the most requested passages."""
        ordered = self.order_by("-total", "osis", "translation_id")
        return list(ordered.values_list("translation_id", "osis", "total")[:limit])

    def top_since(self, day: date, limit: int) -> list[tuple[str, str, int]]:
        """Return the same as `top`, for the requests on `day` and later."""
        recent = self.filter(days__day__gte=day).annotate(requests=models.Sum("days__count"))
        ordered = recent.order_by("-requests", "osis", "translation_id")
        return list(ordered.values_list("translation_id", "osis", "requests")[:limit])


class PassageCount(models.Model):
    """Total requests of one passage in one translation; `osis` is its canonical key."""

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
        """Add requests of a day, by primary key of their PassageCount."""
        rows = [(passage, day, requests[passage]) for passage in sorted(requests)]
        with connections[self.db].cursor() as cursor:
            for batch in batched(rows, _BATCH):
                cursor.execute(
                    _ADD_TO_DAY % _placeholders(batch), [cell for row in batch for cell in row]
                )

    def count_on(self, day: date) -> int:
        """Return the requests of all passages on one day."""
        return int(self.filter(day=day).aggregate(sum=models.Sum("count"))["sum"] or 0)


class DailyCount(models.Model):
    """Requests of one passage on one day (UTC); days past the longest window are deleted."""

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


class CounterDatabase(models.Model):
    """Identifies this database, so that no other database's count files are flushed into it.

    A database that is created again has another identifier, and starts at zero.
    """

    identifier = models.UUIDField(default=uuid.uuid4, editable=False)

    class Meta:
        db_table = "verses_countstore"  # the name in earlier releases
        verbose_name = _("counter database")
        verbose_name_plural = _("counter databases")
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="verses_countstore_one_row"),
        ]

    def __str__(self) -> str:
        return self.identifier.hex


class CounterOffsets(models.Model):
    """The part of a shared count file that has been flushed into the tables.

    `flushed` has one unsigned 64-bit number per record of the file, in the file's order. It is
    written in the transaction that adds the counts, so no count is added twice or lost.
    """

    identifier = models.CharField(max_length=32, primary_key=True)
    directory = models.CharField(max_length=32, db_index=True)
    flushed = models.BinaryField(default=bytes, db_column="folded")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "verses_countfile"  # the name in earlier releases
        verbose_name = _("counter offsets")
        verbose_name_plural = _("counter offsets")

    def __str__(self) -> str:
        return self.identifier
