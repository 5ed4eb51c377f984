import pytest

from churn.ml.i18n.reasons import ReasonCode, describe_reason
from churn.services.localization import localizer


@pytest.mark.parametrize(
    ("reason", "english", "spanish"),
    [
        (
            ReasonCode("minutes_mean", "29.85", "raises", 0.4, "min"),
            "mean service duration: 29.85 minutes raises the risk",
            "duración media de la asistencia: 29,85 minutos aumenta el riesgo",
        ),
        (
            ReasonCode("days_since_last", "1", "lowers", -0.2, "days"),
            "days since the last service record: 1 day lowers the risk",
            "días desde el último registro de atención: 1 día reduce el riesgo",
        ),
        (
            ReasonCode("points", "3", "raises", 0.1),
            "points: 3 raises the risk",
            "points: 3 aumenta el riesgo",
        ),
        (
            ReasonCode("plan", "v1.5", "lowers", -0.1),
            "plan: v1.5 lowers the risk",
            "plan: v1.5 reduce el riesgo",
        ),
        (
            ReasonCode("plan", None, "lowers", -0.1),
            "plan: unknown lowers the risk",
            "plan: sin dato reduce el riesgo",
        ),
        (
            ReasonCode("partner", "true", "lowers", -0.1),
            "partner: yes lowers the risk",
            "partner: sí reduce el riesgo",
        ),
    ],
)
def test_a_reason_is_localized(reason: ReasonCode, english: str, spanish: str) -> None:
    assert str(describe_reason(reason)) == english
    assert localizer("es").text(describe_reason(reason)) == spanish


def test_a_category_named_like_a_keyword_is_shown_unchanged() -> None:
    reason = describe_reason(ReasonCode("plan", "missing", "raises", 0.1))

    assert localizer("es").text(reason) == "plan: missing aumenta el riesgo"
