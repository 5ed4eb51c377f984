"""Reading the environment: every value is checked, and a wrong one is named in a sentence."""

import contextlib
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
_WORDS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


@dataclass(frozen=True, slots=True)
class Rate:
    """At most `count` events within any `seconds`."""

    count: int
    seconds: int


def read_env_file(path: Path) -> None:
    """Take the variables that are not set yet from `path`, if it exists."""
    if path.is_file():
        environ.Env.read_env(path)


def read(name: str, parse: Callable[[str], T], default: str | None = None) -> T:
    """Return the parsed variable; raise ImproperlyConfigured with a sentence that names it."""
    text = os.environ.get(name, default)
    if text is None:
        raise ImproperlyConfigured(f"{name} is not set; .env.example says what it is for.")
    try:
        return parse(text.strip())
    except ValueError as error:
        may_hold_a_secret = any(part in name for part in ("SECRET", "URL", "DSN"))
        shown = "the value given" if may_hold_a_secret else repr(text)
        raise ImproperlyConfigured(f"{name} must be {error}; {shown} is not one.") from error


def text(value: str) -> str:
    """Admit any text but an empty one."""
    if not value:
        raise ValueError("a text that is not empty")
    return value


def secret(value: str) -> str:
    """Admit any key but an empty one; `check --deploy` judges its strength."""
    if not value:
        raise ValueError("a random text")
    return value


def boolean(value: str) -> bool:
    if value.lower() not in _WORDS:
        raise ValueError("true or false")
    return _WORDS[value.lower()]


def whole_number(low: int, high: int) -> Callable[[str], int]:
    """Return a parser of whole numbers from `low` to `high`."""

    def parse(value: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", value) or not low <= int(value) <= high:
            raise ValueError(f"a whole number from {low} to {high}")
        return int(value)

    return parse


def one_of(*choices: str) -> Callable[[str], str]:
    """Return a parser that admits `choices`, in any case."""

    def parse(value: str) -> str:
        for choice in choices:
            if value.lower() == choice.lower():
                return choice
        raise ValueError(f"one of {', '.join(choices)}")

    return parse


def hosts(value: str) -> list[str]:
    """Split host names at their commas; Django would match none that has a scheme or a port."""
    names = [name.strip() for name in value.split(",") if name.strip()]
    if not names or not all(_HOST.fullmatch(name) for name in names):
        raise ValueError("a list of host names without scheme or port, separated by commas")
    return names


def folder(value: str) -> Path:
    """Admit a folder this process can write to; make it if it is not there."""
    path = Path(value)
    with contextlib.suppress(OSError):
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not value or not path.is_dir() or not os.access(path, os.W_OK):
        raise ValueError("a folder that can be written to")
    return path.absolute()


def duration(value: str) -> timedelta:
    """Read a time such as 30d, 12h, 45min or 90s."""
    match = _DURATION.fullmatch(value)
    if match is None:
        raise ValueError("a time such as 30d, 12h, 45min or 90s")
    return timedelta(seconds=int(match[1]) * _UNITS[match[2]])


def rate(value: str) -> Rate | None:
    """Read a rate such as 15/30s or 600/min; 0 is none."""
    if value == "0":
        return None
    match = _RATE.fullmatch(value)
    if match is None or not int(match[1]) or match[2] == "0":
        raise ValueError("a rate such as 15/30s or 600/min, or 0 for none")
    return Rate(count=int(match[1]), seconds=int(match[2] or 1) * _UNITS[match[3]])


def http_url(value: str) -> str:
    """Admit an http or https address, without its trailing slash, or none."""
    parts = _split(value, "http", "https")
    if value and not (parts and parts.hostname):
        raise ValueError("an http or https address, or empty")
    return value.rstrip("/")


def redis_url(value: str) -> str:
    """Admit a redis address, or none."""
    if value and not _split(value, "redis", "rediss"):
        raise ValueError("an address such as redis://127.0.0.1:6379/0, or empty")
    return value


def sentry_dsn(value: str) -> str:
    """Admit a Sentry DSN, which is an https address with a user part, or none."""
    parts = _split(value, "http", "https")
    if value and not (parts and parts.username and parts.path.rpartition("/")[2].isdigit()):
        raise ValueError("the DSN that Sentry shows for the project, or empty")
    return value


def database(value: str) -> dict[str, object]:
    """Turn an address of SQLite or PostgreSQL into an entry of DATABASES."""
    parts = _split(value, "sqlite", "postgres", "postgresql")
    if parts is None or not parts.path.strip("/"):
        raise ValueError("an address such as sqlite:///var/db.sqlite3 or postgres://user@host/name")
    return dict(environ.Env.db_url_config(value))


def _split(value: str, *schemes: str) -> SplitResult | None:
    """Return the parts of an address of `schemes`; None if it, or its port, is none."""
    try:
        parts = urlsplit(value)
        _ = parts.port  # read now, or a wrong one would raise where it is used
    except ValueError:
        return None
    return parts if parts.scheme in schemes else None
