"""Misspelt names."""

from typing import NamedTuple


class Found(NamedTuple):
    books: tuple[str, ...] = ()
    continental: bool = False
    similar: tuple[str, ...] = ()


def nearest(key: str) -> Found:
    return Found()
