"""JSON of the verse routes: validation of input, representation of results."""

from typing import Any

from rest_framework import serializers

from verses.models import Translation
from verses.models.search import SearchHit
from verses.references import (
    BY_USFM,
    LANGUAGE_CODES,
    MAX_CHARACTERS,
    Book,
    FoundReference,
    book_name,
)
from verses.services.passages import DEFAULT_TRANSLATION, Passage, PassageVerse
from verses.services.random_verse import selected_books
from verses.services.search import MAX_SEARCH_CHARACTERS, highlight_html, plain_text
from verses.services.top import TopPassage
from verses.services.translations import is_embedded

WINDOWS = ["all", "day", "week", "month"]
MAX_REFERENCES = 100
MAX_TEXT_CHARACTERS = 20_000
MAX_TRANSLATIONS = 5


class TranslationField(serializers.CharField):
    """A translation identifier in any case; whether it is known is checked later."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=32, **options)

    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value(data).lower()


class TranslationQuery(serializers.Serializer[Any]):
    translation = TranslationField(default=DEFAULT_TRANSLATION)


class PassageQuery(TranslationQuery):
    """The reference to look up."""

    reference = serializers.CharField(max_length=MAX_CHARACTERS)


class BatchQuery(TranslationQuery):
    """Several passages of one translation."""

    references = serializers.ListField(
        child=serializers.CharField(allow_blank=True),
        allow_empty=False,
        max_length=MAX_REFERENCES,
    )


class ComparisonQuery(serializers.Serializer[Any]):
    """One passage in several translations."""

    reference = serializers.CharField(max_length=MAX_CHARACTERS)
    translations = serializers.CharField(
        max_length=200, help_text="Identifiers, separated by commas: kjv,web,rv1909"
    )

    def validate_translations(self, value: str) -> list[str]:
        named = list(dict.fromkeys(value.lower().split(",")))
        if len(named) > MAX_TRANSLATIONS:
            raise serializers.ValidationError(f"At most {MAX_TRANSLATIONS} translations.")
        return named


class TopQuery(serializers.Serializer[Any]):
    """Number of passages and time window."""

    n = serializers.IntegerField(min_value=1, max_value=100, default=10, source="limit")
    window = serializers.ChoiceField(choices=WINDOWS, default="all")


class RandomQuery(TranslationQuery):
    """The books to draw a verse from."""

    books = serializers.CharField(
        max_length=300, required=False, help_text="OT, NT, or USFM ids: PSA,JHN"
    )

    def validate_books(self, value: str) -> tuple[Book, ...]:
        try:
            return selected_books(value)
        except ValueError as error:
            raise serializers.ValidationError(
                f"Use OT, NT or USFM ids such as PSA,JHN; “{error}” is invalid."
            ) from error


class DailyQuery(TranslationQuery):
    """The date (UTC); default: today."""

    date = serializers.DateField(required=False, source="day")


class SearchQuery(TranslationQuery):
    """Words to search for."""

    q = serializers.CharField(max_length=MAX_SEARCH_CHARACTERS, source="words")


class TextQuery(serializers.Serializer[Any]):
    """A text to find references in."""

    text = serializers.CharField(max_length=MAX_TEXT_CHARACTERS, trim_whitespace=False)
    language = serializers.ChoiceField(
        choices=LANGUAGE_CODES,
        required=False,
        help_text="Language of the text and of the names; default: that of the request",
    )


class FoundReferenceSerializer(serializers.Serializer[Any]):
    """A reference in a text; `start` and `end` count Unicode code points."""

    start = serializers.IntegerField()
    end = serializers.IntegerField()
    text = serializers.CharField()
    osis = serializers.CharField()
    reference = serializers.CharField(help_text="Name in the language")
    confidence = serializers.FloatField(min_value=0, max_value=1)

    def to_representation(self, found: FoundReference) -> dict[str, Any]:
        """Build the fields above by hand, for hundreds of references."""
        return {
            "start": found.start,
            "end": found.end,
            "text": self.context["text"][found.start : found.end],
            "osis": found.reference.osis,
            "reference": found.reference.format(self.context["language"]),
            "confidence": found.confidence,
        }


class FoundReferencesSerializer(serializers.Serializer[Any]):
    references = FoundReferenceSerializer(many=True)


class TranslationSerializer(serializers.Serializer[Any]):
    """The translation of a passage, with the attribution that some licences require."""

    id = serializers.CharField(source="identifier")
    name = serializers.CharField()
    language = serializers.CharField(help_text="BCP 47 tag")
    license = serializers.CharField()
    attribution = serializers.CharField()


class ListedTranslationSerializer(TranslationSerializer):
    embedded = serializers.SerializerMethodField()

    def get_embedded(self, translation: Translation) -> bool:
        return is_embedded(translation)


class BookSerializer(serializers.Serializer[Any]):
    id = serializers.CharField(help_text="USFM identifier")
    name = serializers.CharField()
    chapters = serializers.IntegerField()
    verses = serializers.IntegerField()


class VerseSerializer(serializers.Serializer[Any]):
    book_id = serializers.CharField()
    book_name = serializers.CharField()
    chapter = serializers.IntegerField()
    verse = serializers.IntegerField()
    text = serializers.CharField()


class PassageSerializer(serializers.Serializer[Any]):
    reference = serializers.CharField()
    osis = serializers.CharField()
    translation = TranslationSerializer()
    text = serializers.CharField()
    verses = VerseSerializer(many=True)
    source = serializers.ChoiceField(  # type: ignore[assignment]  # DRF's metaclass removes it
        choices=["cache", "upstream", "embedded"]
    )
    freshness = serializers.ChoiceField(choices=["fresh", "stale", "offline"])
    fetched_at = serializers.DateTimeField(allow_null=True)
    request_count = serializers.IntegerField()

    def to_representation(self, passage: Passage) -> dict[str, Any]:
        """Build the fields above by hand: DRF's field by field took half of a warm request."""
        fetched_at = passage.fetched_at
        return {
            "reference": passage.name,
            "osis": passage.osis,
            "translation": _translation_json(passage.translation),
            "text": passage.text,
            "verses": [_verse_json(verse) for verse in passage.verses],
            "source": passage.source,
            "freshness": passage.freshness,
            "fetched_at": fetched_at and fetched_at.isoformat().replace("+00:00", "Z"),
            "request_count": passage.request_count,
        }


def _translation_json(translation: Translation) -> dict[str, str]:
    return {
        "id": translation.identifier,
        "name": translation.name,
        "language": translation.language,
        "license": translation.license,
        "attribution": translation.attribution,
    }


def _verse_json(verse: PassageVerse) -> dict[str, Any]:
    return {
        "book_id": verse.book_id,
        "book_name": verse.book_name,
        "chapter": verse.chapter,
        "verse": verse.verse,
        "text": verse.text,
    }


class TopPassageSerializer(serializers.Serializer[Any]):
    reference = serializers.CharField()
    translation = serializers.CharField()
    request_count = serializers.IntegerField()
    text = serializers.CharField()

    def to_representation(self, passage: TopPassage) -> dict[str, Any]:
        """Build the fields above by hand, for up to a hundred passages."""
        return {
            "reference": passage.reference,
            "translation": passage.translation,
            "request_count": passage.request_count,
            "text": passage.text,
        }


class TopSerializer(serializers.Serializer[Any]):
    top = TopPassageSerializer(many=True)


class SearchHitSerializer(serializers.Serializer[Any]):
    """A matching verse; `highlighted` is HTML with `<mark>` around the matching words."""

    reference = serializers.SerializerMethodField()
    osis = serializers.SerializerMethodField()
    book_id = serializers.CharField(source="book")
    book_name = serializers.SerializerMethodField()
    chapter = serializers.IntegerField()
    verse = serializers.IntegerField()
    text = serializers.SerializerMethodField()
    highlighted = serializers.SerializerMethodField()

    def get_reference(self, hit: SearchHit) -> str:
        return f"{self.get_book_name(hit)} {hit.chapter}:{hit.verse}"

    def get_osis(self, hit: SearchHit) -> str:
        return f"{BY_USFM[hit.book].osis}.{hit.chapter}.{hit.verse}"

    def get_book_name(self, hit: SearchHit) -> str:
        return book_name(hit.book, self.context["language"])

    def get_text(self, hit: SearchHit) -> str:
        return plain_text(hit)

    def get_highlighted(self, hit: SearchHit) -> str:
        return highlight_html(hit)
