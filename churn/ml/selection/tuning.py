"""`--trials N`: a seeded search for the parameters of the trees."""

from collections.abc import Sequence

import optuna

from churn.ml.estimators import TrainingData, TreeParams
from churn.ml.progress import ProgressCallback
from churn.ml.selection.candidates import TreeCandidate
from churn.ml.selection.splits import Fold

TUNED_TREES = "tuned trees"
STARTUP_TRIALS = 10  # random ones, before the estimator has anything to go by


def tune_trees(
    data: TrainingData,
    folds: Sequence[Fold],
    *,
    trials: int,
    seed: int,
    on_progress: ProgressCallback,
) -> TreeCandidate:
    """Find the tree parameters with the lowest log loss over the folds in `trials` attempts.

    Tree-structured Parzen estimator: Bergstra et al., "Algorithms for hyper-parameter
    optimization", NeurIPS 2011. The same seed and rows give the same parameters.
    """
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    sampler = optuna.samplers.TPESampler(
        seed=seed, n_startup_trials=STARTUP_TRIALS, multivariate=True
    )
    study = optuna.create_study(sampler=sampler)

    def objective(trial: optuna.Trial) -> float:
        on_progress(TUNED_TREES, trial.number / trials)
        candidate = TreeCandidate(TUNED_TREES, _suggest_params(trial))
        return candidate.cross_validate(data, folds, seed).loss

    study.optimize(objective, n_trials=trials)
    best = optuna.trial.FixedTrial(study.best_params)
    return TreeCandidate(TUNED_TREES, _suggest_params(best))


def _suggest_params(trial: optuna.Trial | optuna.trial.FixedTrial) -> TreeParams:
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
