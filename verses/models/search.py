"""Full-text search over the verses in the table: FTS5 on SQLite, tsvector on PostgreSQL.

Migration 0002 creates the indexes and the triggers that update them.
"""

import re
from dataclasses import dataclass

from django.db import connection

# Markers around each matching word: control characters, which no stored text contains.
HIGHLIGHT_START, HIGHLIGHT_END = "\x02", "\x03"
# Bounds the cost of a query; further words are ignored.
MAX_TERMS = 12

_TERM = re.compile(r'(-?)(?:"([^"]*)"|(\S+))')

# The index has no copy of the text, so a hit is joined to its verse by row id.
_FTS5_FROM = """
FROM verses_search
JOIN verses_verse verse ON verse.id = verses_search.rowid
JOIN verses_chapter chapter ON chapter.id = verse.chapter_id
WHERE verses_search MATCH %(words)s AND chapter.translation_id = %(translation)s
"""
# LATERAL: the configuration, with its stemming, depends on the language of the translation.
_TSVECTOR_FROM = """
FROM verses_verse verse
JOIN verses_chapter chapter ON chapter.id = verse.chapter_id
JOIN verses_translation translation ON translation.identifier = chapter.translation_id,
LATERAL (SELECT verses_search_config(translation.language)) language (config),
LATERAL (SELECT websearch_to_tsquery(language.config, %(words)s)) wanted (query)
WHERE verse.search @@ wanted.query AND chapter.translation_id = %(translation)s
"""
_COUNT = {
    "sqlite": "SELECT COUNT(*)" + _FTS5_FROM,
    "postgresql": "SELECT COUNT(*)" + _TSVECTOR_FROM,
}
_HITS = {
    "sqlite": (
        "SELECT chapter.book, chapter.number, verse.number,"
        " highlight(verses_search, 0, char(2), char(3))"
        + _FTS5_FROM
        + "ORDER BY verses_search.rank, verse.id LIMIT %(limit)s OFFSET %(start)s"
    ),
    # ts_headline is slow, so only the rows of the page are highlighted, in the outer query.
    "postgresql": (
        "SELECT book, chapter, number, ts_headline(config, text, query,"  # noqa: S608  no input in it
        " format('HighlightAll=true, StartSel=%%s, StopSel=%%s', chr(2), chr(3)))"
        " FROM (SELECT chapter.book, chapter.number AS chapter, verse.number, verse.text, verse.id,"
        " language.config, wanted.query, ts_rank_cd(verse.search, wanted.query) AS closeness"
        + _TSVECTOR_FROM
        + "ORDER BY closeness DESC, verse.id LIMIT %(limit)s OFFSET %(start)s) hits"
        " ORDER BY closeness DESC, id"
    ),
}


@dataclass(frozen=True, slots=True)
class SearchHit:
    """A matching verse; `highlighted_text` has markers around the matching words."""

    book: str
    chapter: int
    verse: int
    highlighted_text: str


@dataclass(frozen=True, slots=True)
class VerseSearch:
    """The verses of one translation that contain all the words, best match first.

    Words in quotes match as a phrase; a word after a minus is excluded. It is a sequence for
    Django's paginator: `count()`, and slices that query only their part.
    """

    words: str
    translation: str

    def count(self) -> int:
        if not self._has_required_word():
            return 0
        with connection.cursor() as cursor:
            cursor.execute(_COUNT[connection.vendor], self._parameters())
            return int(cursor.fetchone()[0])

    def __getitem__(self, span: slice) -> list[SearchHit]:
        if not self._has_required_word():
            return []
        start = span.start or 0
        parameters = self._parameters() | {"limit": span.stop - start, "start": start}
        with connection.cursor() as cursor:
            cursor.execute(_HITS[connection.vendor], parameters)
            return [SearchHit(*row) for row in cursor.fetchall()]

    def _parameters(self) -> dict[str, str | int]:
        to_query = _to_fts5 if connection.vendor == "sqlite" else _to_websearch
        return {"words": to_query(self.words), "translation": self.translation}

    def _has_required_word(self) -> bool:
        return any(not is_excluded for is_excluded, _term in _parse_terms(self.words))


def _parse_terms(words: str) -> list[tuple[bool, str]]:
    """Return (is_excluded, term) of each word or phrase."""
    cut = _TERM.findall(words.replace("\0", " "))  # NUL is an error in both databases
    found = ((minus == "-", phrase or word) for minus, phrase, word in cut[:MAX_TERMS])
    return [(is_excluded, term) for is_excluded, term in found if any(map(str.isalnum, term))]


def _to_fts5(words: str) -> str:
    """Return a query of FTS5 in which every term is quoted, so that no input is syntax."""
    terms = _parse_terms(words)
    required = " AND ".join(_quote(term) for is_excluded, term in terms if not is_excluded)
    excluded = "".join(f" NOT {_quote(term)}" for is_excluded, term in terms if is_excluded)
    return f"({required}){excluded}"


def _to_websearch(words: str) -> str:
    """Return a query of websearch_to_tsquery; quoted, since a bare `or` would be an operator."""
    return " ".join("-" * is_excluded + _quote(term) for is_excluded, term in _parse_terms(words))


def _quote(term: str) -> str:
    return '"{}"'.format(term.replace('"', ""))
