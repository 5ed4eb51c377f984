"""Which values of a target column mean that a customer left, in English, Spanish and Portuguese."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

import polars as pl

from churn.exceptions import SchemaInvalid
from churn.ml.i18n.messages import Message
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.io.cells import stripped_cell
from churn.ml.io.distinct import COUNT, TEXT, tally_cells
from churn.ml.io.names import fold, format_names, normalize_name

# All words are in the form of `fold`: lower case, without accents.
_YES = frozenset(
    {"yes", "y", "true", "t", "1", "si", "s", "sim", "verdadero", "verdadeiro", "v", "x"}
    | {"positive", "positivo", "yes.", "true."}
)
_NO = frozenset(
    {"no", "n", "false", "f", "0", "-1", "falso", "nao", "negative", "negativo", "no.", "false."}
)
_LEFT = frozenset(
    """
    churn|churned|churner|did churn|left|gone|lost|exited|exit|attrited|attrited customer|attrition
    cancel|cancelled|canceled|cancellation|terminated|ended|closed|inactive|deactivated|departed
    disconnected|lapsed|expired|quit|resigned|unsubscribed|withdrawn|former|former customer|dropped
    discontinued|not renewed|voluntary churn|involuntary churn
    baja|de baja|dado de baja|dada de baja|abandono|abandonado|se fue|fuga|fugado|perdido|perdida
    cancelado|cancelada|cancelo|cancelou|inactivo|inactiva|inativo|inativa|rescindido|rescindida
    terminado|terminada|finalizado|finalizada|cerrado|cerrada|desactivado|desactivada|desafiliado
    encerrado|encerrada|saiu|desligado|desligada|evadido|evadida|desistente|desistiu|abandonou
    desativado|desativada|vencido|vencida|extinto|extinta|no renovado|no renovo|nao renovado
    """.replace("\n", "|")
    .replace("    ", "")
    .split("|")
) - {""}
_STAYED = frozenset(
    """
    no churn|not churned|non churn|non-churn|nonchurn|non churner|non-churner|stay|stayed|staying
    retained|active|open|current|existing|existing customer|joined|loyal|live|enrolled|in force
    renewed|engaged|subscribed|continuing|continued|remained|new|kept
    activo|activa|vigente|vigentes|alta|de alta|abierto|abierta|retenido|retenida|permanece
    se quedo|continua|fidelizado|fidelizada|nuevo|nueva|renovado|renovada|sigue|al dia
    ativo|ativa|aberto|aberta|retido|retida|ficou|novo|nova|em dia|fidelizado
    """.replace("\n", "|")
    .replace("    ", "")
    .split("|")
) - {""}
_NEGATED_NAMES = re.compile(r"inactiv|inativ|deactiv|desactiv|desativ|notactive|noactiv|nonactive")
_INVERTED_NAMES = re.compile(
    r"retain|retenti|reten[ct]i|retenid|retid|stayed|isactive|^activ[eoa]|^ativ[oa]|activeflag"
    r"|activecustomer|clienteactivo|clienteativo|vigente|permanec|renewed|renovad|notchurn|loyal"
)
MAX_INVALID_SHARE = 0.1  # of the rows, beyond which another column was meant
_MAX_VALUES = 50  # a column with more values is no outcome
_MAX_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Outcome:
    """Meaning of the values of a target column; a value in neither set is invalid."""

    left: frozenset[str]  # values as they are in the file
    stayed: frozenset[str]
    is_plain: bool = True  # yes and no, true and false or 1 and 0, with their usual meaning

    def parse(self, column: str) -> pl.Expr:
        """Return whether the customer left; null for a value without a meaning."""
        meanings = dict.fromkeys(self.left, True) | dict.fromkeys(self.stayed, False)
        return stripped_cell(column).replace_strict(meanings, default=None, return_dtype=pl.Boolean)

    def remark(self, column: str) -> Message:
        return Message.of(
            _("in `{column}`, {left} means that the customer left, and {stayed} the contrary"),
            column=column,
            left=format_names(sorted(self.left)),
            stayed=format_names(sorted(self.stayed)),
        )


class TargetStatistics:
    """Counts of the values of the target, if there is one, over the batches of a file."""

    def __init__(self, target: str | None) -> None:
        self.columns = () if target is None else (target,)
        self._counts: Counter[str] = Counter()

    def add(self, frame: pl.DataFrame) -> None:
        """Add the text cells of a batch."""
        for column in self.columns:
            tally = tally_cells(frame[column]).group_by(TEXT).agg(pl.col(COUNT).sum())
            self._counts.update(dict(tally.iter_rows()))

    def resolve(self, positive: str) -> Outcome | None:
        """Return the meaning of the values; errors as in `resolve_outcome`."""
        outcomes = (resolve_outcome(column, self._counts, positive) for column in self.columns)
        return next(outcomes, None)


def resolve_outcome(column: str, counts: Mapping[str, int], positive: str = "") -> Outcome:
    """Return the meaning of the values of a column; `counts` are the cells with each value.

    With `positive`, that value means "left", and every other one "stayed".

    Raises
    ------
    SchemaInvalid : the values are ambiguous, or `positive` is none of them; the message lists the
        values.
    """
    if not counts:
        raise SchemaInvalid(
            _("The target `{name}` is empty on every row; name another column."), name=column
        )
    if positive:
        return _resolve_chosen(column, counts, positive)
    outcome = infer_outcome(column, counts)
    known = sum(counts[value] for value in (*outcome.left, *outcome.stayed))
    invalid = sum(counts.values()) - known
    if invalid > MAX_INVALID_SHARE * sum(counts.values()):
        raise SchemaInvalid(
            _(
                "The target `{name}` has {count:,} different values: {values}. Name the one that"
                " means that a customer left (positive), name another column, or recode it."
            ),
            name=column,
            count=len(counts),
            values=_list_values(counts),
        )
    return outcome


def infer_outcome(column: str, values: Iterable[str]) -> Outcome:
    """Return what the values of a column mean by their words and by the name of the column."""
    is_inverted = names_stayers(column)
    left, stayed = _vocabulary(is_inverted=is_inverted)
    by_word = {value: normalize_value(value) for value in values}
    plain = _YES | _NO
    return Outcome(
        left=frozenset(value for value, word in by_word.items() if word in left),
        stayed=frozenset(value for value, word in by_word.items() if word in stayed),
        is_plain=not is_inverted and all(word in plain for word in by_word.values()),
    )


def names_stayers(column: str) -> bool:
    """Whether a yes in a column of this name means that the customer stayed."""
    name = normalize_name(column)
    return bool(_INVERTED_NAMES.search(name)) and not _NEGATED_NAMES.search(name)


def are_status_words(values: Iterable[str]) -> bool:
    """Whether values say by themselves who left: words of both kinds and no other."""
    words = {normalize_value(value) for value in values}
    return words <= _LEFT | _STAYED and bool(words & _LEFT) and bool(words & _STAYED)


def are_outcome_words(column: str, values: Iterable[str]) -> bool:
    """Whether every value has a meaning in a column of this name."""
    left, stayed = _vocabulary(is_inverted=names_stayers(column))
    return {normalize_value(value) for value in values} <= left | stayed


def normalize_value(value: str) -> str:
    """Return `value` without case and accents; 1.0 is 1."""
    word = fold(value)
    return word.split(".")[0] if re.fullmatch(r"-?\d+\.0+", word) else word


@cache
def _vocabulary(*, is_inverted: bool) -> tuple[frozenset[str], frozenset[str]]:
    yes, no = (_NO, _YES) if is_inverted else (_YES, _NO)
    return _LEFT | yes, _STAYED | no


def _resolve_chosen(column: str, counts: Mapping[str, int], positive: str) -> Outcome:
    wanted = normalize_value(positive)
    left = frozenset(value for value in counts if normalize_value(value) == wanted)
    if not left:
        raise SchemaInvalid(
            _("The target `{name}` has no value {value}; its values are {values}."),
            name=column,
            value=format_names([positive]),
            values=_list_values(counts),
        )
    if len(counts) > _MAX_VALUES:
        raise SchemaInvalid(
            _("The target `{name}` has {count:,} different values; name another column."),
            name=column,
            count=len(counts),
        )
    return Outcome(left, frozenset(counts) - left, is_plain=False)


def _list_values(counts: Mapping[str, int]) -> str:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown = ", ".join(f"`{value[:40]}` ({count})" for value, count in ordered[:_MAX_SHOWN])
    return f"{shown}, …" if len(ordered) > _MAX_SHOWN else shown
