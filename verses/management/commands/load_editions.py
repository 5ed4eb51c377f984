from typing import Any

from django.core.management.base import BaseCommand

from verses.services.edition_loader import load_editions


class Command(BaseCommand):
    requires_system_checks = []  # `make run` calls it at every start
    help = "Load the embedded editions that are not in the database yet."

    def handle(self, **options: Any) -> None:
        for identifier, chapters in load_editions().items():
            self.stdout.write(f"{identifier}: {chapters} chapters")
