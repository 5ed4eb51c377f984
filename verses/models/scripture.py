"""Translations, and the chapters and verses cached of them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple, Self

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _


class ChapterKey(NamedTuple):
    """Identifies a chapter of a translation; `book` is a USFM id such as `JHN`."""

    translation: str
    book: str
    chapter: int


class Origin(models.TextChoices):
    """Source of a chapter's text."""

    UPSTREAM = "upstream", _("upstream")
    EMBEDDED = "embedded", _("embedded edition")
    NOT_FOUND = "absent", _("not available upstream")


class TranslationQuerySet(models.QuerySet["Translation"]):
    def with_cached_chapters(self) -> Self:
        """Annotate `cached_chapters`: the number of chapters in the table that have a text."""
        has_text = ~models.Q(chapter__origin=Origin.NOT_FOUND)
        return self.annotate(cached_chapters=models.Count("chapter", filter=has_text))


class Translation(models.Model):
    """A Bible translation: offered by upstream, embedded, or both."""

    identifier = models.CharField(_("identifier"), max_length=32, primary_key=True)
    name = models.CharField(_("name"), max_length=200)
    language = models.CharField(_("language tag"), max_length=16, help_text="BCP 47: en, es, pt")
    language_name = models.CharField(_("language"), max_length=64)
    language_code = models.CharField(_("upstream's language code"), max_length=16)
    license = models.CharField(_("licence"), max_length=100)
    attribution = models.TextField(_("attribution"), blank=True)
    is_upstream = models.BooleanField(_("fetched from upstream"), default=True)
    edition_digest = models.CharField(
        _("embedded edition"),
        max_length=64,
        blank=True,
        help_text=_("SHA-256 of the edition that was loaded; empty if none is embedded."),
    )

    objects = TranslationQuerySet.as_manager()

    class Meta:
        ordering = ["language_name", "name"]
        verbose_name = _("translation")
        verbose_name_plural = _("translations")

    def __str__(self) -> str:
        return self.name


class ChapterQuerySet(models.QuerySet["Chapter"]):
    def at(self, translation: str, book: str, number: int) -> Self:
        return self.filter(translation_id=translation, book=book, number=number)

    def with_text(self) -> Self:
        return self.exclude(origin=Origin.NOT_FOUND)

    def embedded(self, translation: str) -> Self:
        return self.filter(translation_id=translation, origin=Origin.EMBEDDED)

    @transaction.atomic
    def store(self, key: ChapterKey, verses: Mapping[int, str], fetched_at: datetime) -> "Chapter":
        """Create or replace a chapter fetched from upstream; no verses: it has no such chapter."""
        chapter, _created = self.update_or_create(
            translation_id=key.translation,
            book=key.book,
            number=key.chapter,
            defaults={
                "origin": Origin.UPSTREAM if verses else Origin.NOT_FOUND,
                "fetched_at": fetched_at,
            },
        )
        # The search index has triggers on verses, so a replaced chapter is found by its new text.
        chapter.verses.all().delete()
        Verse.objects.bulk_create(
            Verse(chapter=chapter, number=verse, text=text) for verse, text in verses.items()
        )
        return chapter

    def embed(
        self, translation: str, chapters: Iterable[tuple[str, int, Mapping[int, str]]]
    ) -> int:
        """Add an edition's chapters that are not in the table yet; return how many were added."""
        present = set(self.filter(translation_id=translation).values_list("book", "number"))
        texts = {(book, number): text for book, number, text in chapters}
        rows = self.bulk_create(
            Chapter(translation_id=translation, book=book, number=number, origin=Origin.EMBEDDED)
            for book, number in texts
            if (book, number) not in present
        )
        Verse.objects.bulk_create(
            (
                Verse(chapter=row, number=verse, text=text)
                for row in rows
                for verse, text in texts[row.book, row.number].items()
            ),
            batch_size=2000,
        )
        return len(rows)


class Chapter(models.Model):
    """The unit of the cache: one chapter of one translation, as it was last fetched or embedded."""

    translation = models.ForeignKey(
        Translation, on_delete=models.CASCADE, verbose_name=_("translation"), db_index=False
    )
    book = models.CharField(_("book"), max_length=3, help_text=_("USFM identifier, such as JHN"))
    number = models.PositiveSmallIntegerField(_("chapter"))
    origin = models.CharField(_("origin"), max_length=8, choices=Origin)
    fetched_at = models.DateTimeField(_("fetched"), null=True, blank=True)

    objects = ChapterQuerySet.as_manager()

    class Meta:
        verbose_name = _("chapter")
        verbose_name_plural = _("chapters")
        constraints = [
            models.UniqueConstraint(
                fields=["translation", "book", "number"], name="verses_chapter_held_once"
            ),
            models.CheckConstraint(
                condition=models.Q(number__gte=1), name="verses_chapter_number_from_1"
            ),
            models.CheckConstraint(
                condition=models.Q(origin__in=Origin.values), name="verses_chapter_origin_known"
            ),
            models.CheckConstraint(
                condition=models.Q(origin=Origin.EMBEDDED, fetched_at__isnull=True)
                | (~models.Q(origin=Origin.EMBEDDED) & models.Q(fetched_at__isnull=False)),
                name="verses_chapter_fetched_unless_embedded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.translation_id} {self.book} {self.number}"

    @property
    def key(self) -> ChapterKey:
        return ChapterKey(self.translation_id, self.book, self.number)


class Verse(models.Model):
    """One verse of a cached chapter; the full-text index is built on these rows."""

    chapter = models.ForeignKey(
        Chapter, on_delete=models.CASCADE, related_name="verses", db_index=False
    )
    number = models.PositiveSmallIntegerField(_("verse"))
    text = models.TextField(_("text"))

    class Meta:
        ordering = ["chapter", "number"]
        verbose_name = _("verse")
        verbose_name_plural = _("verses")
        constraints = [
            models.UniqueConstraint(fields=["chapter", "number"], name="verses_verse_once"),
            models.CheckConstraint(condition=~models.Q(text=""), name="verses_verse_has_text"),
        ]

    def __str__(self) -> str:
        return f"{self.number}. {self.text}"
