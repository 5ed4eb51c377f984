"""What a reader of a run must know besides its figures, in English and Spanish."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from churn.ml.i18n.formatting import fill
from churn.ml.i18n.languages import Language
from churn.ml.training.leaks import Leak, describe_leak

OPTIMISTIC_SPLIT_GAP = 0.01  # area under the ROC curve

_WORDS: dict[str, tuple[str, str]] = {
    "left_out": ("{leak}: left out", "{leak}: se dejó de lado"),
    "leaks_allowed": (
        "{leak}: kept, as leaks were allowed; the figures may be too good to be true",
        "{leak}: se mantuvo, como se pidió; las cifras pueden ser demasiado buenas",
    ),
    "by_time": (
        "AUC is {random:.3f} on random older customers, {newest:.3f} on the newest {test:,}",
        "AUC {random:.3f} con clientes anteriores al azar, {newest:.3f} con los {test:,} nuevos",
    ),
    "flattered": (
        "a random split would have flattered the model by {gap:.3f} of AUC",
        "una división al azar habría favorecido al modelo en {gap:.3f} de AUC",
    ),
    "not_by_time": (
        "the newest customers hold too few of an outcome: customers were held out at random",
        "los clientes más nuevos tienen muy pocos de un caso: se reservaron clientes al azar",
    ),
    "copies": (
        "{copies:,} rows are copies of another; copies were kept on one side of every split",
        "{copies:,} filas son copias de otra; las copias quedaron de un solo lado de cada división",
    ),
    "churn_rate_moved": (
        "the churn rate moved from {before:.1%} among the older customers to {after:.1%}",
        "la tasa de bajas pasó de {before:.1%} entre los clientes anteriores a {after:.1%}",
    ),
    "precision_missed": (
        "the threshold was to give a precision of {asked:.1%}; held-out customers give {met:.1%}",
        "el umbral debía dar una precisión de {asked:.1%}; con los reservados es {met:.1%}",
    ),
    "few_churners": (
        "only {left:,} of the held-out customers left: mind the intervals",
        "solo {left:,} de los clientes reservados se dieron de baja: atención a los intervalos",
    ),
}
_RATE_MOVED = 0.02
_FEW = 50


@dataclass(frozen=True, slots=True)
class RunRemark:
    """A remark by its code and the values it names."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def describe_note(note: RunRemark, language: Language) -> str:
    """One sentence without a full stop."""
    english, spanish = _WORDS[note.code]
    words = spanish if language == "es" else english
    return fill(words, language, leak=note.values.get(language), **note.values)


def run_remarks(leaks: Sequence[Leak], metrics: dict[str, Any]) -> Iterator[RunRemark]:
    """Tell what leaks were found and what the measures do not say by themselves."""
    for leak in leaks:
        told = {"en": describe_leak(leak, "en"), "es": describe_leak(leak, "es")}
        yield RunRemark("left_out" if leak.is_harmless else "leaks_allowed", told)
    split = metrics["split"]
    if split["way"] == "time":
        yield from _on_time(metrics)
    elif split["is_dated"]:
        yield RunRemark("not_by_time")
    if split["copies"]:
        yield RunRemark("copies", {"copies": split["copies"]})
    yield from _on_threshold(metrics)
    left = metrics["confusion"]["true_positive"] + metrics["confusion"]["false_negative"]
    if left < _FEW:
        yield RunRemark("few_churners", {"left": left})


def _on_threshold(metrics: dict[str, Any]) -> Iterator[RunRemark]:
    """Say where the precision asked for was not met, by more than chance explains."""
    threshold, interval = metrics["threshold"], metrics["intervals"].get("precision")
    is_floor = threshold["reason"] in {"recall", "recall_default"}
    if is_floor and interval is not None and interval[1] < threshold["asked"]:
        yield RunRemark(
            "precision_missed", {"asked": threshold["asked"], "met": metrics["precision"]}
        )


def _on_time(metrics: dict[str, Any]) -> Iterator[RunRemark]:
    split, random, newest = metrics["split"], metrics["random"]["roc_auc"], metrics["roc_auc"]
    yield RunRemark("by_time", {"test": split["test"], "random": random, "newest": newest})
    if random - newest > OPTIMISTIC_SPLIT_GAP:
        yield RunRemark("flattered", {"gap": random - newest})
    if abs(split["train_churn_rate"] - metrics["base_rate"]) > _RATE_MOVED:
        rates = {"before": split["train_churn_rate"], "after": metrics["base_rate"]}
        yield RunRemark("churn_rate_moved", rates)
