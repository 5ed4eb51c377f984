import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django.fixtures import Settings

from config import static_files
from verses.editions import EDITIONS
from verses.models import Chapter
from verses.services import edition_loader

ROOT = Path(__file__).resolve().parents[3]

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture(autouse=True)
def static_root(settings: Settings, tmp_path: Path) -> Path:
    settings.STATIC_ROOT = tmp_path
    return tmp_path


def test_production_gets_editions_but_no_demonstration(
    static_root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one_edition = {"rv1909": EDITIONS["rv1909"]}  # loading the others proves nothing more here
    monkeypatch.setattr(edition_loader, "EDITIONS", one_edition)

    call_command("prepare", production=True)

    assert Chapter.objects.exists()
    assert (static_root / "css" / "site.css").exists()
    assert not get_user_model().objects.exists()


def test_static_files_are_collected_only_after_a_change(static_root: Path) -> None:
    call_command("collectstatic", interactive=False, verbosity=0)
    assert not static_files.are_collected()

    static_files.mark_collected()

    assert static_files.are_collected()


def test_a_port_in_use_is_an_error_before_anything_is_prepared(settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind((settings.HOST, 0))
        taken.listen()
        settings.PORT = taken.getsockname()[1]

        with pytest.raises(CommandError, match=f"port {settings.PORT}"):
            call_command("prepare")

    assert not Chapter.objects.exists()


def test_an_unreachable_database_is_a_one_line_error() -> None:
    names = {
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
        "DJANGO_SECRET_KEY": "a key that only this test uses",
        "DATABASE_URL": "postgres://app:password@127.0.0.1:1/app",
    }

    done = subprocess.run(
        [sys.executable, "manage.py", "prepare", "--production"],
        cwd=ROOT,
        env=os.environ | names,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stderr.startswith("CommandError: Cannot use the database at DATABASE_URL: ")
    assert len(done.stderr.splitlines()) == 1
    assert "password" not in done.stderr


def test_an_interrupted_command_shows_no_traceback() -> None:
    interrupted = [sys.executable, "manage.py", "shell", "--command", "raise KeyboardInterrupt"]

    done = subprocess.run(interrupted, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603  our own command

    assert (done.returncode, done.stderr) == (1, "Interrupted.\n")


def test_collecting_keeps_the_files_of_an_earlier_release(static_root: Path) -> None:
    old = static_root / "css" / "site.0123456789ab.css"
    old.parent.mkdir()
    old.write_text("a page of a running process names it")

    call_command("prepare", static_only=True)

    assert old.exists()
    assert (static_root / "css" / "site.css").exists()
    assert not Chapter.objects.exists()
