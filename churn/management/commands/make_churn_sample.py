from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from churn.management.reporting import ChurnCommand, count, timer


class Command(ChurnCommand):
    help = "Write service records and zones that imitate the private data set, dirt included."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rows", type=count, required=True, help="service records")
        parser.add_argument("--output", type=Path, required=True, metavar="DIR")
        parser.add_argument("--seed", type=count, default=1, help="same seed, same files")

    def handle(self, *args: Any, rows: int, output: Path, seed: int, **options: Any) -> None:
        from churn.ml.synthetic.generator import write_sample  # noqa: PLC0415  see docs/decisions/0010

        clock = timer()
        records, zones = write_sample(output, rows, seed)
        self.say(f"{rows:,} records in {records}")
        self.say(f"zones in {zones}")
        self.say(clock())
