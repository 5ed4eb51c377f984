"""The fourteen algorithms of `--algorithm compare`, each with the preprocessing it needs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, TypeAlias

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
from churn.ml.estimators import MEDIUM, TrainingData, fit_trees, thread_count

FOREST_TREES = 200
XGBOOST_ROUNDS = 150

FitPredict: TypeAlias = Callable[[TrainingData, Float32Array, int], FloatArray]


@dataclass(frozen=True)
class Algorithm:
    """An algorithm to compare with; `package` is the optional one it needs.

    `fit_predict(data, matrix, seed)` returns the scores (rows,) of another matrix (rows, columns):
    probabilities, or mere ranks in 0 to 1 if `returns_probability` is false.
    """

    name: str
    fit_predict: FitPredict
    package: str | None = None
    returns_probability: bool = True

    @property
    def is_installed(self) -> bool:
        return self.package is None or find_spec(self.package) is not None


def _sklearn_classifier(build: Callable[[int, int], Any]) -> FitPredict:
    """Wrap a scikit-learn classifier, built from seed and jobs, behind the preprocessing."""

    def fit_predict(data: TrainingData, matrix: Float32Array, seed: int) -> FloatArray:
        classifier = build(seed, thread_count(len(data.actual)))
        model = pipeline.make_pipeline(_preprocessing(data.category_counts), classifier)
        model.fit(data.matrix, data.actual > 0)
        return _predict_scores(model, matrix)

    return fit_predict


def _predict_scores(model: Any, matrix: Float32Array) -> FloatArray:
    if hasattr(model, "predict_proba"):
        return np.asarray(model.predict_proba(matrix)[:, 1], dtype=np.float64)
    return sigmoid(np.asarray(model.decision_function(matrix), dtype=np.float64))


def _preprocessing(category_counts: Sequence[int]) -> compose.ColumnTransformer:
    numeric = [column for column, count in enumerate(category_counts) if not count]
    scaled = pipeline.make_pipeline(
        impute.SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
        preprocessing.StandardScaler(),
    )
    one_hot = preprocessing.OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    return compose.ColumnTransformer(
        [("numeric", scaled, numeric), ("categorical", one_hot, _categorical(category_counts))]
    )


def _categorical(category_counts: Sequence[int]) -> list[int]:
    return [column for column, count in enumerate(category_counts) if count]


def _xgboost(data: TrainingData, matrix: Float32Array, seed: int) -> FloatArray:
    return sigmoid(fit_trees(data, MEDIUM, XGBOOST_ROUNDS, seed).margin(matrix))


def _hist_gradient_boosting(data: TrainingData, matrix: Float32Array, seed: int) -> FloatArray:
    model = ensemble.HistGradientBoostingClassifier(
        categorical_features=_categorical(data.category_counts),
        early_stopping=False,
        random_state=seed,
    )
    return _predict_scores(model.fit(data.matrix, data.actual > 0), matrix)


def _lightgbm(data: TrainingData, matrix: Float32Array, seed: int) -> FloatArray:
    import lightgbm  # noqa: PLC0415 - an extra that may be absent

    categorical = _categorical(data.category_counts)
    dataset = lightgbm.Dataset(
        _mark_missing(data.matrix, categorical),
        data.actual,
        categorical_feature=categorical,
        free_raw_data=False,
    )
    params = {
        "objective": "binary",
        "seed": seed,
        "deterministic": True,
        "verbose": -1,
        "num_threads": thread_count(len(data.actual)),
    }
    booster = lightgbm.train(params, dataset, num_boost_round=100)
    return np.asarray(booster.predict(_mark_missing(matrix, categorical)), dtype=np.float64)


def _catboost(data: TrainingData, matrix: Float32Array, seed: int) -> FloatArray:
    import catboost  # noqa: PLC0415 - an extra that may be absent

    categorical = _categorical(data.category_counts)
    model = catboost.CatBoostClassifier(
        iterations=400,
        depth=5,
        random_seed=seed,
        verbose=False,
        allow_writing_files=False,
        thread_count=thread_count(len(data.actual)),
        cat_features=categorical,
    )
    model.fit(_catboost_frame(data.matrix, categorical), data.actual)
    scores = model.predict_proba(_catboost_frame(matrix, categorical))[:, 1]
    return np.asarray(scores, dtype=np.float64)


def _mark_missing(matrix: Float32Array, categorical: Sequence[int]) -> Float32Array:
    """Copy with missing categories as -1, which LightGBM reads as missing."""
    coded = matrix.copy()
    coded[:, categorical] = np.nan_to_num(matrix[:, categorical], nan=-1.0)
    return coded


def _catboost_frame(matrix: Float32Array, categorical: Sequence[int]) -> Any:
    """Return a pandas frame with categories as text, which CatBoost requires."""
    import pandas as pd  # noqa: PLC0415 - for CatBoost alone

    frame = pd.DataFrame(_mark_missing(matrix, categorical))
    return frame.astype(dict.fromkeys(categorical, int)).astype(dict.fromkeys(categorical, str))


ALGORITHMS = (
    Algorithm("HistGradientBoosting", _hist_gradient_boosting),
    Algorithm("LightGBM", _lightgbm, package="lightgbm"),
    Algorithm("XGBoost", _xgboost),
    Algorithm("CatBoost", _catboost, package="catboost"),
    Algorithm(
        "GradientBoosting",
        _sklearn_classifier(
            lambda seed, jobs: ensemble.GradientBoostingClassifier(random_state=seed)
        ),
    ),
    Algorithm(
        "RandomForest",
        _sklearn_classifier(
            lambda seed, jobs: ensemble.RandomForestClassifier(
                FOREST_TREES, random_state=seed, n_jobs=jobs
            )
        ),
    ),
    Algorithm(
        "ExtraTrees",
        _sklearn_classifier(
            lambda seed, jobs: ensemble.ExtraTreesClassifier(
                FOREST_TREES, random_state=seed, n_jobs=jobs
            )
        ),
    ),
    Algorithm(
        "Bagging",
        _sklearn_classifier(
            lambda seed, jobs: ensemble.BaggingClassifier(random_state=seed, n_jobs=jobs)
        ),
    ),
    Algorithm(
        "AdaBoost",
        _sklearn_classifier(lambda seed, jobs: ensemble.AdaBoostClassifier(random_state=seed)),
    ),
    Algorithm(
        "DecisionTree",
        _sklearn_classifier(lambda seed, jobs: tree.DecisionTreeClassifier(random_state=seed)),
    ),
    Algorithm(
        "ExtraTree",
        _sklearn_classifier(lambda seed, jobs: tree.ExtraTreeClassifier(random_state=seed)),
    ),
    Algorithm(
        "Ridge",
        _sklearn_classifier(lambda seed, jobs: linear_model.RidgeClassifier(random_state=seed)),
        returns_probability=False,
    ),
    Algorithm(
        "LDA",
        _sklearn_classifier(
            lambda seed, jobs: discriminant_analysis.LinearDiscriminantAnalysis(
                solver="lsqr", shrinkage="auto"
            )
        ),
    ),
    Algorithm(
        "LogisticRegression",
        _sklearn_classifier(lambda seed, jobs: linear_model.LogisticRegression(max_iter=2000)),
    ),
)
