"""Time and memory of the model side on service records, with the floors of the same minute.

    python benchmarks/churn/model_speed.py FOLDER [--repeats 3]

FOLDER is what `manage.py make_churn_sample --rows 765731 --output FOLDER` wrote. Every measure is
taken in a process of its own, so that its peak memory is its own; the best of the repeats counts.
"""

# ruff: noqa: PLC0415 - importing is part of what a process of its own is measured for

import argparse
import json
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from churn.ml.customers import Customers
    from churn.ml.pipeline import ChurnModel

MEGABYTE = 1024
REASONED = 100_000
SCANNED = (
    "cliente_id",
    "segmento_cliente",
    "tipo_asistencia",
    "coordenadas_sucursal",
    "inicio_atencion_utc",
    "fin_atencion",
    "puntos_de_loyalty",
    "edad",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", choices=sorted(MEASURES))
    options = parser.parse_args()
    if options.only:
        print(json.dumps(_measured(MEASURES[options.only], options.folder)))
        return
    print("| measure | seconds in all | of which counted | peak MB |")
    print("|---|---|---|---|")
    for name in MEASURES:
        runs = [_in_a_process(name, options.folder) for _ in range(options.repeats)]
        best = min(runs, key=lambda run: run["counted"])
        print(
            f"| {name} | {best['all']:.2f} | {best['counted']:.2f} | {best['peak']:.0f} |",
            flush=True,
        )


def _in_a_process(name: str, folder: Path) -> dict[str, float]:
    as_settings = {"OMP_WAIT_POLICY": "PASSIVE", "_RJEM_MALLOC_CONF": "narenas:2"}
    environment = {**os.environ, **as_settings}
    command = [sys.executable, __file__, str(folder), "--only", name]
    start = perf_counter()
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, env=environment)  # noqa: S603 - ourselves
    found: dict[str, float] = json.loads(answer.stdout)
    return found | {"all": perf_counter() - start}


def _measured(measure: Callable[[Path], float], folder: Path) -> dict[str, float]:
    counted = measure(folder)
    return {
        "counted": counted,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE,
    }


def whole_run(folder: Path) -> float:
    """Read, make features, fit XGBoost, measure, write predictions.csv and model; no more."""
    start = perf_counter()
    from churn.ml.pipeline import save_model
    from churn.ml.report.artifacts import write_tables
    from churn.ml.training import TrainingOptions, train

    run = train(_customers(folder), TrainingOptions(algorithm="xgboost"))
    with TemporaryDirectory() as output:
        write_tables(run, Path(output))
        save_model(run.model, Path(output) / "model")
    return perf_counter() - start


def race(folder: Path) -> float:
    """Train with the race on customers read before."""
    from churn.ml.training import TrainingOptions, train

    customers = _customers(folder)
    start = perf_counter()
    train(customers, TrainingOptions(algorithm="race"))
    return perf_counter() - start


def fit_alone(folder: Path) -> float:
    """Grow a hundred such trees on the ready matrix: the floor of a run."""
    from churn.ml.estimators import MEDIUM, fit_trees
    from churn.ml.training.preparation import prepare

    prepared = prepare(_customers(folder), "auto", 42)
    data = prepared.training_data(prepared.split.train)
    start = perf_counter()
    fit_trees(data, MEDIUM, 100, 42)
    return perf_counter() - start


def scoring(folder: Path) -> float:
    """Score a file to results.csv in bounded memory, without reasons."""
    from churn.ml.io import inspect_source
    from churn.ml.scoring import results_frame, score_in_batches

    model = _model(folder)
    start = perf_counter()
    source = inspect_source(_records(folder))
    with (
        score_in_batches(model, source, zones=_zones(folder), reasons=0) as scored,
        TemporaryFile() as output,
    ):
        for batch in scored.batches():
            results_frame(batch).write_csv(output)
    return perf_counter() - start


def scoring_floor(folder: Path) -> float:
    """Scan the columns, predict the ready matrix, write two columns: what no scoring can save."""
    import polars as pl

    model = _model(folder)
    frame = _customers(folder).frame
    matrix = model.encoder.encode(frame)
    start = perf_counter()
    pl.scan_csv(_records(folder), infer_schema=False).select(SCANNED).collect(engine="streaming")
    scores = pl.Series("probability", model.margins_from_matrix(matrix))
    with TemporaryFile() as output:
        frame.select("customer_id", scores).write_csv(output)
    return perf_counter() - start


def reasons(folder: Path) -> float:
    """Give 100,000 customers three reasons each."""
    from dataclasses import replace

    from churn.ml.scoring import score

    model, customers = _model(folder), _customers(folder)
    some = replace(customers, frame=customers.frame.head(REASONED))
    start = perf_counter()
    score(model, some)
    return perf_counter() - start


MEASURES: dict[str, Callable[[Path], float]] = {
    "whole_run": whole_run,
    "race": race,
    "fit_alone": fit_alone,
    "scoring": scoring,
    "scoring_floor": scoring_floor,
    "reasons": reasons,
}


def _customers(folder: Path) -> "Customers":
    from churn.ml.customers import load_customers
    from churn.ml.io import inspect_source

    source = inspect_source(_records(folder))
    return load_customers(source, zones=_zones(folder), require_target=True)


def _model(folder: Path) -> "ChurnModel":
    """Train the model to be measured, once a folder."""
    from churn.ml.pipeline import load_model, save_model
    from churn.ml.training import TrainingOptions, train

    stored = folder / "benchmarked_model"
    if not stored.exists():
        save_model(train(_customers(folder), TrainingOptions(algorithm="xgboost")).model, stored)
    return load_model(stored)


def _records(folder: Path) -> Path:
    return folder / "dataset_churn_challenge.csv"


def _zones(folder: Path) -> Path:
    return folder / "dataset_churn_zona_challenge.csv"


if __name__ == "__main__":
    main()
