import pytest

from churn.ml.customers.findings import describe_finding
from churn.ml.schema import Finding
from churn.services.localization import localizer


@pytest.mark.parametrize(
    ("language", "count", "sentence"),
    [
        ("en", 1234, "edad: 1,234 coordinates lie in no zone"),
        ("es", 1234, "edad: 1.234 coordenadas no caen en ninguna zona"),
        ("en", 1, "edad: 1 coordinate lies in no zone"),
        ("es", 1, "edad: 1 coordenada no cae en ninguna zona"),
    ],
)
def test_a_finding_is_localized_with_its_count(language: str, count: int, sentence: str) -> None:
    finding = Finding("place_outside", "edad", count, 0.5, "warning")

    assert localizer(language).text(describe_finding(finding)) == sentence
