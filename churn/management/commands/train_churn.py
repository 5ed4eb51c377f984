import shutil
import sys
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError

from churn import tasks
from churn.management.reading import add_reading_options, read_options
from churn.management.reporting import (
    ChurnCommand,
    add_engine,
    existing_file,
    fraction,
    new_folder,
    progress,
    seed,
    timer,
    trials,
    wrong_usage,
)
from churn.ml.progress import ProgressCallback
from churn.models import Dataset, Status, TrainingRun
from churn.services import datasets, registry, runs
from churn.services.inputs import DatasetUpload
from churn.services.localization import localize

if TYPE_CHECKING:
    from churn.ml.customers import Customers

_RUN_FIELDS = (
    "algorithm", "objective", "min_precision", "trials", "seed", "engine", "scheduler",
    "allow_leaks", "split",
)  # fmt: skip
_METRICS = (
    "roc_auc", "pr_auc", "log_loss", "brier", "recall", "precision", "f1", "top_decile_lift",
)  # fmt: skip


class Command(ChurnCommand):
    help = "Train a model on a file or a stored data set, here or in a worker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--records", metavar="R.csv", help="service records, or any table")
        parser.add_argument("--zones", metavar="Z.csv", help="polygons of the zones")
        parser.add_argument("--dataset", default="", metavar="NAME", help="new or existing name")
        parser.add_argument("--target", default="", metavar="COL", help="default: inferred")
        parser.add_argument("--customer-id", default="", metavar="COL", help="default: inferred")
        parser.add_argument("--algorithm", choices=TrainingRun.Algorithm.values, default="race")
        parser.add_argument("--objective", choices=TrainingRun.Objective.values, default="recall")
        parser.add_argument("--min-precision", type=fraction, metavar="P", help="above 0 to 1")
        parser.add_argument("--trials", type=trials, default=0, metavar="N", help="of a search")
        parser.add_argument("--seed", type=seed, default=42)
        parser.add_argument("--allow-leaks", action="store_true", help="train despite leakage")
        add_reading_options(parser)
        parser.add_argument("--split", choices=TrainingRun.SplitChoice.values, default="auto")
        add_engine(parser)
        parser.add_argument("--queue", action="store_true", help="let a worker train")
        parser.add_argument("--promote", action="store_true", help="make the run the champion")
        parser.add_argument("--output", type=Path, metavar="DIR", help="copy the artifacts there")

    def handle(self, *args: Any, **options: Any) -> None:
        from churn.services.work.training import execute_run  # noqa: PLC0415  see docs/decisions/0010

        _check_options(options)
        read_timer = timer()
        with progress() as on_progress:
            dataset, customers = _dataset(options, on_progress)
            fields = {name: options[name] for name in _RUN_FIELDS}
            if not options["records"]:  # those of a file are stored with its data set
                fields["read_options"] = read_options(options).to_dict()
            run = runs.create_run(dataset, **fields)
            if not options["queue"]:
                execute_run(run, customers=customers, on_progress=on_progress, in_foreground=True)
        self._report_dataset(dataset, customers)
        if options["queue"]:
            tasks.enqueue(run)
            self.write_line(f"Run {run.pk} is queued; see /churn/runs/{run.pk}/ for its progress.")
        else:
            self._finish(run, options)
            counts = f"{dataset.rows:,} rows, {dataset.customers:,} customers"
            self.write_line(f"{counts}, {read_timer()}")

    def _report_dataset(self, dataset: Dataset, customers: "Customers | None") -> None:
        self.write_line(
            f"Data set “{dataset}” ({dataset.pk}): {dataset.rows:,} rows, {dataset.accepted:,} "
            f"accepted, {dataset.rejected:,} rejected, {dataset.customers:,} customers"
        )
        identifier = dataset.customer_id or "the row number"
        self.write_line(f"Target: {dataset.target}; customer: {identifier}")
        for remark in _remarks(dataset, customers):
            self.write_line(f"  {remark}")
        for finding in localize(dataset.findings, "en"):
            self.write_line(f"  {finding['severity']}: {finding['text']}")
        self.write_rejects(dataset.rejects)

    def _finish(self, run: TrainingRun, options: dict[str, Any]) -> None:
        if run.status != Status.SUCCEEDED:
            reason = run.failure or f"the run was {run.get_status_display()}"
            raise CommandError(f"{options['records'] or options['dataset']}: {reason}")
        metrics = (f"{name} {run.metrics[name]:.4f}" for name in _METRICS if name in run.metrics)
        self.write_line(f"Run {run.pk}: {', '.join(metrics)}")
        for note in localize(run.notes, "en"):
            self.write_line(f"  {note['text']}")
        if run.as_of:
            self.write_line(f"Days are counted back from {run.as_of}")
        self.write_line(f"Threshold {run.threshold:.4f}; measured on held-out customers")
        if options["promote"]:
            registry.promote(run)
            self.write_line(f"Run {run.pk} is the champion now.")
        if options["output"]:
            shutil.copytree(run.path, options["output"], dirs_exist_ok=True)
            self.write_line(f"Artifacts in {options['output']}")


def _check_options(options: dict[str, Any]) -> None:
    if not (options["records"] or options["dataset"]):
        raise wrong_usage("name a file with --records, or a stored data set with --dataset")
    if options["output"]:
        new_folder(options["output"])
    if options["queue"] and (options["promote"] or options["output"]):
        raise wrong_usage("--queue cannot be combined with --promote or --output")


def _dataset(
    options: dict[str, Any], on_progress: ProgressCallback
) -> "tuple[Dataset, Customers | None]":
    """Return the named data set, or the one created from the file with its customers."""
    if not options["records"]:
        dataset = Dataset.objects.filter(name=options["dataset"]).first()
        if dataset is None:
            raise CommandError(f"{options['dataset']}: data set not found")
        return dataset, None
    with ExitStack() as files:
        file = files.enter_context(existing_file(options["records"]).open("rb"))
        zones = options["zones"] and files.enter_context(existing_file(options["zones"]).open("rb"))
        upload = DatasetUpload(
            file=file,
            file_name=file.name,
            zones_file=zones or None,
            name=options["dataset"],
            options=read_options(options),
            # MAX_UPLOAD_BYTES limits what users send, not the files of the operator.
            size_limit=sys.maxsize,
        )
        # The same file trained on twice is one data set.
        return datasets.import_dataset(upload, on_progress=on_progress, reuse=True)


def _remarks(dataset: Dataset, customers: "Customers | None") -> list[str]:
    """Return how the file was read: the file just read, or else the stored one."""
    if customers is None:
        return [note["text"] for note in localize(dataset.schema["notes"], "en")]
    return [str(note) for note in customers.source.remarks]
