"""Storage of models as JSON and UBJSON under one digest; reading one runs no stored code."""

import json
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from churn.exceptions import ModelInvalid
from churn.ml.estimators import BoostedTrees, SplineLogistic
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.metrics import Threshold
from churn.ml.pipeline.encoder import Encoder
from churn.ml.pipeline.model import ChurnModel, Estimator, Member

FORMAT = "churn-model"
FORMAT_VERSION = 1
MANIFEST = "model.json"
MAX_FILE_BYTES = 512 * 2**20


def save_model(model: ChurnModel, folder: Path) -> str:
    """Write `model.json` and one UBJSON file per booster; return the SHA-256 of the manifest.

    The manifest has the digest of every other file, so that its own digest covers all of them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    members = [_store_member(member, number, folder) for number, member in enumerate(model.members)]
    manifest = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "columns": model.encoder.to_dict(),
        "members": members,
        "intercept": model.intercept,
        "threshold": model.threshold.to_dict(),
        "about": dict(model.metadata),
        "reference": dict(model.drift_baseline),
    }
    content = json.dumps(manifest, indent=1, sort_keys=True, allow_nan=False).encode()
    (folder / MANIFEST).write_bytes(content)
    return sha256(content).hexdigest()


def load_model(folder: Path, digest: str | None = None) -> ChurnModel:
    """Read what `save_model` wrote; verify digests before anything is parsed.

    Raises
    ------
    ModelInvalid : a file is absent, damaged, of another format or version, a pickle, or the
        manifest is not the one `digest` was taken of.
    """
    content = _read(folder, MANIFEST)
    if digest is not None and sha256(content).hexdigest() != digest:
        raise ModelInvalid(_("The stored model does not match its digest."))
    manifest = _parse_manifest(content)
    encoder = Encoder.from_dict(_get(manifest, "columns", list))
    members = [_restore_member(entry, folder, encoder) for entry in _get(manifest, "members", list)]
    if not members:
        raise ModelInvalid(_("The stored model has no members."))
    return ChurnModel(
        encoder=encoder,
        members=tuple(members),
        intercept=float(_get(manifest, "intercept", (int, float))),
        threshold=Threshold.from_dict(_get(manifest, "threshold", dict)),
        metadata=_get(manifest, "about", dict),
        drift_baseline=_get(manifest, "reference", dict),
    )


def _store_member(member: Member, number: int, folder: Path) -> dict[str, Any]:
    entry: dict[str, Any] = {"name": member.name, "weight": member.weight}
    if isinstance(member.model, SplineLogistic):
        return {**entry, "kind": "splines", "model": member.model.to_dict()}
    name, content = f"trees-{number}.ubj", member.model.dump()
    (folder / name).write_bytes(content)
    return {**entry, "kind": "trees", "file": name, "sha256": sha256(content).hexdigest()}


def _restore_member(entry: Mapping[str, Any], folder: Path, encoder: Encoder) -> Member:
    if not isinstance(entry, dict):
        raise ModelInvalid(_("The stored model is damaged: a member is not a mapping."))
    kind, category_counts = _get(entry, "kind", str), encoder.category_counts
    model: Estimator
    if kind == "splines":
        model = SplineLogistic.from_dict(_get(entry, "model", dict))
        if tuple(term.category_count for term in model.terms) != category_counts:
            raise ModelInvalid(_("The stored coefficients do not match the columns."))
    elif kind == "trees":
        model = BoostedTrees.restore(_read_verified(entry, folder), category_counts)
    else:
        raise ModelInvalid(_("The stored model has a member of unknown type {kind!r}."), kind=kind)
    return Member(_get(entry, "name", str), float(_get(entry, "weight", (int, float))), model)


def _read_verified(entry: Mapping[str, Any], folder: Path) -> bytes:
    name = _get(entry, "file", str)
    # A manifest must not make the program read a file outside its folder.
    if Path(name).name != name or not name.endswith(".ubj"):
        raise ModelInvalid(_("The stored model refers to a file outside its folder."))
    content = _read(folder, name)
    if sha256(content).hexdigest() != _get(entry, "sha256", str):
        raise ModelInvalid(
            _("The stored model is damaged: {name} does not match its digest."), name=name
        )
    return content


def _read(folder: Path, name: str) -> bytes:
    path = folder / name
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise ModelInvalid(_("The stored model is damaged: {name} is too large."), name=name)
        return path.read_bytes()
    except OSError as error:
        raise ModelInvalid(
            _("The stored model has no {name}; train it again."), name=name
        ) from error


def _parse_manifest(content: bytes) -> dict[str, Any]:
    try:
        manifest = json.loads(content)
    # RecursionError: brackets nested too deeply.
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise ModelInvalid(
            _(
                "The stored model is not JSON. Pickles and other formats are not accepted;"
                " train it again."
            )
        ) from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ModelInvalid(_("The file is not a stored churn model."))
    if manifest.get("format_version") != FORMAT_VERSION:
        raise ModelInvalid(
            _(
                "The stored model has format version {found!r}; this program reads version {known}."
                " Train it again."
            ),
            found=manifest.get("format_version"),
            known=FORMAT_VERSION,
        )
    return manifest


def _get(entry: Mapping[str, Any], key: str, kind: type | tuple[type, ...]) -> Any:
    value = entry.get(key)
    if not isinstance(value, kind):
        raise ModelInvalid(
            _("The stored model is damaged: {key!r} is missing or has the wrong type."), key=key
        )
    return value
