"""Reads the embedded editions.

Each is a gzipped TSV file of USFM book id, chapter, verse and text in canonical order, made from
Debian's SWORD modules; all three are in the public domain.
"""

import gzip
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_DIRECTORY = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Edition:
    """Metadata of an embedded text: BCP 47 language tag, SHA-256 digest of the file."""

    identifier: str
    name: str
    language: str
    language_name: str
    language_code: str
    digest: str
    is_upstream: bool
    license: str = "Public Domain"

    @property
    def path(self) -> Path:
        return _DIRECTORY / f"{self.identifier}.tsv.gz"


EDITIONS: Mapping[str, Edition] = {
    edition.identifier: edition
    for edition in (
        Edition(
            "kjv",
            "King James Version",
            "en",
            "English",
            "eng",
            "9c42f8c1297aad75d121a40fe237ff7eed1000cf2873952bf4667dccbb6d7ecd",
            is_upstream=True,
        ),
        Edition(
            "web",
            "World English Bible",
            "en",
            "English",
            "eng",
            "201a1665035e69cd5410e5c94c5a970802fe9346d8db6772bb1073dabf68e472",
            is_upstream=True,
        ),
        Edition(
            "rv1909",
            "Reina-Valera 1909",
            "es",
            "Spanish",
            "spa",
            "e54ec29a0b2a45c6632c1f711be89d901f4f86be669cc03bfb5c15fac3d0f75a",
            is_upstream=False,
        ),
    )
}


class Text:
    """An opened edition: the unpacked file and the byte range of each chapter."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._ranges = _index_chapters(data)

    def chapter(self, book: str, number: int) -> dict[int, str]:
        """Return verse number -> text; empty if the edition has no such chapter."""
        start, end = self._ranges.get((book, number), (0, 0))
        lines = self._data[start:end].decode().splitlines()
        fields = (line.split("\t") for line in lines)
        return {int(verse): text for _book, _chapter, verse, text in fields}

    def chapters(self) -> Iterator[tuple[str, int, dict[int, str]]]:
        """Yield USFM book id, chapter number and verses, in canonical order."""
        for book, number in self._ranges:
            yield book, number, self.chapter(book, number)


def _index_chapters(data: bytes) -> dict[tuple[str, int], tuple[int, int]]:
    ranges: dict[tuple[str, int], tuple[int, int]] = {}
    position = data.index(b"\n") + 1
    while position < len(data):
        book, chapter, _rest = data[position : position + 16].split(b"\t", 2)
        end = data.index(b"\n", position) + 1
        key = (book.decode(), int(chapter))
        ranges[key] = (ranges.get(key, (position, 0))[0], end)
        position = end
    return ranges


@cache
def open_text(identifier: str) -> Text:
    """Open an embedded edition, once per process: about 50 ms and 5 MB each.

    Raises KeyError if no edition has this identifier, ValueError if its file is damaged.
    """
    edition = EDITIONS[identifier]
    packed = edition.path.read_bytes()
    if hashlib.sha256(packed).hexdigest() != edition.digest:
        raise ValueError(f"the embedded edition {identifier} is damaged")
    return Text(gzip.decompress(packed))
