"""Measure the parsing of names with random typing errors.

    python benchmarks/references/measure_slips.py [--rounds 3] [--seed 1]

Every name of every book in three languages, five letters or longer, gets one or two random edits
(a letter left out, added, replaced, or swapped with its neighbour) and is parsed as `NAME 1:1`.
Errors that make another name or abbreviation (`Joel` -> `Joe`) are counted as *real names*.
"""

import argparse
import random
from collections import Counter
from string import ascii_lowercase

from verses.exceptions import ReferenceInvalid
from verses.references import BOOKS, parse
from verses.references.names.index import ALL_NAMES, key_of
from verses.references.tokens.normalizing import normalize, strip_accents

MIN_LENGTH = 5


def slip(name: str, draw: random.Random) -> str:
    """Make one random edit anywhere in the letters of a name."""
    at = draw.randrange(2 if name[0].isdigit() else 0, len(name) - 1)
    letter = draw.choice(ascii_lowercase)
    edited = (
        name[at + 1 :],
        letter + name[at:],
        letter + name[at + 1 :],
        name[at + 1] + name[at] + name[at + 2 :],
    )
    return name[:at] + draw.choice(edited)


def outcome(typed: str, book: str) -> str:
    """Return whether a misspelt name was parsed as its book, refused, or parsed as another."""
    if strip_accents(key_of(typed)) in ALL_NAMES:
        return "real name"
    try:
        found = parse(f"{typed} 1:1").spans[0].book
    except ReferenceInvalid:
        return "refused"
    return "right" if found == book else "wrong"


def main() -> None:
    """Print the outcomes for one and for two slips."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    draw = random.Random(arguments.seed)  # noqa: S311  # slips, not secrets
    names = [(strip_accents(normalize(name)), b.usfm) for b in BOOKS for name in b.names.values()]
    for slips in (1, 2):
        counts: Counter[str] = Counter()
        for name, book in [pair for pair in names if len(pair[0]) >= MIN_LENGTH] * arguments.rounds:
            typed = name
            for _ in range(slips):
                typed = slip(typed, draw)
            counts[outcome(typed, book)] += typed != name
        shares = ", ".join(f"{what} {n} ({n / counts.total():.2%})" for what, n in counts.items())
        print(f"{slips} slip(s), {counts.total()} names: {shares}")


if __name__ == "__main__":
    main()
