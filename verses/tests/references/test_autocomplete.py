"""Completions of a half-typed reference."""

import pytest

from verses.references import autocomplete


@pytest.mark.parametrize(
    ("typed", "language", "offered"),
    [
        ("Jo", "en", ("Joshua", "Job", "Joel", "Jonah", "John")),
        ("Jo", "pt", ("Jó", "João", "1 João", "2 João", "3 João")),
        ("joh", "en", ("John", "1 John", "2 John", "3 John")),
        ("1 co", "es", ("1 Corintios",)),
        ("fil", "es", ("Filipenses", "Filemón")),
        ("éx", "en", ("Exodus",)),
        ("juan 3", "en", ("John 3", "1 John 3", "2 John 1:3", "3 John 1:3")),
        ("juan 3:16", "es", ("Juan 3:16", "1 Juan 3:16")),
        ("John 3:", "en", ("John 3", "1 John 3", "2 John 1:3", "3 John 1:3")),
        ("genesis 1:1-", "en", ("Genesis 1:1",)),
        ("cor 13", "en", ("1 Corinthians 13", "2 Corinthians 13")),
        ("Mathew", "en", ("Matthew",)),
        ("Mathew 5:3", "es", ("Mateo 5:3",)),
        ("", "en", ()),
        ("3:16", "en", ()),
        ("xyzzy", "en", ()),
        ("x" * 81, "en", ()),
    ],
)
def test_a_prefix_is_completed_in_the_user_language(
    typed: str, language: str, offered: tuple[str, ...]
) -> None:
    assert autocomplete(typed, language) == offered


def test_completions_do_not_exceed_the_limit() -> None:
    assert autocomplete("Jo", limit=2) == ("Joshua", "Job")
    assert autocomplete("Jo", limit=0) == ()
