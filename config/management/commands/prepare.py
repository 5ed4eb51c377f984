from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from config import static_files
from config.management.commands.serve import check_address


class Command(BaseCommand):
    help = "Migrate the database, collect static files and load data. Existing data is kept."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--production", action="store_true", help="without demonstration data and user"
        )

        parser.add_argument(
            "--static-only", action="store_true", help="collect static files, without a database"
        )

    def handle(
        self, *args: Any, production: bool, static_only: bool = False, **options: Any
    ) -> None:
        if static_only:
            collect_static_files()
            return
        if not production:
            # `make run` serves next: training the first model takes minutes before that.
            check_address()
        try:
            call_command("migrate", interactive=False, verbosity=0)
        except OperationalError as error:
            reason = " ".join(str(error).split())
            raise CommandError(f"Cannot use the database at DATABASE_URL: {reason}") from error
        collect_static_files()
        call_command("load_editions")
        if not production:
            call_command("load_demonstration")
            call_command("create_demo_user")


def collect_static_files() -> None:
    """Collect static files unless they are up to date; takes seconds.

    Files of earlier releases stay: pages that were sent before a deployment name them.
    """
    if not static_files.are_collected():
        call_command("collectstatic", interactive=False, verbosity=0)
        static_files.mark_collected()
