"""The specification in `readings.txt`, case by case."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from verses.exceptions import PassageNotFound, ReferenceInvalid
from verses.references import parse


class Case(NamedTuple):
    """A line of the specification."""

    typed: str
    expected: str


def _cases() -> list[Case]:
    source = Path(__file__).with_name("readings.txt").read_text(encoding="utf-8")
    _, _, specification = source.partition("\n# ")
    lines = [line for line in specification.splitlines() if "->" in line]
    return [_case(line) for line in lines]


def _case(line: str) -> Case:
    typed, _, expected = line.rpartition("->")
    typed = typed.removesuffix(" ")
    return Case(re.sub(r"\\(u\w{4}|t)", _unescaped, typed), expected.strip())


def _unescaped(escape: re.Match[str]) -> str:
    return "\t" if escape[1] == "t" else chr(int(escape[1][1:], 16))


def _outcome(typed: str) -> str:
    """Return the result of parsing in the notation of the specification."""
    try:
        return parse(typed).osis
    except ReferenceInvalid as error:
        return f"? {' / '.join(error.suggestions)}".strip()
    except PassageNotFound:
        return "!"


CASES = _cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: ascii(case.typed))
def test_a_reference_is_parsed_as_specified(case: Case) -> None:
    assert _outcome(case.typed) == case.expected


def test_the_specification_has_no_contradiction() -> None:
    outcomes = dict(CASES)

    assert all(outcomes[case.typed] == case.expected for case in CASES)
    assert len(outcomes) >= 400
