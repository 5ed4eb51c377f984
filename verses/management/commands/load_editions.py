from typing import Any

from django.core.management.base import BaseCommand

from verses import services


class Command(BaseCommand):
    requires_system_checks = []  # `make run` calls it each time
    help = "Load the embedded editions into the database, as far as they are not loaded yet."

    def handle(self, **options: Any) -> None:
        for identifier, chapters in services.load_editions().items():
            self.stdout.write(f"{identifier}: {chapters} chapters")
