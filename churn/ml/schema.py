"""Columns, roles, kinds and units, and the words for them in English and Spanish."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, TypeAlias

CUSTOMER_ID = "customer_id"
TARGET = "churn"

Severity: TypeAlias = Literal["info", "warning", "error"]


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
