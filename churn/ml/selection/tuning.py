"""`--trials N`: a seeded search for the shape of the trees, by the race's own measure."""

from collections.abc import Sequence

import optuna

from churn.ml.estimators.boosting import TreeParams
from churn.ml.estimators.data import TrainingData
from churn.ml.progress import ProgressCallback
from churn.ml.selection.race import Pair, TreeContestant

TUNED_TREES = "tuned trees"
STARTS = 10


def tuned_trees(
    part: TrainingData, pairs: Sequence[Pair], trials: int, seed: int, step: ProgressCallback
) -> TreeContestant:
    """Find the shape of the least log loss over the (fit, check) rows in `trials` attempts.

    Tree-structured Parzen estimator: Bergstra et al., "Algorithms for hyper-parameter
    optimization", NeurIPS 2011. The same seed and rows give the same shape.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=STARTS, multivariate=True)
    study = optuna.create_study(sampler=sampler)

    def objective(trial: optuna.Trial) -> float:
        step(TUNED_TREES, trial.number / trials)
        return TreeContestant(TUNED_TREES, _suggested(trial)).cross_validate(part, pairs, seed).loss

    study.optimize(objective, n_trials=trials)
    return TreeContestant(TUNED_TREES, _suggested(optuna.trial.FixedTrial(study.best_params)))


def _suggested(trial: optuna.Trial | optuna.trial.FixedTrial) -> TreeParams:
    return TreeParams(
        max_depth=trial.suggest_int("max_depth", 2, 8),
        eta=trial.suggest_float("eta", 0.02, 0.15, log=True),
        min_child_weight=trial.suggest_float("min_child_weight", 0.5, 20.0, log=True),
        reg_lambda=trial.suggest_float("reg_lambda", 0.1, 20.0, log=True),
        reg_alpha=trial.suggest_float("reg_alpha", 0.001, 5.0, log=True),
        gamma=trial.suggest_float("gamma", 0.001, 2.0, log=True),
        subsample=trial.suggest_float("subsample", 0.5, 1.0),
        colsample_bytree=trial.suggest_float("colsample_bytree", 0.3, 1.0),
    )
