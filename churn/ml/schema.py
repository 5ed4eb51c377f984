"""Shared vocabulary of the data and the model side: columns, features, units and findings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, TypeAlias

# Columns of a customers frame; LAST_START and TIME_COLUMN are times by which to split.
CUSTOMER_ID = "customer_id"
TARGET = "churn"
LAST_START = "last_start"  # of service records: start of the customer's latest record
TIME_COLUMN = "date"  # of a table: the date column that was chosen
# Rows with the same value stay on one side of a split; no column of a file has NUL in its name.
GROUP = "\0group"

# Begins the name of a column that is carried over to the results as it is in the file.
KEPT = "\0kept:"

# Words for the values of a boolean column, not for outcomes: "left" may be a side.
BOOLEAN_YES = frozenset(
    {"yes", "y", "true", "t", "1", "si", "sí", "s", "sim", "verdadero", "verdadeiro"}
)
BOOLEAN_NO = frozenset({"no", "n", "false", "f", "0", "não", "nao", "falso"})

DAYS = "days"  # unit of a feature made of dates

Severity: TypeAlias = Literal["info", "warning", "error"]


class Shape(StrEnum):
    RECORDS = "records"  # several rows per customer, the service-record schema
    TABLE = "table"  # one row per customer, any columns


class Kind(StrEnum):
    NUMERIC = "numeric"
    CATEGORICAL = "categorical"


@dataclass(frozen=True, slots=True)
class Reading:
    """How the text cells of a column were read in training, to read those to be scored alike."""

    decimal: str = ""  # "." or ","; empty if no number had a mark
    formats: tuple[str, ...] = ()  # of dates
    missing: tuple[str, ...] = ()  # words for a missing value

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any] | None) -> "Reading | None":
        """Return the reading that `to_dict` stored; None for a column that has none.

        Raises
        ------
        KeyError, TypeError : the entry is damaged.
        """
        if stored is None:
            return None
        formats, missing = (tuple(map(str, stored[key])) for key in ("formats", "missing"))
        return cls(str(stored["decimal"]), formats, missing)

    def to_dict(self) -> dict[str, Any]:
        """Return the reading as JSON has it."""
        return {
            "decimal": self.decimal,
            "formats": list(self.formats),
            "missing": list(self.missing),
        }


@dataclass(frozen=True, slots=True)
class Feature:
    name: str
    kind: Kind
    unit: str = ""
    reading: Reading | None = field(default=None, compare=False)  # of a number or date


@dataclass(frozen=True, slots=True)
class Finding:
    """A remark on data quality; `count` of cells or rows, `share` of the accepted rows, 0 to 1."""

    code: str
    column: str
    count: int
    share: float
    severity: Severity
    detail: str = ""  # what the remark quotes, such as words and their counts


class Column(StrEnum):
    """Columns of a service record, by their names in the original file."""

    ID = "cliente_id"
    SEGMENT = "segmento_cliente"
    TYPE = "tipo_asistencia"
    TEXT = "descripcion_atencion"
    PLACE = "coordenadas_sucursal"
    START = "inicio_atencion_utc"
    END = "fin_atencion"
    POINTS = "puntos_de_loyalty"
    AGE = "edad"
    CHURN = "churn"


REQUIRED_COLUMNS = tuple(c for c in Column if c not in {Column.TEXT, Column.CHURN})
SERVICE_TYPES = ("consulta", "problema", "reclamo", "soporte", "desconocido")
UNKNOWN_ZONE = "desconocida"
MAX_SEGMENT_RANK = 31  # rank of segment A1; that of D8 is 0

RECORD_FEATURES = (
    Feature("records", Kind.NUMERIC, "records"),
    Feature("segment", Kind.NUMERIC, "rank"),
    Feature("service_type", Kind.CATEGORICAL),
    Feature("zone", Kind.CATEGORICAL),
    Feature("minutes_mean", Kind.NUMERIC, "min"),
    Feature("minutes_max", Kind.NUMERIC, "min"),
    *(Feature(f"share_{name}", Kind.NUMERIC, "share") for name in SERVICE_TYPES),
    Feature("points", Kind.NUMERIC, "points"),
    Feature("age", Kind.NUMERIC, "years"),
    Feature("days_since_last", Kind.NUMERIC, DAYS),
    Feature("days_since_first", Kind.NUMERIC, DAYS),
)
