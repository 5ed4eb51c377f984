"""Columns that are no features, and the column of dates by which customers are split."""

import re
from collections.abc import Iterable, Mapping, Sequence

from churn.exceptions import SchemaInvalid
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.io.names import fold, normalize_name
from churn.ml.io.source import DataSource
from churn.ml.options import NO_TIME_COLUMN, ColumnKind

EXCLUDED, PERSONAL = "excluded", "personal"

# In the form of `normalize_name`. A name or a document identifies a person: a model would learn
# persons by heart, and a reason that quotes one explains nothing.
_PERSONAL_NAMES = frozenset(
    """
    name names fullname firstname lastname middlename surname givenname familyname customername
    clientname contactname accountname username nombre nombres apellido apellidos nombrecompleto
    nombrecliente nombredelcliente nombreyapellido nombresyapellidos razonsocial nome nomes
    sobrenome nomecompleto nomecliente nomedocliente razaosocial
    custno custnum customerno customernumber customernum customercode clientno clientnumber
    accountno accountnumber accountnum policyno policynumber contractno contractnumber membernumber
    nrocliente nrodecliente numerocliente numerodecliente codcliente codigocliente nrocuenta
    numerocuenta numeroconta nroconta nrocontrato numerocontrato codigodocliente
    ci rg documentid email mail emailaddress correo correoelectronico phone phonenumber telephone
    telefono telefone celular movil mobile mobilenumber msisdn iban cardnumber creditcardnumber
    """.split()  # noqa: SIM905  a list of this length reads better as words
)
_PERSONAL_WORDS = frozenset(
    """
    surname apellido apellidos sobrenome firstname lastname dni cpf cnpj cedula cedulas ruc rut nit
    cuit cuil curp rfc ssn passport pasaporte passaporte documento document nif nie nino identidad
    identidade nombres nome email correo iban
    """.split()  # noqa: SIM905
)
_OBSERVATION_NAMES = frozenset(
    {"date", "fecha", "data", "month", "mes", "period", "periodo", "yearmonth", "anomes", "aniomes"}
)
_OBSERVATION_WORDS = frozenset(
    """
    snapshot observation observed observ obs reference report reporting cutoff asof extract
    extraction period corte observacion observacao referencia extraccion extracao foto competencia
    """.split()  # noqa: SIM905
)
# A date of something that happened to the customer, whatever else its name says.
_EVENT_WORDS = frozenset(
    "last first ultimo ultima primer primera primeiro primeira start end inicio fin fim".split()  # noqa: SIM905
)


def find_left_out(source: DataSource, names: Iterable[str]) -> dict[str, str]:
    """Return the columns of `names` that are no features, with the code of the finding."""
    excluded = {*source.options.exclude}
    kinds = {ColumnKind.TEXT, ColumnKind.IGNORE}
    excluded |= {name for name, kind in source.options.kinds.items() if kind in kinds}
    codes = {name: PERSONAL for name in names if is_personal(name)}
    return codes | {name: EXCLUDED for name in names if name in excluded}


def is_personal(name: str) -> bool:
    """Whether a column of this name has names of persons, or numbers of documents."""
    return normalize_name(name) in _PERSONAL_NAMES or not _PERSONAL_WORDS.isdisjoint(_words(name))


def choose_time_column(source: DataSource, dates: Sequence[str]) -> str | None:
    """Return the column of `dates` that the user chose, or that dates the observations.

    Dates of birth, of a contract or of the last purchase date the customers, not the rows.

    Raises
    ------
    SchemaInvalid : the chosen column has no dates.
    """
    chosen = source.options.time_column
    if chosen == NO_TIME_COLUMN:
        return None
    if not chosen:
        return next((name for name in dates if is_observation_date(name)), None)
    if chosen not in dates:
        raise SchemaInvalid(
            _("The time column `{name}` has no dates that can be parsed; choose another one."),
            name=chosen,
        )
    return chosen


def is_observation_date(name: str) -> bool:
    """Whether a column of this name says when a row was observed."""
    words = _words(name)
    is_named = normalize_name(name) in _OBSERVATION_NAMES or normalize_name(name) == "asofdate"
    is_named |= not _OBSERVATION_WORDS.isdisjoint(words)
    return is_named and _EVENT_WORDS.isdisjoint(words)


def _words(name: str) -> set[str]:
    separated = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name)
    return set(re.split(r"[\W_]+", fold(separated)))


def describe_words(counts: Mapping[str, int]) -> str:
    """Return words and their counts, the most frequent first, such as "abc (30), x (2)"."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{word[:40]} ({count})" for word, count in ordered)
