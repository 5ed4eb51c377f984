from churn.ml.i18n.formatting import ENGLISH, Localizer
from churn.ml.i18n.messages import Message

GERMAN = Localizer(
    language="de",
    gettext={"{number}%": "{number} %", "{rate:.1%} left": "{rate:.1%} weg"}.__getitem__,
    decimal_separator=",",
    thousand_separator=".",
)


def test_numbers_use_the_separators_of_the_language() -> None:
    assert (ENGLISH.number(1234.5, 1), GERMAN.number(1234.5, 1)) == ("1,234.5", "1.234,5")
    assert (ENGLISH.percent(0.265), GERMAN.percent(0.265)) == ("26.5%", "26,5 %")
    assert (ENGLISH.count(59577), GERMAN.count(59577)) == ("59,577", "59.577")


def test_a_missing_number_is_a_dash() -> None:
    missing = {ENGLISH.number(None), ENGLISH.count(None), ENGLISH.percent(None)}

    assert missing == {"\N{EN DASH}"}


def test_numbers_inside_a_message_are_localized() -> None:
    message = Message("{rate:.1%} left", {"rate": 0.123})

    assert (ENGLISH.text(message), GERMAN.text(message)) == ("12.3% left", "12,3 % weg")


def test_a_text_that_is_not_a_message_is_unchanged() -> None:
    assert GERMAN.text("tenure") == "tenure"
