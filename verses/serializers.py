"""The JSON of the verse routes."""

from typing import Any

from rest_framework import serializers

from verses.references import MOST_CHARACTERS
from verses.services import DEFAULT_TRANSLATION, Passage

WINDOWS = ["all", "day", "week", "month"]
MOST_TRANSLATION_CHARACTERS = 32


class PassageQuery(serializers.Serializer[Any]):
    """What to look up."""

    reference = serializers.CharField(max_length=MOST_CHARACTERS)
    translation = serializers.CharField(
        max_length=MOST_TRANSLATION_CHARACTERS, default=DEFAULT_TRANSLATION
    )

    def validate_translation(self, value: str) -> str:
        return value.lower()


class TopQuery(serializers.Serializer[Any]):
    """How many passages, and over what time."""

    n = serializers.IntegerField(min_value=1, max_value=100, default=10, source="number")
    window = serializers.ChoiceField(choices=WINDOWS, default="all")


class TranslationSerializer(serializers.Serializer[Any]):
    """The translation of a passage; the attribution must travel with the text."""

    id = serializers.CharField(source="identifier")
    name = serializers.CharField()
    language = serializers.CharField()
    license = serializers.CharField()
    attribution = serializers.CharField()


class VerseSerializer(serializers.Serializer[Any]):
    book_id = serializers.CharField()
    book_name = serializers.CharField()
    chapter = serializers.IntegerField()
    verse = serializers.IntegerField()
    text = serializers.CharField()


class PassageSerializer(serializers.Serializer[Passage]):
    reference = serializers.CharField()
    osis = serializers.CharField()
    translation = TranslationSerializer()
    text = serializers.CharField()
    verses = VerseSerializer(many=True)
    source = serializers.ChoiceField(  # type: ignore[assignment]  # the metaclass takes it away
        choices=["cache", "upstream", "embedded"]
    )
    freshness = serializers.ChoiceField(choices=["fresh", "stale", "offline"])
    fetched_at = serializers.DateTimeField(allow_null=True)
    request_count = serializers.IntegerField()


class RankedSerializer(serializers.Serializer[Any]):
    reference = serializers.CharField()
    translation = serializers.CharField()
    request_count = serializers.IntegerField()
    text = serializers.CharField()


class TopSerializer(serializers.Serializer[Any]):
    top = RankedSerializer(many=True)
