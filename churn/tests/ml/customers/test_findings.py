import pytest

from churn.ml.customers.findings import describe_finding
from churn.ml.schema import Finding
from churn.services.localization import localizer


@pytest.mark.parametrize(
    ("language", "count", "sentence"),
    [
        ("en", 1234, "edad: 1,234 coordinates are outside all zones"),
        ("es", 1234, "edad: 1.234 coordenadas están fuera de todas las zonas"),
        ("en", 1, "edad: 1 coordinate is outside all zones"),
        ("es", 1, "edad: 1 coordenada está fuera de todas las zonas"),
    ],
)
def test_a_finding_is_localized_with_its_count(language: str, count: int, sentence: str) -> None:
    finding = Finding("place_outside", "edad", count, 0.5, "warning")

    assert localizer(language).text(describe_finding(finding)) == sentence
