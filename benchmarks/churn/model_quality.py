"""Quality of the race on tables, fold by fold, beside whoever else is installed.

    python benchmarks/churn/model_quality.py telco.csv mlc_churn.csv [other.csv:TARGET ...]

Five stratified folds of seed 42; encoding, race, blend and calibration happen inside each fold.
Prints a Markdown table of fold means. `--rivals` adds CatBoost (400 trees of depth 5, where it is
installed) and XGBoost with scikit-learn-like defaults and class weights, as the first version had.
`--trials 40` adds XGBoost alone in the best shape of so many attempts.
"""

import argparse
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import perf_counter

import numpy as np
import polars as pl
from sklearn.model_selection import StratifiedKFold

from churn.ml.arrays import Float32Array, FloatArray, sigmoid
from churn.ml.customers import Customers, load_customers
from churn.ml.estimators.data import TrainingData
from churn.ml.estimators.threads import single_threaded_blas
from churn.ml.io import inspect_source
from churn.ml.metrics.classification import ranking_metrics
from churn.ml.metrics.profit import CampaignCosts
from churn.ml.pipeline.encoder import fit_encoder
from churn.ml.schema import CUSTOMER_ID, TARGET
from churn.ml.selection.algorithms import ALGORITHMS
from churn.ml.selection.fitting import SelectionConfig, select_and_fit
from churn.ml.selection.race import CANDIDATES
from churn.ml.training.leaks import drop_harmless, find_leaks

FOLDS, SEED = 5, 42
SHOWN = ("roc_auc", "log_loss", "ece", "emp_churn", "mean_score", "base_rate")

Answer = Callable[[TrainingData, Float32Array, int], FloatArray]


def main() -> None:
    options = _options()
    print(f"| table | model | {' | '.join(SHOWN)} | s per fit |")
    print(f"|---|---|{'---|' * (len(SHOWN) + 1)}")
    for argument in options.tables:
        path, _, target = argument.partition(":")
        customers = _read(Path(path), target or None)
        for name, answer in _answers(options).items():
            means, seconds = _measure(customers, answer)
            figures = " | ".join(f"{means[key]:.4f}" for key in SHOWN)
            print(f"| {Path(path).stem} | {name} | {figures} | {seconds:.1f} |", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", nargs="+", metavar="CSV[:TARGET]")
    parser.add_argument("--rivals", action="store_true")
    parser.add_argument("--trials", type=int, default=0)
    return parser.parse_args()


def _read(path: Path, target: str | None) -> Customers:
    customers = load_customers(inspect_source(path, target=target), require_target=True)
    rows = customers.frame[CUSTOMER_ID].cast(pl.Int64, strict=False)
    if customers.source.customer_id is None:  # the folds are those of the rows of the file
        customers = replace(customers, frame=customers.frame[rows.arg_sort()])
    return drop_harmless(customers, find_leaks(customers, SEED))


def _answers(options: argparse.Namespace) -> dict[str, Answer]:
    answers: dict[str, Answer] = {"race": partial(_fitted, SelectionConfig(CANDIDATES))}
    if options.trials:
        answers["tuned XGBoost"] = partial(_fitted, SelectionConfig((), options.trials))
    if options.rivals:
        known = {algorithm.name: algorithm for algorithm in ALGORITHMS}
        for name in ("CatBoost", "LightGBM", "XGBoost", "HistGradientBoosting"):
            if known[name].is_installed:
                answers[name] = known[name].answer
    return answers


def _fitted(
    recipe: SelectionConfig, part: TrainingData, matrix: Float32Array, seed: int
) -> FloatArray:
    groups, seeded = np.arange(len(part.actual)), replace(recipe, seed=seed)
    with single_threaded_blas():
        fitted = select_and_fit(part, groups, seeded, lambda stage, fraction: None)
        margins = [member.weight * member.model.margin(matrix) for member in fitted.members]
    return sigmoid(fitted.intercept + np.sum(margins, axis=0))


def _measure(customers: Customers, answer: Answer) -> tuple[dict[str, float], float]:
    frame = customers.frame
    actual = frame[TARGET].cast(pl.Float64).to_numpy()
    measured, seconds = [], 0.0
    for fit, check in StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(actual, actual):
        encoder = fit_encoder(frame[fit], customers.features)
        part = TrainingData(encoder.encode(frame[fit]), actual[fit], encoder.category_counts)
        start = perf_counter()
        probability = answer(part, encoder.encode(frame[check]), SEED)
        seconds += perf_counter() - start
        measured.append(ranking_metrics(actual[check], probability, CampaignCosts()))
    means = {name: float(np.mean([row[name] for row in measured])) for name in SHOWN}
    return means, seconds / FOLDS


if __name__ == "__main__":
    main()
