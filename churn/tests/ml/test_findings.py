import pytest

from churn.ml.findings import describe_finding
from churn.ml.schema import Finding, Language


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "edad: 1,234 cells are empty"), ("es", "edad: 1.234 celdas están vacías")],
)
def test_counts_are_written_as_the_language_does(language: Language, sentence: str) -> None:
    assert describe_finding(Finding("missing", "edad", 1234, 0.5, "warning"), language) == sentence
