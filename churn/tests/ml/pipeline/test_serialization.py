import json
import pickle
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from churn.exceptions import ModelInvalid
from churn.ml.pipeline.serialization import MANIFEST, load_model, save_model
from churn.ml.training import TrainedRun


@pytest.fixture
def folder(made_run: TrainedRun, tmp_path: Path) -> Path:
    save_model(made_run.model, tmp_path)
    return tmp_path


def _edit(folder: Path, **changes: Any) -> None:
    manifest = json.loads((folder / MANIFEST).read_text())
    (folder / MANIFEST).write_text(json.dumps(manifest | changes))


def test_a_restored_model_gives_the_same_scores_and_reasons(
    made_run: TrainedRun, folder: Path
) -> None:
    frame = made_run.customers.frame

    restored = load_model(folder)
    scores = restored.probabilities(frame)

    np.testing.assert_array_equal(scores, made_run.model.probabilities(frame))
    np.testing.assert_array_equal(
        restored.contributions(frame), made_run.model.contributions(frame)
    )
    assert restored.threshold == made_run.threshold
    assert restored.metadata == made_run.model.metadata


def test_the_same_model_is_stored_as_the_same_bytes(made_run: TrainedRun, tmp_path: Path) -> None:
    digests = [save_model(made_run.model, tmp_path / name) for name in ("one", "two")]

    assert digests[0] == digests[1]
    assert digests[0] == sha256((tmp_path / "one" / MANIFEST).read_bytes()).hexdigest()


def test_no_file_of_a_model_is_a_pickle(folder: Path) -> None:
    for file in folder.iterdir():
        assert file.suffix in {".json", ".ubj"}
        with pytest.raises(pickle.UnpicklingError):
            pickle.loads(file.read_bytes())  # noqa: S301 - the point is that it cannot be done


def test_a_pickle_is_refused_and_not_run(folder: Path) -> None:
    (folder / MANIFEST).write_bytes(pickle.dumps({"format": "churn-model"}))

    with pytest.raises(ModelInvalid, match="Pickles and other formats are not accepted"):
        load_model(folder)


def test_a_digest_that_differs_is_refused(folder: Path) -> None:
    with pytest.raises(ModelInvalid, match="does not match its digest"):
        load_model(folder, "0" * 64)


def test_a_changed_booster_is_refused(folder: Path) -> None:
    trees = next(folder.glob("*.ubj"))
    trees.write_bytes(trees.read_bytes()[:-9])

    with pytest.raises(ModelInvalid, match=f"{trees.name} does not match its digest"):
        load_model(folder)


def test_an_absent_file_is_named(folder: Path) -> None:
    trees = next(folder.glob("*.ubj"))
    trees.unlink()

    with pytest.raises(ModelInvalid, match=f"has no {trees.name}"):
        load_model(folder)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"format": "other"}, "not a stored churn model"),
        ({"format_version": 99}, "format version 99"),
        ({"intercept": "high"}, "'intercept' is missing or has the wrong type"),
        ({"members": []}, "no members"),
        ({"members": ["trees"]}, "not a mapping"),
        ({"members": [{"kind": "pickle"}]}, "unknown type 'pickle'"),
        (
            {"members": [{"kind": "trees", "file": "../../model.ubj"}]},
            "a file outside its folder",
        ),
        ({"threshold": {"value": 0.5}}, "threshold is damaged"),
        ({"columns": [{}]}, "columns are damaged"),
    ],
)
def test_a_damaged_manifest_is_refused_with_its_reason(
    folder: Path, changes: dict[str, Any], complaint: str
) -> None:
    _edit(folder, **changes)

    with pytest.raises(ModelInvalid, match=complaint):
        load_model(folder)


def test_a_list_and_endless_nesting_are_refused(folder: Path) -> None:
    for content in ("[1, 2]", "[" * 100_000):
        (folder / MANIFEST).write_text(content)
        with pytest.raises(ModelInvalid):
            load_model(folder)
