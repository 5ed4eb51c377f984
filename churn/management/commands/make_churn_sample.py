from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from churn.management.reporting import ChurnCommand, non_negative_int, timer


class Command(ChurnCommand):
    help = "Write synthetic service records and zones that imitate the private data set."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--rows", type=non_negative_int, required=True, help="service records")
        parser.add_argument("--output", type=Path, required=True, metavar="DIR")
        parser.add_argument(
            "--seed", type=non_negative_int, default=1, help="the same seed writes the same files"
        )

    def handle(self, *args: Any, rows: int, output: Path, seed: int, **options: Any) -> None:
        from churn.ml.synthetic import write_sample  # noqa: PLC0415  see docs/decisions/0010

        read_timer = timer()
        records, zones = write_sample(output, rows, seed)
        self.write_line(f"{rows:,} records in {records}")
        self.write_line(f"zones in {zones}")
        self.write_line(read_timer())
