"""Quality of the race on tables, fold by fold, next to other installed libraries.

    python benchmarks/churn/model_quality.py telco.csv mlc_churn.csv [other.csv:TARGET ...]

Five stratified folds of seed 42; encoding, race, blend and calibration happen inside each fold.
Prints a Markdown table of fold means. `--rivals` adds CatBoost (400 trees of depth 5, where it is
installed) and XGBoost with scikit-learn-like defaults and class weights, as the first version had.
`--trials 40` adds XGBoost alone in the best shape of so many attempts.
"""

import argparse
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import perf_counter

import numpy as np
import polars as pl
from sklearn.model_selection import StratifiedKFold

from churn.ml.arrays import Float32Array, FloatArray, sigmoid
from churn.ml.customers import Customers, load_customers
from churn.ml.estimators import TrainingData, single_threaded_blas
from churn.ml.io import inspect_source
from churn.ml.metrics import CampaignCosts, ranking_metrics
from churn.ml.options import ReadOptions
from churn.ml.pipeline import fit_encoder
from churn.ml.progress import no_progress
from churn.ml.schema import CUSTOMER_ID, TARGET
from churn.ml.selection import CANDIDATES, SelectionConfig, select_and_fit
from churn.ml.selection.algorithms import ALGORITHMS, FitPredict
from churn.ml.training.leaks import drop_harmless, find_leaks

FOLDS, SEED = 5, 42
SHOWN = ("roc_auc", "log_loss", "ece", "emp_churn", "mean_score", "base_rate")


def main() -> None:
    options = _options()
    print(f"| table | model | {' | '.join(SHOWN)} | s per fit |")
    print(f"|---|---|{'---|' * (len(SHOWN) + 1)}")
    for argument in options.tables:
        path, _, target = argument.partition(":")
        customers = _read(Path(path), target or None)
        for name, fit_predict in _contenders(options).items():
            means, seconds = _measure(customers, fit_predict)
            figures = " | ".join(f"{means[key]:.4f}" for key in SHOWN)
            print(f"| {Path(path).stem} | {name} | {figures} | {seconds:.1f} |", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tables", nargs="+", metavar="CSV[:TARGET]")
    parser.add_argument("--rivals", action="store_true")
    parser.add_argument("--trials", type=int, default=0)
    return parser.parse_args()


def _read(path: Path, target: str | None) -> Customers:
    customers = load_customers(
        inspect_source(path, ReadOptions(target=target or "")), require_target=True
    )
    rows = customers.frame[CUSTOMER_ID].cast(pl.Int64, strict=False)
    if customers.source.customer_id is None:  # the folds are those of the rows of the file
        customers = replace(customers, frame=customers.frame[rows.arg_sort()])
    return drop_harmless(customers, find_leaks(customers, SEED))


def _contenders(options: argparse.Namespace) -> dict[str, FitPredict]:
    contenders: dict[str, FitPredict] = {"race": partial(_fit_predict, SelectionConfig(CANDIDATES))}
    if options.trials:
        contenders["tuned XGBoost"] = partial(_fit_predict, SelectionConfig((), options.trials))
    if options.rivals:
        known = {algorithm.name: algorithm for algorithm in ALGORITHMS}
        for name in ("CatBoost", "LightGBM", "XGBoost", "HistGradientBoosting"):
            if known[name].is_installed:
                contenders[name] = known[name].fit_predict
    return contenders


def _fit_predict(
    config: SelectionConfig, data: TrainingData, matrix: Float32Array, seed: int
) -> FloatArray:
    groups = np.arange(len(data.actual))
    with single_threaded_blas():
        ensemble = select_and_fit(data, groups, replace(config, seed=seed), no_progress)
        margins = [member.weight * member.model.margin(matrix) for member in ensemble.members]
    return sigmoid(ensemble.intercept + np.sum(margins, axis=0))


def _measure(customers: Customers, fit_predict: FitPredict) -> tuple[dict[str, float], float]:
    frame = customers.frame
    actual = frame[TARGET].cast(pl.Float64).to_numpy()
    measured, seconds = [], 0.0
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for train, test in folds.split(actual, actual):
        encoder = fit_encoder(frame[train], customers.features)
        data = TrainingData(encoder.encode(frame[train]), actual[train], encoder.category_counts)
        start = perf_counter()
        probability = fit_predict(data, encoder.encode(frame[test]), SEED)
        seconds += perf_counter() - start
        measured.append(ranking_metrics(actual[test], probability, CampaignCosts()))
    means = {name: float(np.mean([row[name] for row in measured])) for name in SHOWN}
    return means, seconds / FOLDS


if __name__ == "__main__":
    main()
