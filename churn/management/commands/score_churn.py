import hashlib
from argparse import ArgumentParser
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from churn.management.reading import (
    add_as_of,
    add_mapping_options,
    add_output_options,
    output_options,
    read_options,
)
from churn.management.reporting import (
    ChurnCommand,
    add_engine,
    existing_file,
    new_file,
    non_negative_int,
    progress,
    timer,
)
from churn.models import Scoring, Status, TrainingRun
from churn.services import registry
from churn.services.findings import training_file_findings
from churn.services.inputs import ScoringPaths
from churn.services.localization import localize


class Command(ChurnCommand):
    help = "Score a file of customers with the champion or a given run."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("input", metavar="INPUT.csv")
        parser.add_argument("--output", type=Path, required=True, metavar="OUT.csv")
        parser.add_argument("--rejects", type=Path, metavar="R.csv", help="rejected rows")
        parser.add_argument("--zones", metavar="Z.csv", help="polygons of the zones")
        parser.add_argument("--run", type=non_negative_int, metavar="ID", help="default: champion")
        parser.add_argument(
            "--language",
            choices=[code for code, _name in settings.LANGUAGES],
            default="en",
            help="of the reasons",
        )
        add_mapping_options(parser)
        add_as_of(parser)
        parser.add_argument(
            "--allow-unknown", action="store_true", help="although no value of a column is known"
        )
        add_output_options(parser)
        add_engine(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        from churn.services.work.scoring import score_now  # noqa: PLC0415  see docs/decisions/0010

        if options["engine"] != TrainingRun.Engine.LOCAL:
            raise CommandError("the Dask engine is not installed; use --engine local")
        read_timer = timer()
        paths = _paths(options)
        run = _run(options["run"])
        with paths.input.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        self._warn(training_file_findings(run, digest))
        with progress() as on_progress:
            scoring = score_now(run, paths, on_progress)
        self._report(scoring, paths)
        self.write_line(f"{scoring.rows:,} rows, {scoring.customers:,} customers, {read_timer()}")

    def _report(self, scoring: Scoring, paths: ScoringPaths) -> None:
        if scoring.status != Status.SUCCEEDED:
            reason = scoring.failure or f"the scoring was {scoring.get_status_display()}"
            raise CommandError(f"{paths.input}: {reason}")
        self._warn(scoring.findings)
        if scoring.as_of:
            self.write_line(f"Days are counted back from {scoring.as_of}")
        self.write_line(f"Scored with run {scoring.run_id}: {scoring.churners:,} to contact")
        self.write_line(
            f"{scoring.rows:,} rows = {scoring.accepted:,} accepted + {scoring.rejected:,} rejected"
        )
        self.write_rejects(scoring.rejects)
        self.write_line(f"Results in {paths.output}")

    def _warn(self, findings: Iterable[Mapping[str, Any]]) -> None:
        for finding in localize(findings, "en"):
            if finding["severity"] != "info":
                self.stderr.write(f"{finding['severity']}: {finding['text']}")


def _paths(options: dict[str, Any]) -> ScoringPaths:
    file = existing_file(options["input"])
    zones = existing_file(options["zones"]) if options["zones"] else None
    output, rejects = new_file(options["output"], file, zones), options["rejects"]
    if rejects is not None:
        new_file(rejects, file, zones, output)
    return ScoringPaths(
        input=file,
        zones=zones,
        output=output,
        rejects=rejects,
        language=options["language"],
        options=read_options(options),
        output_options=output_options(options),
    )


def _run(run_id: int | None) -> TrainingRun:
    if run_id is None:
        return registry.champion()
    run = TrainingRun.objects.select_related("dataset").filter(pk=run_id).first()
    if run is None:
        raise CommandError(f"there is no run {run_id}")
    return run
