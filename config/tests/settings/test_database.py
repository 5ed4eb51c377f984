import pytest
from psycopg import conninfo

from config.settings import database as module
from config.settings.database import Role, database, postgres_options, process_role

URL = "postgres://app@db.test/app"


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("sslmode", "verify-full"),
        ("sslrootcert", "/etc/ssl/ours.pem"),
        ("sslcert", "client.pem"),
        ("channel_binding", "require"),
        ("target_session_attrs", "read-write"),
        ("connect_timeout", "2"),
        ("application_name", "ours"),
        ("keepalives_idle", "7"),
    ],
)
def test_an_option_of_the_url_reaches_the_connection(option: str, value: str) -> None:
    parsed = database(f"{URL}?{option}={value.replace('/', '%2F')}")

    assert parsed["OPTIONS"][option] == value
    assert "connect_timeout" in parsed["OPTIONS"]


def test_a_socket_folder_is_a_host_option() -> None:
    parsed = database("postgres:///app?host=/run/postgresql")

    assert (parsed["HOST"], parsed["OPTIONS"]["host"]) == ("", "/run/postgresql")


def test_settings_of_the_url_come_after_ours() -> None:
    options = database(f"{URL}?options=-c%20lock_timeout%3D7")["OPTIONS"]["options"]

    assert options.startswith("-c statement_timeout=")
    assert options.endswith("-c lock_timeout=7")


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///var/db.sqlite3", "var/db.sqlite3"),
        ("sqlite:////srv/data/db.sqlite3", "/srv/data/db.sqlite3"),
        ("sqlite:////srv/data/db.sqlite3?timeout=5", "/srv/data/db.sqlite3"),
    ],
)
def test_the_path_of_sqlite_is_relative_or_absolute(url: str, path: str) -> None:
    assert database(url)["NAME"] == path


def test_sqlite_takes_a_timeout() -> None:
    options = database("sqlite:///var/x.sqlite3?timeout=3")["OPTIONS"]

    assert options["timeout"] == 3
    assert options["transaction_mode"] == "IMMEDIATE"


@pytest.mark.parametrize(
    ("url", "named"),
    [
        (f"{URL}?sslmod=require", "sslmod"),
        (f"{URL}?SSLMODE=require", "SSLMODE"),
        (f"{URL}?sslmode=verifyfull", "sslmode"),
        (f"{URL}?sslmode=", "sslmode"),
        (f"{URL}?sslmode=require&sslmode=disable", "sslmode"),
        (f"{URL}?conn_max_age=60", "conn_max_age"),
        (f"{URL}?connect_timeout=soon", "connect_timeout"),
        (f"{URL}?tcp_user_timeout=-1", "tcp_user_timeout"),
        (f"{URL}?password=hunter2", "password"),
        (f"{URL}?host=other.test", "host"),
        (f"{URL}?require", "name=value"),
        (f"{URL}#sslmode=require", "must be a URL"),
        ("sqlite:///var/x.sqlite3?mode=ro", "mode"),
        ("sqlite:///var/x.sqlite3?timeout=long", "timeout"),
        ("mysql://root@db.test/app", "must be a URL"),
        ("postgres://user@db.test:port/app", "must be a URL"),
        ("postgres://user@db.test/", "must be a URL"),
    ],
)
def test_an_option_without_effect_is_refused(url: str, named: str) -> None:
    with pytest.raises(ValueError, match=r"^must ") as raised:
        database(url)

    assert named in str(raised.value)
    assert "hunter2" not in str(raised.value)


def test_every_number_and_choice_is_an_option_of_libpq() -> None:
    for name in (*module._NUMBERS, *module._CHOICES):  # noqa: SLF001
        conninfo.make_conninfo(**{name: "1"})


@pytest.mark.parametrize(
    ("arguments", "role"),
    [
        (["manage.py", "qcluster"], "worker"),
        (["/app/config/worker.py"], "worker"),
        (["/app/manage.py", "migrate"], "command"),
        (["/lib/django/__main__.py", "qcluster"], "worker"),
        (["/bin/django-admin", "shell"], "command"),
        (["/lib/gunicorn/__main__.py", "--config", "config/gunicorn.py"], "web"),
        (["/bin/uvicorn", "config.asgi:application"], "web"),
    ],
)
def test_the_role_is_told_by_the_command_line(arguments: list[str], role: str) -> None:
    assert process_role(arguments) == role


def test_each_role_has_its_limits_and_name() -> None:
    roles: tuple[Role, ...] = ("web", "worker", "command")
    web, worker, command = (postgres_options(role, {}) for role in roles)

    assert len({web["options"], worker["options"], command["options"]}) == 3
    assert web["application_name"] == "verses-and-churn web"
    assert worker["application_name"] == "verses-and-churn worker"
