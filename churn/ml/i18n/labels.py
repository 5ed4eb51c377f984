"""Names of columns for readers."""

from churn.ml.i18n.languages import Language
from churn.ml.schema import CUSTOMER_ID, RECORD_FEATURES, TARGET

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
