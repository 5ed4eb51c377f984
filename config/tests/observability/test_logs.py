import json
import logging
import os
import subprocess
import sys

import pytest
import structlog

from config.observability.logs import configuration


def rendered(layout: str, record: logging.LogRecord) -> str:
    formatter = configuration("INFO", layout)["formatters"]["event"]
    made = structlog.stdlib.ProcessorFormatter(
        processors=formatter["processors"], foreign_pre_chain=formatter["foreign_pre_chain"]
    )
    return made.format(record)


@pytest.fixture
def crash() -> logging.LogRecord:
    def fail(customer: str) -> None:
        raise ValueError("no more")

    try:
        fail(customer="Ana Pérez")
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    return logging.LogRecord("churn", logging.ERROR, "file.py", 1, "run.crashed", (), info)


def test_a_log_line_is_json_with_level_and_utc_time(
    crash: logging.LogRecord,
) -> None:
    line = json.loads(rendered("json", crash))

    assert (line["event"], line["level"], line["logger"]) == ("run.crashed", "error", "churn")
    assert line["timestamp"].endswith("Z")


@pytest.mark.parametrize("layout", ["json", "console"])
def test_a_traceback_shows_code_but_no_values(layout: str, crash: logging.LogRecord) -> None:
    line = rendered(layout, crash)

    assert "ValueError" in line
    assert "Ana" not in line.replace('fail(customer="Ana Pérez")', "")


def test_exception_messages_are_not_in_json_logs(crash: logging.LogRecord) -> None:
    """A message of a library may quote customer data; a developer sees it on the terminal."""
    assert "no more" not in rendered("json", crash)
    assert "no more" in rendered("console", crash)


CRASHING = """
import threading, warnings
import django
django.setup()
from config.observability.logs import log_crashes
log_crashes()
warnings.warn("old", stacklevel=1)
for _ in range(100):
    threading.Thread(target=lambda: 1 / 0, name="background").start()
raise ValueError("Ana")
"""


@pytest.mark.slow
def test_every_line_of_a_process_that_crashes_is_json() -> None:
    names = {"DJANGO_SETTINGS_MODULE": "config.settings.base", "LOG_FORMAT": "json"}
    names["DJANGO_SECRET_KEY"] = "a key that only this test uses"

    done = subprocess.run(  # noqa: S603  our own code
        [sys.executable, "-W", "default::UserWarning", "-c", CRASHING],
        env=os.environ | names,
        capture_output=True,
        text=True,
        check=False,
    )

    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [line["event"] for line in lines if line["logger"].startswith("config")] == [
        "thread.crashed",
        "process.crashed",
    ]
    assert "py.warnings" in {line["logger"] for line in lines}
    assert "Ana" not in done.stderr
