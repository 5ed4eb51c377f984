"""The loads of `speed.py`: what wrk sends, as Lua scripts."""

import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from verses.references import chapters_in, verses_in

WARM = (
    "John 3:16",
    "Genesis 1:1",
    "Psalm 23:1",
    "Romans 8:28",
    "Proverbs 3:5",
    "Matthew 6:33",
    "John 1:1",
)
ZIPF_PASSAGES = 2_000
ZIPF_EXPONENT = 1.1
REQUESTS_LISTED = 20_000
COLD_CHAPTERS = 200
VERSES_OF_UPSTREAM = 60
"""Of each chapter of the scripted upstream."""
_SEED = 1


@dataclass(frozen=True)
class Load:
    """Requests (method, path, JSON body or None) that are sent in order, again and again."""

    name: str
    requests: Callable[[], list[tuple[str, str, object]]]
    headers: tuple[tuple[str, str], ...] = ()


def _post(references: list[str], translation: str = "web") -> list[tuple[str, str, object]]:
    return [
        ("POST", "/verse", {"reference": reference, "translation": translation})
        for reference in references
    ]


def _warm_posts() -> list[tuple[str, str, object]]:
    return [("POST", "/verse", {"reference": reference}) for reference in WARM]


def _warm_gets() -> list[tuple[str, str, object]]:
    return [("GET", f"/verse?reference={quote(reference)}", None) for reference in WARM]


def _zipf() -> list[tuple[str, str, object]]:
    """Return requests for verses of Psalms and John by a Zipf law, in four spellings."""
    chosen = random.Random(_SEED)  # noqa: S311  a load, not a secret
    passages = [
        (book, chapter, verse)
        for book, usfm in (("Psalm", "PSA"), ("John", "JHN"))
        for chapter in range(1, chapters_in(usfm) + 1)
        for verse in range(1, min(VERSES_OF_UPSTREAM, verses_in(usfm, chapter)) + 1)
    ]
    chosen.shuffle(passages)
    weights = [1 / rank**ZIPF_EXPONENT for rank in range(1, ZIPF_PASSAGES + 1)]
    spellings = ("{} {}:{}", "{} {}.{}", "{}{}:{}", " {} {} : {}")
    drawn = chosen.choices(passages[:ZIPF_PASSAGES], weights, k=REQUESTS_LISTED)
    return _post([chosen.choice(spellings).format(*passage) for passage in drawn])


def cold_chapters() -> list[str]:
    """Return as many chapters as COLD_CHAPTERS, each once."""
    books = (("Genesis", 50), ("Exodus", 40), ("Isaiah", 66), ("Jeremiah", 52))
    chapters = [f"{book} {number}" for book, count in books for number in range(1, count + 1)]
    return chapters[:COLD_CHAPTERS]


def _mix() -> list[tuple[str, str, object]]:
    """Return warm requests with 5 % that no response is ready for, and 1 % invalid ones."""
    chosen = random.Random(_SEED)  # noqa: S311
    requests: list[tuple[str, str, object]] = []
    for number in range(REQUESTS_LISTED):
        fate = chosen.random()
        if fate < 0.01:  # noqa: PLR2004
            requests += _post([f"no such book {number}"])
        elif fate < 0.06:  # noqa: PLR2004
            # A spelling that was not used before: a miss of the ready responses.
            requests += _post(
                [f"John {chosen.randint(1, 21)}:{1 + number % 12}{' ' * (number % 97)}"]
            )
        else:
            requests += _post([chosen.choice(WARM)])
    return requests


LOADS = {
    load.name: load
    for load in (
        Load("post", _warm_posts),
        Load("get", _warm_gets),
        Load("304", _warm_gets, (("If-None-Match", "*"),)),
        Load("top", lambda: [("GET", "/top", None)]),
        Load("bible-api", lambda: [("GET", "/bible-api/John+3:16", None)]),
        Load("zipf", _zipf),
        Load("mix", _mix),
    )
}

_SCRIPT = """
local requests = {}
for line in io.lines("%s") do
  local method, path, body = line:match("^(%%S+) (%%S+) ?(.*)$")
  local headers = %s
  if body ~= "" then headers["Content-Type"] = "application/json" end
  requests[#requests + 1] = wrk.format(method, path, headers, body ~= "" and body or nil)
end
local position = 0
request = function()
  position = position %% #requests + 1
  return requests[position]
end
done = function(summary, latency, requests)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.timeout
  if %s then failed = failed + errors.status end
  print(string.format(
    '{"requests": %%d, "seconds": %%f, "errors": %%d, "p50": %%f, "p99": %%f, "p999": %%f}',
    summary.requests, summary.duration / 1e6, failed,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
end
"""


def write_script(load: Load, folder: Path) -> Path:
    """Write the Lua script of a load, with its requests in a file of the same folder."""
    lines = folder / "requests.txt"
    lines.write_text(
        "".join(
            f"{method} {path}{'' if body is None else ' ' + json.dumps(body)}\n"
            for method, path, body in load.requests()
        )
    )
    headers = "{%s}" % ", ".join(f'["{name}"] = "{value}"' for name, value in load.headers)  # noqa: UP031
    counts_status = "false" if load.name == "mix" else "true"
    script = folder / "load.lua"
    script.write_text(_SCRIPT % (lines, headers, counts_status))
    return script
