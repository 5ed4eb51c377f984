import pytest

from churn.ml.customers.findings import describe_finding
from churn.ml.i18n.languages import Language
from churn.ml.schema import Finding


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("en", "edad: empty cells: 1,234"), ("es", "edad: celdas vacías: 1.234")],
)
def test_counts_are_formatted_for_the_language(language: Language, sentence: str) -> None:
    assert describe_finding(Finding("missing", "edad", 1234, 0.5, "warning"), language) == sentence
