"""Full-text search over the verses held: FTS5 on SQLite, tsvector on PostgreSQL.

The indexes and the triggers that keep them are made by migration 0002.
"""

import re
from dataclasses import dataclass

from django.db import connection

MATCH_START, MATCH_END = "\x02", "\x03"
"""Around each word found; no text holds these characters."""
MAX_TERMS = 12

_TERM = re.compile(r'(-?)(?:"([^"]*)"|(\S+))')

_FTS5_FROM = """
FROM verses_search
JOIN verses_verse verse ON verse.id = verses_search.rowid
JOIN verses_chapter chapter ON chapter.id = verse.chapter_id
WHERE verses_search MATCH %(words)s AND chapter.translation_id = %(translation)s
"""
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
        + "ORDER BY verses_search.rank, verse.id LIMIT %(most)s OFFSET %(start)s"
    ),
    "postgresql": (
        "SELECT book, chapter, number, ts_headline(config, text, query,"  # noqa: S608  no input in it
        " format('HighlightAll=true, StartSel=%%s, StopSel=%%s', chr(2), chr(3)))"
        " FROM (SELECT chapter.book, chapter.number AS chapter, verse.number, verse.text, verse.id,"
        " language.config, wanted.query, ts_rank_cd(verse.search, wanted.query) AS closeness"
        + _TSVECTOR_FROM
        + "ORDER BY closeness DESC, verse.id LIMIT %(most)s OFFSET %(start)s) hits"
        " ORDER BY closeness DESC, id"
    ),
}


@dataclass(frozen=True, slots=True)
class Hit:
    """A verse found; `marked` is its text with the words found between the match signs."""

    book: str
    chapter: int
    verse: int
    marked: str


@dataclass(frozen=True, slots=True)
class VerseSearch:
    """The verses of one translation that have all the words, best first.

    Words in quotes stand together in the text; a word after a minus does not occur. Behaves as the
    sequence that Django's paginator wants.
    """

    words: str
    translation: str

    def count(self) -> int:
        if not self._has_wanted_word():
            return 0
        with connection.cursor() as cursor:
            cursor.execute(_COUNT[connection.vendor], self._parameters())
            return int(cursor.fetchone()[0])

    def __getitem__(self, span: slice) -> list[Hit]:
        if not self._has_wanted_word():
            return []
        start = span.start or 0
        parameters = self._parameters() | {"most": span.stop - start, "start": start}
        with connection.cursor() as cursor:
            cursor.execute(_HITS[connection.vendor], parameters)
            return [Hit(*row) for row in cursor.fetchall()]

    def _parameters(self) -> dict[str, str | int]:
        write = _fts5 if connection.vendor == "sqlite" else _websearch
        return {"words": write(self.words), "translation": self.translation}

    def _has_wanted_word(self) -> bool:
        return any(not unwanted for unwanted, _term in _terms(self.words))


def _terms(words: str) -> list[tuple[bool, str]]:
    """Return each term with whether it is unwanted."""
    cut = _TERM.findall(words.replace("\0", " "))  # no database takes a text with NUL
    found = ((minus == "-", phrase or word) for minus, phrase, word in cut[:MAX_TERMS])
    return [(unwanted, term) for unwanted, term in found if any(map(str.isalnum, term))]


def _fts5(words: str) -> str:
    """Write the words as a query of FTS5 in which nothing but quotes has a meaning."""
    terms = _terms(words)
    wanted = " AND ".join(_quoted(term) for unwanted, term in terms if not unwanted)
    without = "".join(f" NOT {_quoted(term)}" for unwanted, term in terms if unwanted)
    return f"({wanted}){without}"


def _websearch(words: str) -> str:
    """Write the words as a query of websearch_to_tsquery, to which a bare `or` is an operator."""
    return " ".join("-" * unwanted + _quoted(term) for unwanted, term in _terms(words))


def _quoted(term: str) -> str:
    return '"{}"'.format(term.replace('"', ""))
