"""Reads the embedded editions.

Each is a gzipped TSV file of USFM book id, chapter, verse and text in canonical order, in the
verse numbering of its print. `build` makes them and names the sources, all in the public domain.
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
            "5988285485dcca68d2a091bb3499a053d6bcb38bb4aaef27771e71e9814f2f28",
            is_upstream=True,
        ),
        Edition(
            "web",
            "World English Bible",
            "en",
            "English",
            "eng",
            "b97a984ef4957d9445b197a0206bfaae59c11188e7e863ef7825258d0d437e59",
            is_upstream=True,
        ),
        Edition(
            "rv1909",
            "Reina-Valera 1909",
            "es",
            "Spanish",
            "spa",
            "1382755c7747199f67ba283380f017dd10083a70cbb32707f5ee9474aef25748",
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
