from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from churn.management.reporting import (
    ChurnCommand,
    add_engine,
    count,
    existing_file,
    new_file,
    progress,
    timer,
)
from churn.models import Scoring, Status, TrainingRun
from churn.services import registry, scorings
from churn.services.inputs import ScoringPaths


class Command(ChurnCommand):
    help = "Score a file of customers with the champion or a named run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("input", metavar="INPUT.csv")
        parser.add_argument("--output", type=Path, required=True, metavar="OUT.csv")
        parser.add_argument("--rejects", type=Path, metavar="R.csv", help="rows left out, and why")
        parser.add_argument("--zones", metavar="Z.csv", help="polygons of the zones")
        parser.add_argument("--run", type=count, metavar="ID", help="instead of the champion")
        parser.add_argument("--language", choices=["en", "es"], default="en", help="of the reasons")
        add_engine(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["engine"] != TrainingRun.Engine.LOCAL:
            raise CommandError("the Dask engine is not installed here; choose the engine local")
        clock = timer()
        order = _order(options)
        with progress() as listen:
            done = scorings.score_now(_run(options["run"]), order, listen)
        self._tell(done, options)
        self.say(f"{done.rows:,} rows, {done.customers:,} customers, {clock()}")

    def _tell(self, done: Scoring, options: dict[str, Any]) -> None:
        if done.status != Status.SUCCEEDED:
            reason = done.failure or f"the scoring was {done.get_status_display()}"
            raise CommandError(f"{options['input']}: {reason}")
        self.say(f"Scored with run {done.run_id}: {done.churners:,} customers to contact")
        self.say(f"{done.rows:,} rows = {done.accepted:,} accepted + {done.rejected:,} rejected")
        self.say_rejects(done.rejects)
        self.say(f"Results in {options['output']}")


def _order(options: dict[str, Any]) -> ScoringPaths:
    given = existing_file(options["input"])
    zones = existing_file(options["zones"]) if options["zones"] else None
    output, rejects = new_file(options["output"], given, zones), options["rejects"]
    if rejects is not None:
        new_file(rejects, given, zones, output)
    return ScoringPaths(
        input=given, zones=zones, output=output, rejects=rejects, language=options["language"]
    )


def _run(run_id: int | None) -> TrainingRun:
    if run_id is None:
        return registry.champion()
    run = TrainingRun.objects.select_related("dataset").filter(pk=run_id).first()
    if run is None:
        raise CommandError(f"there is no run {run_id}")
    return run
