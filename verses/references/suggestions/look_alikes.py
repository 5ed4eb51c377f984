"""Letters that text recognition writes for digits: `l John 4:8`, `John 3:l6`."""

import re

_NUMERAL = re.compile(r"(?:(?<=[;,]\s)|^)[1il|]{1,3}(?=\.?\s+[^\W\d_]{2})")
_NUMBER = re.compile(r"(?<![^\W\d_])(?:(?=[ilo|]*[0-9])|(?<=[:.,-]))[0-9ilo|]+(?![^\W\d_])")
_DIGITS = str.maketrans("ilo|", "1101")


def replace_look_alikes(text: str) -> str:
    """Return a normalized text with the digits that were probably meant."""
    text = _NUMERAL.sub(lambda strokes: str(len(strokes[0])), text)
    return _NUMBER.sub(lambda number: number[0].translate(_DIGITS), text)
