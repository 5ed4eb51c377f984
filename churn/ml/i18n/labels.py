"""Names of columns for readers."""

from churn.ml.i18n.messages import Message
from churn.ml.i18n.messages import gettext_noop as _
from churn.ml.schema import CUSTOMER_ID, RECORD_FEATURES, TARGET

_LABELS = {
    CUSTOMER_ID: _("customer"),
    TARGET: _("churn"),
    "records": _("number of service records"),
    "segment": _("customer segment (A1 = 31)"),
    "service_type": _("usual service type"),
    "zone": _("usual zone"),
    "minutes_mean": _("mean service duration"),
    "minutes_max": _("longest service duration"),
    "share_consulta": _("share of enquiries"),
    "share_problema": _("share of problems"),
    "share_reclamo": _("share of complaints"),
    "share_soporte": _("share of support"),
    "share_desconocido": _("share of records of unknown type"),
    "points": _("loyalty points"),
    "age": _("age"),
    "days_since_last": _("days since the last service record"),
    "days_since_first": _("days since the first service record"),
}
_UNITS = {feature.name: feature.unit for feature in RECORD_FEATURES}


def column_label(name: str, unit: str | None = None) -> Message | str:
    """Return the name of a column for a reader; a column of a generic table keeps its own name.

    Pass `unit` to distinguish a table column from a service-record feature with the same name.
    """
    if name not in _LABELS or (unit is not None and _UNITS.get(name, unit) != unit):
        return name
    return Message(_LABELS[name])
