"""Compares `/bible-api` with a running server of bible-api.com.

    python benchmarks/verses/side_by_side.py --upstream http://127.0.0.1:5010
        [--ours http://127.0.0.1:8080/bible-api] [--requests 400] [--seed 1] [--pause 5]
        [--paths FILE]

Without `--ours` the application is started with that upstream and a database of its own. The
requests are drawn from the seed, or read from a file with one path per line. Status, content type,
keys, `reference` and verses are compared; texts are not, because ours have single spaces only.

The real server allows 15 requests in 30 seconds and bans addresses with many 404s, so the pause is
five seconds; `--pause 0` is for a server of your own without that limit. Without a pause some
requests are not compared, because the application calls no server that answers eight 404s in 30
seconds. Exit code 1 if a difference is not among the intended ones of docs/verses.md, or if nothing
could be compared.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from bible_api_requests import Request, draw_requests
from served import Served

TIMEOUT_SECONDS = 30
MAX_SHOWN = 160
_UNAVAILABLE = {403, 429, 500, 502, 503, 504}


@dataclass(frozen=True, slots=True)
class Answer:
    """A response; `body` is its JSON, without the call of a function (JSONP)."""

    status: int
    content_type: str
    body: Any


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a response that is not equal."""

    field: str
    ours: object
    theirs: object


def ask(session: requests.Session, base: str, request: Request) -> Answer:
    response = session.get(base + request.path, timeout=TIMEOUT_SECONDS, allow_redirects=False)
    response.encoding = "utf-8"
    kind = response.headers.get("Content-Type", "").replace("; ", ";").lower()
    return Answer(response.status_code, kind, _json(response.text))


def _json(text: str) -> Any:
    has_callback = text.endswith(")") and "(" in text
    try:
        return json.loads(text[text.index("(") + 1 : -1] if has_callback else text)
    except ValueError:
        return None


def compare(request: Request, ours: Answer, theirs: Answer) -> Iterator[Difference]:
    """Yield the fields that differ; nothing else is compared if the statuses do."""
    if ours.status != theirs.status:
        yield Difference("status", ours.status, theirs.status)
        return
    pairs = {
        "content type": (ours.content_type, theirs.content_type),
        "keys": (_keys(ours.body), _keys(theirs.body)),
    }
    if not request.is_random:
        pairs["reference"] = (_field(ours.body, "reference"), _field(theirs.body, "reference"))
        pairs["verses"] = (_verses(ours.body), _verses(theirs.body))
        pairs["other fields"] = (_without_verses(ours.body), _without_verses(theirs.body))
    for field, (mine, other) in pairs.items():
        if mine != other:
            yield Difference(field, mine, other)


def _field(body: Any, name: str) -> Any:
    return body.get(name) if isinstance(body, dict) else None


def _keys(body: Any) -> Any:
    """Return the keys of an object, and of the first object of each list in it."""
    if isinstance(body, dict):
        return [(name, _keys(value)) for name, value in body.items()]
    return _keys(body[0]) if isinstance(body, list) and body else None


def _verses(body: Any) -> list[tuple[object, ...]]:
    """Return book, name of the book, chapter and number of each verse."""
    names = ("book_id", "book_name", "book", "chapter", "verse")
    return [tuple(verse.get(name) for name in names) for verse in _field(body, "verses") or []]


def _without_verses(body: Any, prefix: str = "/data") -> Any:
    """Return the body without texts, verses and the host and prefix of URLs."""
    if isinstance(body, list):
        return [_without_verses(item) for item in body]
    if not isinstance(body, dict):
        return body
    return {
        name: value[value.index(prefix) :] if name == "url" else _without_verses(value)
        for name, value in body.items()
        if name not in ("reference", "verses", "text")
    }


def reason_of(request: Request, difference: Difference) -> str | None:
    """Return why a difference is intended, None if it is not."""
    if request.is_extension and difference.field == "status" and difference.theirs != 200:  # noqa: PLR2004
        return "only we read the text"
    if request.path.partition("?")[0] == "/data" and difference.field == "other fields":
        mine, other = (
            {entry["identifier"]: entry for entry in _field(body, "translations") or []}
            for body in (difference.ours, difference.theirs)
        )
        if all(mine.get(name) == entry for name, entry in other.items()):
            return "we have more translations"
    return None


def run(found: Iterable[Request], *, ours: str, upstream: str, pause: float) -> int:
    """Print each difference and their number by class; return the exit code."""
    results: Counter[str] = Counter()
    classes: Counter[tuple[str, str]] = Counter()
    with requests.Session() as session:
        for request in found:
            theirs, mine = ask(session, upstream, request), ask(session, ours, request)
            if {mine.status, theirs.status} & _UNAVAILABLE:
                results["not compared"] += 1
                print(f"not compared: {request.path} {mine.status} {theirs.status}")
            else:
                result = _report(request, list(compare(request, mine, theirs)), classes)
                results[result] += 1
            time.sleep(pause)
    print("\n" + ", ".join(f"{name} {count}" for name, count in results.most_common()))
    for (field, kind), count in classes.most_common():
        print(f"{count:5}  {field:40}  {kind}")
    compared = results["equal"] + results["intended"] + results["UNINTENDED"]
    return int(bool(results["UNINTENDED"]) or not compared)


def _report(
    request: Request, differences: list[Difference], classes: Counter[tuple[str, str]]
) -> str:
    """Print and count the differences of one request; return what they are altogether."""
    result = "intended" if differences else "equal"
    for difference in differences:
        reason = reason_of(request, difference)
        if reason is None:
            result = "UNINTENDED"
            print(f"{difference.field}: {request.path}")
            print(f"    ours   {str(difference.ours)[:MAX_SHOWN]}")
            print(f"    theirs {str(difference.theirs)[:MAX_SHOWN]}")
        classes[reason or difference.field, request.kind] += 1
    return result


@contextmanager
def serve(upstream: str, pause: float) -> Iterator[str]:
    """Start the application with this upstream; yield the URL that replaces upstream's."""
    budget = "15/30s" if pause else "0"
    os.environ.setdefault("DJANGO_SECRET_KEY", "a key that only this script uses")
    with (
        tempfile.TemporaryDirectory() as folder,
        Served(
            Path(folder), processes=1, BIBLE_API_URL=upstream, BIBLE_API_BUDGET=budget
        ) as served,
    ):
        yield f"{served.url}/bible-api"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--upstream", required=True)
    parser.add_argument("--ours")
    parser.add_argument("--requests", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--pause", type=float, default=5.0)
    parser.add_argument("--paths", type=Path)
    options = parser.parse_args()
    upstream = options.upstream.rstrip("/")
    if options.paths:
        found = [Request("file", path) for path in options.paths.read_text().split()]
    else:
        found = list(draw_requests(options.requests, options.seed))
    if options.ours:
        ours = options.ours.rstrip("/")
        return run(found, ours=ours, upstream=upstream, pause=options.pause)
    with serve(upstream, options.pause) as ours:
        return run(found, ours=ours, upstream=upstream, pause=options.pause)


if __name__ == "__main__":
    sys.exit(main())
