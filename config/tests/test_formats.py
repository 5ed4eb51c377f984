from datetime import UTC, datetime

import pytest
from django.utils.formats import date_format, number_format
from django.utils.translation import override

from churn.services.localization import localizer


@pytest.mark.parametrize(
    ("language", "count", "fraction"),
    [("en", "59,577", "0.732"), ("es", "59.577", "0,732"), ("pt", "59.577", "0,732")],
)
def test_numbers_match_those_of_reports(language: str, count: str, fraction: str) -> None:
    with override(language):
        assert number_format(59577, 0, force_grouping=True) == count
        assert number_format(0.732, 3) == fraction
    assert localizer(language).count(59577) == count
    assert localizer(language).number(0.732) == fraction


def test_times_name_their_zone() -> None:
    moment = datetime(2026, 11, 27, 15, 5, tzinfo=UTC)

    with override("es"):
        assert date_format(moment, "DATETIME_FORMAT") == "27 de noviembre de 2026 a las 15:05 UTC"
    with override("pt"):
        assert date_format(moment, "DATETIME_FORMAT") == "27 de Novembro de 2026 às 15:05 UTC"
    with override("en"):
        assert date_format(moment, "DATETIME_FORMAT") == "Nov. 27, 2026, 3:05 p.m. UTC"
