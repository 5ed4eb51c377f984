"""DATABASE_URL as an entry of DATABASES, with the time limits of each kind of process."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal
from urllib.parse import SplitResult, parse_qsl, urlsplit

import environ

Role = Literal["web", "worker", "command"]

SQLITE = "django.db.backends.sqlite3"
POSTGRESQL = "config.postgresql"

_SQLITE_OPTIONS = {
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    "transaction_mode": "IMMEDIATE",  # else a read that becomes a write fails without waiting
    "timeout": 20,
}
# A client notices within half a minute that the other machine or the network is gone.
_TCP_OPTIONS = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}
# Milliseconds; 0 is no limit. A person waits for a web process, a job may read a large table, and
# a migration may rewrite one. Whoever waits for a lock makes all later statements wait as well.
_SERVER_LIMITS: dict[Role, dict[str, int]] = {
    "web": {
        "statement_timeout": 30_000,
        "lock_timeout": 3_000,
        "idle_in_transaction_session_timeout": 60_000,
    },
    "worker": {
        "statement_timeout": 600_000,
        "lock_timeout": 60_000,
        "idle_in_transaction_session_timeout": 600_000,
    },
    "command": {
        "statement_timeout": 0,
        "lock_timeout": 60_000,
        "idle_in_transaction_session_timeout": 0,
    },
}
# Seconds without a byte after which a client asks whether the server still answers, and after which
# it gives up: a little later than the server itself should have.
_CLIENT_LIMITS: dict[Role, dict[str, float]] = {
    "web": {"SILENCE_SECONDS": 3.0, "DEADLINE_SECONDS": 35.0},
    "worker": {"SILENCE_SECONDS": 60.0, "DEADLINE_SECONDS": 620.0},
    "command": {"SILENCE_SECONDS": 60.0},
}

# The parts of the URL say these, or Django depends on them.
_NOT_OPTIONS = frozenset(
    {"user", "password", "dbname", "port", "service", "replication", "client_encoding"}
)
_CHOICES: dict[str, tuple[str, ...]] = {
    "sslmode": ("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
    "channel_binding": ("disable", "prefer", "require"),
    "gssencmode": ("disable", "prefer", "require"),
    "sslcertmode": ("disable", "allow", "require"),
    "sslnegotiation": ("postgres", "direct"),
    "load_balance_hosts": ("disable", "random"),
    "target_session_attrs": (
        *("any", "read-write", "read-only"),
        *("primary", "standby", "prefer-standby"),
    ),
}
_NUMBERS = frozenset({"keepalives", *_TCP_OPTIONS})


def process_role(arguments: Sequence[str] = ()) -> Role:
    """Return the kind of this process, by its command line (`arguments`, else that of Python).

    Whatever is not a management command serves requests.
    """
    program, *rest = arguments or sys.argv or [""]
    path = Path(program)
    if path.parts[-2:] == ("config", "worker.py"):
        return "worker"
    if path.stem not in {"manage", "django-admin"} and path.parent.name != "django":
        return "web"
    return "worker" if rest[:1] == ["qcluster"] else "command"


def database(value: str) -> dict[str, Any]:
    """Parse the URL of a SQLite or PostgreSQL database, with its options, for this process.

    Raises ValueError for a URL of another kind, and for an option that would have no effect.
    """
    parts = _split(value)
    if parts is None or not parts.path.strip("/") or parts.fragment:
        raise ValueError(
            "must be a URL such as sqlite:///var/db.sqlite3 or postgres://user@host/name"
        )
    # Not `parts.geturl()`: it takes the four slashes of an absolute path for a host.
    config = dict(environ.Env.db_url_config(value.partition("?")[0]))
    given = _parse_query(parts.query)
    if parts.scheme == "sqlite":
        return {**config, "ENGINE": SQLITE, "OPTIONS": _sqlite_options(given)}
    _check_postgres_options(given, has_host=bool(parts.hostname))
    role = process_role()
    options = postgres_options(role, given)
    return {**config, **_CLIENT_LIMITS[role], "ENGINE": POSTGRESQL, "OPTIONS": options}


def postgres_options(role: Role, given: Mapping[str, str]) -> dict[str, Any]:
    """Return the connection options of a role; those `given` in the URL win."""
    limits = " ".join(f"-c {name}={value}" for name, value in _SERVER_LIMITS[role].items())
    return {
        **_TCP_OPTIONS,
        "application_name": f"verses-and-churn {role}",
        **given,
        # The server takes the last of two equal settings.
        "options": f"{limits} {given.get('options', '')}".strip(),
    }


def _split(value: str) -> SplitResult | None:
    try:
        parts = urlsplit(value)
        _ = parts.port  # `urlsplit` validates the port only when it is read
    except ValueError:
        return None
    return parts if parts.scheme in {"sqlite", "postgres", "postgresql"} else None


def _parse_query(query: str) -> dict[str, str]:
    """Return the options of a URL; raises ValueError if one is malformed or given twice."""
    if not query:
        return {}
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=True)
    except ValueError as error:
        raise ValueError("must have options of the form ?name=value&name=value") from error
    names = [name for name, _value in pairs]
    for name, value in pairs:
        if names.count(name) > 1 or not value:
            raise ValueError(f"must give the option {name!r} once, with a value")
    return dict(pairs)


def _sqlite_options(given: Mapping[str, str]) -> dict[str, Any]:
    for name in given.keys() - {"timeout"}:
        raise ValueError(f"must not have the option {name!r}: SQLite takes only timeout")
    options: dict[str, Any] = dict(_SQLITE_OPTIONS)
    if "timeout" in given:
        options["timeout"] = _number("timeout", given["timeout"])
    return options


def _check_postgres_options(given: Mapping[str, str], *, has_host: bool) -> None:
    from psycopg import pq  # noqa: PLC0415  a server with SQLite does not need it

    known = {option.keyword.decode() for option in pq.Conninfo.get_defaults()} - _NOT_OPTIONS
    if has_host:
        known.discard("host")
    for name, value in given.items():
        if name not in known:
            raise ValueError(f"must not have the option {name!r}, which is not one of libpq's")
        if name in _NUMBERS:
            _number(name, value)
        if name in _CHOICES and value not in _CHOICES[name]:
            raise ValueError(f"must have one of {', '.join(_CHOICES[name])} as {name}")


def _number(name: str, value: str) -> int:
    if not value.isascii() or not value.isdecimal():
        raise ValueError(f"must have a whole number as {name}")
    return int(value)
