import os
import socket
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Run the web server and the task worker until Ctrl-C; restart them if they are killed."

    def handle(self, *args: Any, **options: Any) -> None:
        check_address()
        self.stdout.write(f"Starting http://{settings.HOST}:{settings.PORT}; Ctrl-C stops it.")
        self.stdout.flush()
        os.chdir(settings.BASE_DIR)
        os.execv(sys.executable, [sys.executable, "-m", "config.supervisor"])  # noqa: S606  fixed


def check_address() -> None:
    """Raise CommandError if the address is taken; gunicorn would retry for five seconds."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as gunicorn does
        try:
            probe.bind((settings.HOST, settings.PORT))
        except OSError as error:
            raise CommandError(
                f"Cannot listen on {settings.HOST}, port {settings.PORT}: {error.strerror}. "
                "Choose another port: PORT=9000 make run"
            ) from error
