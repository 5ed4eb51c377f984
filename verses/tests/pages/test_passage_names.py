import pytest

from verses.templatetags.passage_names import passage_name


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("Psalms 23", "Psalm 23"),
        ("Psalms 23:1-3", "Psalm 23:1-3"),
        ("Salmos 119", "Salmo 119"),
        ("Psalms 23-24", "Psalms 23-24"),
        ("Psalms 23; 25", "Psalms 23; 25"),
        ("Psalms", "Psalms"),
        ("John 3", "John 3"),
    ],
)
def test_one_psalm_is_named_in_the_singular(reference: str, name: str) -> None:
    assert passage_name(reference) == name
