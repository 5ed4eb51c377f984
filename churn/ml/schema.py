"""Columns, roles, kinds and units, and the words for them in English and Spanish."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

CUSTOMER_ID = "customer_id"
TARGET = "churn"

Progress: TypeAlias = Callable[[str, float], None]
Language: TypeAlias = Literal["en", "es"]
Severity: TypeAlias = Literal["info", "warning", "error"]


def quiet(stage: str, fraction: float) -> None:
    """Report no progress."""


class Shape(StrEnum):
    RECORDS = "records"  # several rows per customer, the service-record schema
    TABLE = "table"  # one row per customer, any columns


class Kind(StrEnum):
    NUMERIC = "numeric"
    CATEGORICAL = "categorical"


@dataclass(frozen=True, slots=True)
class Feature:
    name: str
    kind: Kind
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a reader of the file should know; `share` is of the accepted rows, 0 to 1."""

    code: str
    column: str
    count: int
    share: float
    severity: Severity


class Column(StrEnum):
    """Columns of a service record, by the names of the file they come from."""

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
SEGMENT_BEST = 31  # A1; D8 is 0

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
    Feature("days_since_last", Kind.NUMERIC, "days"),
    Feature("days_since_first", Kind.NUMERIC, "days"),
)

_LABELS: dict[str, tuple[str, str]] = {
    CUSTOMER_ID: ("customer", "cliente"),
    TARGET: ("churn", "baja"),
    "records": ("number of service records", "cantidad de atenciones"),
    "segment": ("customer segment (31 is A1)", "segmento del cliente (31 es A1)"),
    "service_type": ("usual type of service", "tipo de asistencia habitual"),
    "zone": ("usual zone", "zona habitual"),
    "minutes_mean": ("mean service length", "duración media de la atención"),
    "minutes_max": ("longest service", "atención más larga"),
    "share_consulta": ("share of enquiries", "proporción de consultas"),
    "share_problema": ("share of problems", "proporción de problemas"),
    "share_reclamo": ("share of complaints", "proporción de reclamos"),
    "share_soporte": ("share of support", "proporción de soporte"),
    "share_desconocido": ("share of records without a type", "proporción de atenciones sin tipo"),
    "points": ("loyalty points", "puntos de lealtad"),
    "age": ("age", "edad"),
    "days_since_last": ("days since the last record", "días desde la última atención"),
    "days_since_first": ("days since the first record", "días desde la primera atención"),
}


_UNITS = {feature.name: feature.unit for feature in RECORD_FEATURES}


def label(name: str, language: Language, unit: str | None = None) -> str:
    """Name of a column for a reader; a column of a generic table keeps its own name.

    `unit`, where it is known, tells it from a feature of service records that is called alike.
    """
    if unit is not None and _UNITS.get(name, unit) != unit:
        return name
    english, spanish = _LABELS.get(name, (name, name))
    return spanish if language == "es" else english
