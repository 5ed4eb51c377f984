from django.utils.formats import number_format
from django.utils.translation import override


def test_spanish_numbers_match_those_of_reports() -> None:
    with override("es"):
        assert number_format(59577, 0, force_grouping=True) == "59.577"
        assert number_format(0.732, 3) == "0,732"
    with override("en"):
        assert number_format(59577, 0, force_grouping=True) == "59,577"
