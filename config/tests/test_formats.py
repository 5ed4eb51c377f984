from datetime import UTC, datetime

from django.utils.formats import date_format, number_format
from django.utils.translation import override


def test_spanish_numbers_match_those_of_reports() -> None:
    with override("es"):
        assert number_format(59577, 0, force_grouping=True) == "59.577"
        assert number_format(0.732, 3) == "0,732"
    with override("en"):
        assert number_format(59577, 0, force_grouping=True) == "59,577"


def test_times_name_their_zone() -> None:
    moment = datetime(2026, 11, 27, 15, 5, tzinfo=UTC)

    with override("es"):
        assert date_format(moment, "DATETIME_FORMAT") == "27 de noviembre de 2026 a las 15:05 UTC"
    with override("en"):
        assert date_format(moment, "DATETIME_FORMAT") == "Nov. 27, 2026, 3:05 p.m. UTC"
