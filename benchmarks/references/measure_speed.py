"""Measure the time of parsing a reference, on average and at worst, and of the import.

    python benchmarks/references/measure_speed.py

The average is over the valid cases of the specification in the tests, warm; the worst is over
expensive texts of 200 characters, with an empty cache of misspelt names. Each figure is the best of
several runs, which reduces the effect of other processes.
"""

import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from verses.exceptions import VersesError
from verses.references import MAX_CHARACTERS, parse
from verses.references.names.spelling import closest

ROOT = Path(__file__).parents[2]
RUNS = 15
COMMON = (
    *("John 3:16", "Genesis 1:1", "Psalm 23:1", "Romans 8:28", "Proverbs 3:5", "Matthew 6:33"),
    *("1 Cor 13:4-7", "Juan 3:16", "João 3:16", "Jn 3,16", "matt 25:31-33,46", "Sal 23"),
)
HOSTILE = {
    "one long word": "a" * 200,
    "unknown words": "qwxz " * 40,
    "misspelt names": "1 Thessalonicancxs 1;2 Corinthxians 1;Deutronomiy 1:1;",
    "ambiguous names": "Jo 1;" * 40,
    "one ambiguous name": "Jo 2 del " + "2 del Jo " * 21,
    "numerals without names": "I," * 100,
    "verse list": "John 3:16" + ",1" * 95,
    "references": "John 3:16" + ";1:1" * 47,
    "undecided commas": "John 1" + ",2" * 97,
    "undecided parts": "John 1,2;" * 22,
    "commas before verses": "Jn 1" + ",1" * 98,
    "many names": "Gn 1,1;" * 28 + "x",
    "titles": "the gospel of saint " * 9 + "john 3:16",
    "roman numerals": "John " + "i " * 90,
    "dashes": "John 3:16" + "-" * 190,
    "digits": "9" * 200,
    "ligatures": "\ufdfa" * 200,
    "invisible marks": "\u200b" * 200,
    "accents": "a" + "\u0301" * 199,
    "superscripts": "²" * 200,
}


def valid_cases() -> list[str]:
    """Return the texts of the specification that are parsed without an error."""
    text = (ROOT / "verses/tests/references/readings.txt").read_text(encoding="utf-8")
    typed = [line.rpartition(" -> ")[0] for line in text.splitlines() if " -> " in line]
    return [one for one in typed if "\\" not in one and _reads(one)]


def _reads(text: str) -> bool:
    try:
        parse(text)
    except VersesError:
        return False
    return True


def best_of(work: Callable[[], object]) -> float:
    """Return the microseconds of the fastest of several runs."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times) * 1e6


def hostile(text: str) -> float:
    """Return the microseconds that a hostile text takes, with an empty cache."""

    def parse_uncached() -> None:
        closest.cache_clear()
        _reads(text[:MAX_CHARACTERS])

    return best_of(parse_uncached)


def import_time(statement: str) -> float:
    """Return the milliseconds of an import in a new interpreter, without its start."""
    code = (
        f"import time; start = time.perf_counter(); {statement}; print(time.perf_counter() - start)"
    )
    command = [sys.executable, "-c", code]
    runs = [subprocess.check_output(command, cwd=ROOT, text=True) for _ in range(RUNS)]  # noqa: S603
    return min(float(run) for run in runs) * 1000


def main() -> None:
    """Print the table."""
    cases = valid_cases()
    for what, texts in (("cases of the specification", cases), ("common references", COMMON)):
        average = sum(best_of(partial(parse, text)) for text in texts) / len(texts)
        print(f"average of {len(texts)} {what}: {average:.1f} us")
    for name, text in HOSTILE.items():
        print(f"hostile, {name}: {hostile(text):.0f} us")
    print(f"import: {import_time('import verses.references'):.1f} ms")
    print(f"of which re and unicodedata: {import_time('import re, unicodedata'):.1f} ms")


if __name__ == "__main__":
    main()
