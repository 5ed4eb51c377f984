"""Reads and validates environment variables.

`read` applies a parser to one variable. A parser raises ValueError with the end of a sentence that
begins with the name of the variable, for example "must be true or false".
"""

import contextlib
import difflib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

T = TypeVar("T")

_UNITS = {"s": 1, "min": 60, "m": 60, "h": 3600, "d": 86400}
_DURATION = re.compile(r"(\d{1,6})(s|min|m|h|d)")
_RATE = re.compile(r"(\d{1,6})/(\d{0,6})(s|min|m|h|d)")
_HOST = re.compile(r"\*|\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\]", re.IGNORECASE)
_ASSIGNMENT = re.compile(r"(?:export\s+)?([A-Za-z_][A-Za-z_0-9]*)=")
# The names in .env are meant for us, those of the environment for any program.
_SIMILARITY_IN_FILE = 0.8
_SIMILARITY_ELSEWHERE = 0.9
_MIN_NAME_LENGTH = 8  # HOST and PORT are like too many other names
_MIN_KEY_LENGTH = 20
_BOOLEANS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}

_known_names: set[str] = set()
_names_in_file: set[str] = set()


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `count` events in any period of `seconds`."""

    count: int
    seconds: int


def read_env_file(path: Path) -> None:
    """Set the variables of the file at `path`, if it exists; variables already set win.

    Raise ImproperlyConfigured for a file that is not text, and for a line that sets nothing.
    """
    if not path.is_file():
        return
    try:
        content = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{path.name} cannot be read as text in UTF-8.") from error
    if "\0" in content:
        raise ImproperlyConfigured(f"{path.name} is not a text file.")
    for number, line in enumerate(content.splitlines(), start=1):
        _check_line(path.name, number, line.strip())
    environ.Env.read_env(path)


def _check_line(file: str, number: int, line: str) -> None:
    # The line itself is not shown, since it may be a part of a secret.
    if line and not line.startswith("#") and not _ASSIGNMENT.match(line):
        raise ImproperlyConfigured(f"{file}, line {number}: must be NAME=value or a # comment.")
    name = _ASSIGNMENT.match(line)
    if name is not None:
        _names_in_file.add(name[1])


def read(name: str, parse: Callable[[str], T], default: str | None = None) -> T:
    """Return the parsed value of the variable `name`, or of `default` if it is not set.

    The value may be the content of a file that the variable `name`_FILE names: secrets in the
    environment are seen by whoever inspects a container. Raise ImproperlyConfigured, naming the
    variable, if it is missing or invalid, or set in both ways.
    """
    _known_names.add(name)
    value = os.environ.get(name, default) if f"{name}_FILE" not in os.environ else _content_of(name)
    if value is None:
        _check_spelling({name})
        raise ImproperlyConfigured(f"{name} is not set. See .env.example.")
    try:
        return parse(value.strip())
    except ValueError as error:
        # Startup errors go to logs, so keys and URLs with passwords are not repeated.
        is_secret = any(part in name for part in ("SECRET", "URL", "DSN"))
        shown = "" if is_secret else f"; got {value!r}"
        raise ImproperlyConfigured(f"{name} {error}{shown}.") from error


def _content_of(name: str) -> str:
    """Return the content of the file that the variable `name`_FILE names."""
    if name in os.environ:
        raise ImproperlyConfigured(f"{name} and {name}_FILE are both set; remove one.")
    try:
        return Path(os.environ[f"{name}_FILE"]).read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name}_FILE must name a readable text file.") from error


def check_names() -> None:
    """Check the spelling of all variables, once every setting has been read.

    A misspelt name would leave the default in effect. Raise ImproperlyConfigured for a name that is
    almost one of ours; other programs may read names that are not similar.
    """
    _check_spelling(_known_names)


def _check_spelling(wanted: set[str]) -> None:
    for name in sorted(_names_in_file | os.environ.keys()):
        if name in _known_names or name.removesuffix("_FILE") in _known_names:
            continue
        similarity = _SIMILARITY_IN_FILE if name in _names_in_file else _SIMILARITY_ELSEWHERE
        meant = difflib.get_close_matches(name, sorted(wanted), n=1, cutoff=similarity)
        if meant and len(meant[0]) >= _MIN_NAME_LENGTH:
            raise ImproperlyConfigured(f"{name} is not known. Do you mean {meant[0]}?")


def secret_key(value: str) -> str:
    """Accept a key that cannot be guessed by trying."""
    if len(value) < _MIN_KEY_LENGTH:
        raise ValueError(
            f"must have at least {_MIN_KEY_LENGTH} random characters; make one with "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )
    return value


def text(value: str) -> str:
    """Accept any text that is not empty."""
    if not value:
        raise ValueError("must not be empty")
    return value


def boolean(value: str) -> bool:
    if value.lower() not in _BOOLEANS:
        raise ValueError("must be true or false")
    return _BOOLEANS[value.lower()]


def integer(low: int, high: int) -> Callable[[str], int]:
    """Return a parser of integers from `low` to `high`."""

    def parse(value: str) -> int:
        # int() alone also accepts signs, underscores and digits of other scripts.
        if not re.fullmatch(r"[0-9]{1,9}", value) or not low <= int(value) <= high:
            raise ValueError(f"must be an integer from {low} to {high}")
        return int(value)

    return parse


def choice(*options: str) -> Callable[[str], str]:
    """Return a parser that accepts one of `options`, ignoring case."""

    def parse(value: str) -> str:
        for option in options:
            if value.lower() == option.lower():
                return option
        raise ValueError(f"must be one of {', '.join(options)}")

    return parse


def hosts(value: str) -> list[str]:
    """Parse a comma-separated list of host names.

    A scheme or port is an error: Django would never match such an entry of ALLOWED_HOSTS.
    """
    names = [name.strip() for name in value.split(",") if name.strip()]
    if not names or not all(_HOST.fullmatch(name) for name in names):
        raise ValueError("must be a comma-separated list of host names without scheme or port")
    return names


def directory(value: str) -> Path:
    """Return the absolute path of a writable directory; create it if it does not exist."""
    path = Path(value)
    with contextlib.suppress(OSError):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not value or not path.is_dir() or not os.access(path, os.W_OK):
        raise ValueError("must be a writable directory")
    return path.absolute()


def duration(value: str) -> timedelta:
    """Parse a duration such as 30d, 12h, 45min or 90s."""
    match = _DURATION.fullmatch(value)
    if match is None:
        raise ValueError("must be a duration such as 30d, 12h, 45min or 90s")
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]])


def rate(value: str) -> Rate | None:
    """Parse a rate such as 15/30s or 600/min; "0" means no limit and returns None."""
    if value == "0":
        return None
    match = _RATE.fullmatch(value)
    if match is None or not int(match[1]) or match[2] == "0":
        raise ValueError("must be a rate such as 15/30s or 600/min, or 0 for no limit")
    return Rate(count=int(match[1]), seconds=int(match[2] or 1) * _UNITS[match[3]])


def http_url(value: str) -> str:
    """Accept an http or https URL or an empty value; remove a trailing slash."""
    parts = _split(value, "http", "https")
    if value and not (parts and parts.hostname):
        raise ValueError("must be an http or https URL, or empty")
    return value.rstrip("/")


def redis_url(value: str) -> str:
    """Accept a Redis URL or an empty value."""
    if value and not _split(value, "redis", "rediss"):
        raise ValueError("must be a URL such as redis://127.0.0.1:6379/0, or empty")
    return value


def sentry_dsn(value: str) -> str:
    """Accept a Sentry DSN (a URL with a key and a numeric project id) or an empty value."""
    parts = _split(value, "http", "https")
    if value and not (parts and parts.username and parts.path.rpartition("/")[2].isdigit()):
        raise ValueError("must be a Sentry DSN, or empty")
    return value


def _split(value: str, *schemes: str) -> SplitResult | None:
    """Return the parts of a URL with one of `schemes`, or None if it or its port is invalid."""
    try:
        parts = urlsplit(value)
        _ = parts.port  # `urlsplit` validates the port only when it is read
    except ValueError:
        return None
    return parts if parts.scheme in schemes else None
