from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.settings import environment as env
from config.settings.database import database


@pytest.mark.parametrize(
    ("parse", "given", "expected"),
    [
        (env.duration, "30d", timedelta(days=30)),
        (env.duration, "12h", timedelta(hours=12)),
        (env.duration, "45min", timedelta(minutes=45)),
        (env.duration, "90s", timedelta(seconds=90)),
        (env.rate, "15/30s", env.Rate(15, 30)),
        (env.rate, "600/min", env.Rate(600, 60)),
        (env.rate, "5/2h", env.Rate(5, 7200)),
        (env.rate, "0", None),
        (env.boolean, "Yes", True),
        (env.boolean, "0", False),
        (env.hosts, "a.test, .b.test,", ["a.test", ".b.test"]),
        (env.hosts, "*,[::1]", ["*", "[::1]"]),
        (env.integer(1, 9), "9", 9),
        (env.choice("json", "console"), "JSON", "json"),
        (env.http_url, "https://bible.test/", "https://bible.test"),
        (env.http_url, "", ""),
        (env.redis_url, "", ""),
        (env.sentry_dsn, "https://key@sentry.test/1", "https://key@sentry.test/1"),
    ],
)
def test_a_valid_value_is_parsed(
    monkeypatch: pytest.MonkeyPatch, parse: Callable[[str], Any], given: str, expected: object
) -> None:
    monkeypatch.setenv("SOME_NAME", given)

    assert env.read("SOME_NAME", parse) == expected


@pytest.mark.parametrize(
    ("parse", "given"),
    [
        (env.duration, "soon"),
        (env.duration, "30"),
        (env.duration, "-1d"),
        (env.rate, "15 per minute"),
        (env.rate, "0/min"),
        (env.rate, "5/0s"),
        (env.boolean, "perhaps"),
        (env.integer(1, 9), "10"),
        (env.integer(1, 9), "٣"),
        (env.choice("json", "console"), "xml"),
        (env.http_url, "ftp://bible.test"),
        (env.http_url, "bible.test"),
        (env.http_url, "https://bible.test:https"),
        (env.http_url, "http://[::1"),
        (env.redis_url, "http://cache.test"),
        (env.redis_url, "redis://cache.test:port/0"),
        (env.sentry_dsn, "https://sentry.test/1"),
        (env.sentry_dsn, "https://key@sentry.test/project"),
        (env.text, " "),
        (env.hosts, " , "),
        (env.hosts, "https://site.test"),
        (env.hosts, "site.test:8080"),
        (env.directory, ""),
        (env.directory, __file__),
        (env.directory, "/proc/no-folder-can-be-made-here"),
    ],
)
def test_an_invalid_value_is_an_error_naming_the_variable(
    monkeypatch: pytest.MonkeyPatch, parse: Callable[[str], Any], given: str
) -> None:
    monkeypatch.setenv("SOME_NAME", given)

    with pytest.raises(ImproperlyConfigured, match=r"^SOME_NAME must .+; got .*\.$"):
        env.read("SOME_NAME", parse)


def test_a_directory_is_created_for_its_owner_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SOME_NAME", str(tmp_path / "new" / "media"))

    made = env.read("SOME_NAME", env.directory)

    assert made.is_dir()
    assert made.stat().st_mode & 0o077 == 0


def test_a_missing_value_without_default_is_named() -> None:
    with pytest.raises(ImproperlyConfigured, match="NOWHERE_SET is not set"):
        env.read("NOWHERE_SET", env.text)


@pytest.mark.parametrize(
    ("name", "parse", "given"),
    [
        ("DATABASE_URL", database, "oracle://scott:tiger@db.test/app"),
        ("SENTRY_DSN", env.sentry_dsn, "https://tiger@sentry.test/"),
    ],
)
def test_an_invalid_url_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, name: str, parse: Callable[[str], Any], given: str
) -> None:
    monkeypatch.setenv(name, given)

    with pytest.raises(ImproperlyConfigured) as raised:
        env.read(name, parse)

    assert "tiger" not in str(raised.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\x89PNG\r\n\x1a\n\xff\xfe", "UTF-8"),
        (b"PORT=80\0", "not a text file"),
        ("PORT=8080".encode("utf-16"), "UTF-8"),
        (b"# ours\nPORT=8080\nDJANGO_SECRET_KEY: hunter2\n", "line 3"),
    ],
)
def test_a_file_that_sets_nothing_is_an_error(tmp_path: Path, content: bytes, message: str) -> None:
    file = tmp_path / ".env"
    file.write_bytes(content)

    with pytest.raises(ImproperlyConfigured, match=message) as raised:
        env.read_env_file(file)

    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("DJANGO_ALOWED_HOSTS", "DJANGO_ALLOWED_HOSTS"),
        ("DJANGO_SECRETKEY", "DJANGO_SECRET_KEY"),
        ("DATABASE_URI", "DATABASE_URL"),
        ("BIBLE_API_BUDGETS", "BIBLE_API_BUDGET"),
        ("VERSES_FRESHFOR", "VERSES_FRESH_FOR"),
        ("WEB_CONCURENCY", "WEB_CONCURRENCY"),
    ],
)
@pytest.mark.parametrize("place", ["file", "environment"])
def test_a_misspelt_name_is_an_error(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, written: str, meant: str, place: str
) -> None:
    monkeypatch.setattr(env, "_names_in_file", set())
    monkeypatch.setenv(written, "x")  # also removes after the test what the file sets
    if place == "file":
        (tmp_path / ".env").write_text(f"export {written}=x\n")
        env.read_env_file(tmp_path / ".env")

    with pytest.raises(ImproperlyConfigured, match=f"^{written} is not known. .*{meant}"):
        env.check_names()


@pytest.mark.parametrize(
    "name", ["POSTGRES_PASSWORD", "REDIS_PORT", "HOSTNAME", "DATABASE_URL_FILE", "LANG"]
)
def test_names_of_other_programs_are_ignored(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(env, "_names_in_file", {name})

    env.check_names()


@pytest.mark.parametrize("key", ["short", "", " " * 40, "x" * 19])
def test_a_short_key_is_refused(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("DJANGO_SECRET_KEY", key)

    with pytest.raises(ImproperlyConfigured, match="DJANGO_SECRET_KEY must have at least 20"):
        env.read("DJANGO_SECRET_KEY", env.secret_key)


def test_env_example_lists_every_variable() -> None:
    root = Path(__file__).resolve().parents[3]
    settings = (root / "config/settings/base.py").read_text()
    read = {part.split('"')[0] for part in settings.split('env.read("')[1:]}
    example = (root / ".env.example").read_text()

    assert read
    assert [name for name in sorted(read) if f"{name}=" not in example] == []


def test_a_value_may_be_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secret").write_text("of the file\n")
    monkeypatch.setenv("DRILL_FILE", str(tmp_path / "secret"))

    assert env.read("DRILL", env.text) == "of the file"

    monkeypatch.setenv("DRILL", "of the environment")
    with pytest.raises(ImproperlyConfigured, match="DRILL and DRILL_FILE are both set"):
        env.read("DRILL", env.text)


def test_a_secret_file_that_cannot_be_read_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DRILL_FILE", str(tmp_path / "missing"))

    with pytest.raises(ImproperlyConfigured, match="DRILL_FILE must name a readable text file"):
        env.read("DRILL", env.text)
