"""The fourteen algorithms of the first version, each with the preprocessing it needs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
from sklearn import (
    compose,
    discriminant_analysis,
    ensemble,
    impute,
    linear_model,
    pipeline,
    preprocessing,
    tree,
)

from churn.ml.arrays import Float32Array, FloatArray, sigmoid
from churn.ml.estimators.boosting import MEDIUM, fit_trees
from churn.ml.estimators.data import TrainingData
from churn.ml.estimators.threads import thread_count

TREES = 200
COMPARED_ROUNDS = 150


@dataclass(frozen=True)
class Algorithm:
    """Fits on a part and scores another matrix (rows, columns) with scores (rows,).

    `package` is the optional one it needs; `returns_probability` tells chances from mere scores.
    """

    name: str
    answer: Callable[[TrainingData, Float32Array, int], FloatArray]
    package: str | None = None
    returns_probability: bool = True

    @property
    def is_installed(self) -> bool:
        return self.package is None or find_spec(self.package) is not None


def _estimated(
    build: Callable[[int, int], Any],
) -> Callable[[TrainingData, Float32Array, int], FloatArray]:
    """Answer by a scikit-learn classifier behind imputation, scaling and one-hot columns."""

    def answer(part: TrainingData, matrix: Float32Array, seed: int) -> FloatArray:
        model = pipeline.make_pipeline(
            _preprocessing(part.category_counts), build(seed, thread_count(len(part.actual)))
        )
        model.fit(part.matrix, part.actual > 0)
        return _scores(model, matrix)

    return answer


def _scores(model: Any, matrix: Float32Array) -> FloatArray:
    if hasattr(model, "predict_proba"):
        return np.asarray(model.predict_proba(matrix)[:, 1], dtype=np.float64)
    return sigmoid(np.asarray(model.decision_function(matrix), dtype=np.float64))


def _preprocessing(category_counts: Sequence[int]) -> compose.ColumnTransformer:
    numbers = [at for at, levels in enumerate(category_counts) if not levels]
    words = [at for at, levels in enumerate(category_counts) if levels]
    scaled = pipeline.make_pipeline(
        impute.SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
        preprocessing.StandardScaler(),
    )
    coded = preprocessing.OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    return compose.ColumnTransformer([("numbers", scaled, numbers), ("words", coded, words)])


def _xgboost(part: TrainingData, matrix: Float32Array, seed: int) -> FloatArray:
    return sigmoid(fit_trees(part, MEDIUM, COMPARED_ROUNDS, seed).margin(matrix))


def _hist_gradient_boosting(part: TrainingData, matrix: Float32Array, seed: int) -> FloatArray:
    words = [at for at, levels in enumerate(part.category_counts) if levels]
    model = ensemble.HistGradientBoostingClassifier(
        categorical_features=words, early_stopping=False, random_state=seed
    )
    return _scores(model.fit(part.matrix, part.actual > 0), matrix)


def _lightgbm(part: TrainingData, matrix: Float32Array, seed: int) -> FloatArray:
    import lightgbm  # noqa: PLC0415 - an extra that may be absent

    words = [at for at, levels in enumerate(part.category_counts) if levels]
    data = lightgbm.Dataset(
        _coded(part.matrix, words), part.actual, categorical_feature=words, free_raw_data=False
    )
    settings = {
        "objective": "binary",
        "seed": seed,
        "deterministic": True,
        "verbose": -1,
        "num_threads": thread_count(len(part.actual)),
    }
    booster = lightgbm.train(settings, data, num_boost_round=100)
    return np.asarray(booster.predict(_coded(matrix, words)), dtype=np.float64)


def _catboost(part: TrainingData, matrix: Float32Array, seed: int) -> FloatArray:
    import catboost  # noqa: PLC0415 - an extra that may be absent

    words = [at for at, levels in enumerate(part.category_counts) if levels]
    model = catboost.CatBoostClassifier(
        iterations=400,
        depth=5,
        random_seed=seed,
        verbose=False,
        allow_writing_files=False,
        thread_count=thread_count(len(part.actual)),
        cat_features=words,
    )
    model.fit(_named(part.matrix, words), part.actual)
    return np.asarray(model.predict_proba(_named(matrix, words))[:, 1], dtype=np.float64)


def _coded(matrix: Float32Array, words: Sequence[int]) -> Float32Array:
    """Copy with missing categories as -1, which LightGBM takes for missing."""
    coded = matrix.copy()
    coded[:, words] = np.nan_to_num(matrix[:, words], nan=-1.0)
    return coded


def _named(matrix: Float32Array, words: Sequence[int]) -> Any:
    """Frame with categories as text, as CatBoost asks for."""
    import pandas as pd  # noqa: PLC0415 - for CatBoost alone

    frame = pd.DataFrame(_coded(matrix, words))
    return frame.astype(dict.fromkeys(words, int)).astype(dict.fromkeys(words, str))


ALGORITHMS = (
    Algorithm("HistGradientBoosting", _hist_gradient_boosting),
    Algorithm("LightGBM", _lightgbm, package="lightgbm"),
    Algorithm("XGBoost", _xgboost),
    Algorithm("CatBoost", _catboost, package="catboost"),
    Algorithm(
        "GradientBoosting",
        _estimated(lambda seed, jobs: ensemble.GradientBoostingClassifier(random_state=seed)),
    ),
    Algorithm(
        "RandomForest",
        _estimated(
            lambda seed, jobs: ensemble.RandomForestClassifier(
                TREES, random_state=seed, n_jobs=jobs
            )
        ),
    ),
    Algorithm(
        "ExtraTrees",
        _estimated(
            lambda seed, jobs: ensemble.ExtraTreesClassifier(TREES, random_state=seed, n_jobs=jobs)
        ),
    ),
    Algorithm(
        "Bagging",
        _estimated(lambda seed, jobs: ensemble.BaggingClassifier(random_state=seed, n_jobs=jobs)),
    ),
    Algorithm(
        "AdaBoost", _estimated(lambda seed, jobs: ensemble.AdaBoostClassifier(random_state=seed))
    ),
    Algorithm(
        "DecisionTree",
        _estimated(lambda seed, jobs: tree.DecisionTreeClassifier(random_state=seed)),
    ),
    Algorithm(
        "ExtraTree", _estimated(lambda seed, jobs: tree.ExtraTreeClassifier(random_state=seed))
    ),
    Algorithm(
        "Ridge",
        _estimated(lambda seed, jobs: linear_model.RidgeClassifier(random_state=seed)),
        returns_probability=False,
    ),
    Algorithm(
        "LDA",
        _estimated(
            lambda seed, jobs: discriminant_analysis.LinearDiscriminantAnalysis(
                solver="lsqr", shrinkage="auto"
            )
        ),
    ),
    Algorithm(
        "LogisticRegression",
        _estimated(lambda seed, jobs: linear_model.LogisticRegression(max_iter=2000)),
    ),
)
