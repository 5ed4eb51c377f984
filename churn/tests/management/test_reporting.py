import sys
from argparse import ArgumentParser
from typing import Any

import pytest
from django.core.management import CommandError
from django.db import OperationalError

from churn.management.reporting import ChurnCommand, fraction, progress


class Failing(ChurnCommand):
    """A command that raises what it is given."""

    def handle(self, *args: Any, error: BaseException, **options: Any) -> None:
        raise error


def test_terminal_gets_a_bar_and_no_log_lines(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    with progress() as on_progress:
        on_progress("reading", 0.0)
        on_progress("fit", 1.0)

    drawn = capsys.readouterr().err
    assert "100%" in drawn
    assert "event" not in drawn


def test_log_has_a_line_per_stage_and_tenth(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level("INFO"), progress() as on_progress:
        for step in range(101):
            on_progress("reading" if step < 50 else "fit", step / 100)

    assert 10 <= len(caplog.records) <= 13


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(28, "No space left on device", "out.csv"), "No space left on device"),
        (OperationalError("no such table: churn_dataset"), "manage.py migrate"),
        (KeyboardInterrupt(), "stopped by the user"),
    ],
)
def test_any_error_of_a_command_is_one_line(error: BaseException, words: str) -> None:
    with pytest.raises(CommandError, match=words) as failure:
        Failing().execute(error=error, skip_checks=True, force_color=False, no_color=True,
                          stdout=None, stderr=None, records="r.csv")  # fmt: skip

    assert failure.value.returncode == 1
    assert "\n" not in str(failure.value)


@pytest.mark.parametrize("text", ["0", "1.01", "-1", "nan", "much"])
def test_fraction_is_above_zero_and_at_most_one(text: str) -> None:
    parser = ArgumentParser(exit_on_error=False)
    parser.add_argument("--share", type=fraction)

    with pytest.raises(Exception, match="share"):
        parser.parse_args([f"--share={text}"])
