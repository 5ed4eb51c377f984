import shutil
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from django.core.management.base import CommandError

from churn import tasks
from churn.management.reporting import (
    ChurnCommand,
    add_engine,
    existing_file,
    new_folder,
    progress,
    seed,
    share,
    timer,
    trials,
    wrong_usage,
)
from churn.ml.progress import ProgressCallback
from churn.models import Dataset, Status, TrainingRun
from churn.services import datasets, registry, runs
from churn.services.inputs import DatasetUpload

if TYPE_CHECKING:
    from churn.ml.customers.loading import Customers

_OPTIONS = ("algorithm", "objective", "min_precision", "trials", "seed", "engine", "scheduler")
_SHOWN = ("roc_auc", "pr_auc", "log_loss", "brier", "recall", "precision", "f1", "top_decile_lift")


class Command(ChurnCommand):
    help = "Train a model on a file or a stored data set, here or in a worker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--records", metavar="R.csv", help="service records, or any table")
        parser.add_argument("--zones", metavar="Z.csv", help="polygons of the zones")
        parser.add_argument("--dataset", default="", metavar="NAME", help="its name, new or known")
        parser.add_argument("--target", default="", metavar="COL", help="inferred if not named")
        parser.add_argument("--customer-id", default="", metavar="COL", help="inferred likewise")
        _add_method(parser)
        add_engine(parser)
        parser.add_argument("--queue", action="store_true", help="leave the work to a worker")
        parser.add_argument("--promote", action="store_true", help="make the run the champion")
        parser.add_argument("--output", type=Path, metavar="DIR", help="copy the artifacts there")

    def handle(self, *args: Any, **options: Any) -> None:
        _refuse_contradictions(options)
        clock = timer()
        with progress() as listen:
            dataset, customers = _dataset(options, listen)
            run = runs.create_run(dataset, **_method(options))
            if not options["queue"]:
                runs.execute_run(run, customers=customers, listen=listen, here=True)
        self._tell_dataset(dataset, customers)
        if options["queue"]:
            tasks.enqueue(run)
            self.say(f"Run {run.pk} is queued; /churn/runs/{run.pk}/ shows how it goes.")
        else:
            self._finish(run, options)
            self.say(f"{dataset.rows:,} rows, {dataset.customers:,} customers, {clock()}")

    def _tell_dataset(self, dataset: Dataset, customers: "Customers | None") -> None:
        self.say(
            f"Data set “{dataset}” ({dataset.pk}): {dataset.rows:,} rows, {dataset.accepted:,} "
            f"accepted, {dataset.rejected:,} rejected, {dataset.customers:,} customers"
        )
        self.say(f"Target: {dataset.target}; customer: {dataset.customer_id or 'the row number'}")
        for note in _notes(dataset, customers):
            self.say(f"  {note}")
        for finding in dataset.findings:
            self.say(f"  {finding['severity']}: {finding['text']['en']}")
        self.say_rejects(dataset.rejects)

    def _finish(self, run: TrainingRun, options: dict[str, Any]) -> None:
        if run.status != Status.SUCCEEDED:
            reason = run.failure or f"the run was {run.get_status_display()}"
            raise CommandError(f"{options['records'] or options['dataset']}: {reason}")
        figures = (f"{name} {run.metrics[name]:.4f}" for name in _SHOWN if name in run.metrics)
        self.say(f"Run {run.pk}: {', '.join(figures)}")
        for note in run.notes:
            self.say(f"  {note['text']['en']}")
        self.say(f"Threshold {run.threshold:.4f}; measured on customers held out of training")
        if options["promote"]:
            registry.promote(run)
            self.say(f"Run {run.pk} is the champion now.")
        if options["output"]:
            shutil.copytree(run.path, options["output"], dirs_exist_ok=True)
            self.say(f"Artifacts in {options['output']}")


def _add_method(parser: ArgumentParser) -> None:
    parser.add_argument("--algorithm", choices=TrainingRun.Algorithm.values, default="race")
    parser.add_argument("--objective", choices=TrainingRun.Objective.values, default="recall")
    parser.add_argument("--min-precision", type=share, metavar="P", help="above 0, at most 1")
    parser.add_argument("--trials", type=trials, default=0, metavar="N", help="of a search")
    parser.add_argument("--seed", type=seed, default=42)
    parser.add_argument("--allow-leaks", action="store_true", help="train in spite of a leak")


def _refuse_contradictions(options: dict[str, Any]) -> None:
    if not (options["records"] or options["dataset"]):
        raise wrong_usage("name a file with --records, or a stored data set with --dataset")
    if options["output"]:
        new_folder(options["output"])
    if options["queue"] and (options["promote"] or options["output"]):
        raise wrong_usage("--promote and --output need the result, which --queue does not await")


def _method(options: dict[str, Any]) -> dict[str, Any]:
    return {name: options[name] for name in (*_OPTIONS, "allow_leaks")}


def _dataset(
    options: dict[str, Any], listen: ProgressCallback
) -> "tuple[Dataset, Customers | None]":
    if not options["records"]:
        dataset = Dataset.objects.filter(name=options["dataset"]).first()
        if dataset is None:
            raise CommandError(f"{options['dataset']}: there is no data set of that name")
        return dataset, None
    records = existing_file(options["records"])
    with records.open("rb") as file:
        if not options["zones"]:
            return _import(file, None, options, listen)
        with existing_file(options["zones"]).open("rb") as zones_file:
            return _import(file, zones_file, options, listen)


def _notes(dataset: Dataset, customers: "Customers | None") -> list[str]:
    """Say what was found of the file just read, or of the stored one when it was."""
    if customers is None:
        return [note["text"]["en"] for note in dataset.schema["notes"]]
    return [str(note) for note in customers.source.notes]


def _import(
    file: IO[bytes], zones_file: IO[bytes] | None, options: dict[str, Any], listen: ProgressCallback
) -> "tuple[Dataset, Customers]":
    offer = DatasetUpload(
        file=file,
        file_name=file.name,
        zones_file=zones_file,
        name=options["dataset"],
        target=options["target"],
        customer_id=options["customer_id"],
        size_limit=sys.maxsize,
    )
    return datasets.import_dataset(offer, progress=listen, reuse=True)
