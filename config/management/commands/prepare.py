from argparse import ArgumentParser
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

QUIET = {"interactive": False, "verbosity": 0}
NEEDED: tuple[tuple[str, dict[str, Any]], ...] = (
    ("migrate", QUIET),
    ("collectstatic", QUIET),
    ("load_editions", {}),
)
DEMONSTRATION: tuple[tuple[str, dict[str, Any]], ...] = (
    ("load_demonstration", {}),
    ("create_demo_user", {}),
)


class Command(BaseCommand):
    help = "Bring a checkout to the state in which it can be used; what is there already stays."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--production", action="store_true", help="without demonstration data and user"
        )

    def handle(self, *args: Any, production: bool, **options: Any) -> None:
        for command, arguments in NEEDED if production else NEEDED + DEMONSTRATION:
            call_command(command, **arguments)
