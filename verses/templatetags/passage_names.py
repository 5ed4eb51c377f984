"""Template filter for the names of passages."""

import re

from django import template

register = template.Library()

_CHAPTER_OF_PSALMS = re.compile(r"\b(Psalm|Salmo)s(?= \d+(?![-;\d]))")


@register.filter
def passage_name(reference: str) -> str:
    """Name one psalm in the singular: Psalm 23, and Psalms for the book or for several."""
    return _CHAPTER_OF_PSALMS.sub(r"\1", reference)
