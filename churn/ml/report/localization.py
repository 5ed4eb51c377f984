"""Texts, numbers and feature labels of a report in one language."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from churn.ml.i18n.formatting import ENGLISH, Localizer
from churn.ml.i18n.labels import column_label
from churn.ml.i18n.messages import Message
from churn.ml.inspection import UNKNOWN
from churn.ml.report.names import ALGORITHMS


@dataclass(frozen=True, slots=True)
class ReportLocale:
    """A Localizer that also knows the `units` of the features, by name."""

    localizer: Localizer = ENGLISH
    units: Mapping[str, str] = field(default_factory=dict)

    @property
    def gettext(self) -> Callable[[str], str]:
        return self.localizer.gettext

    def label(self, feature: str) -> Message | str:
        return column_label(feature, self.units.get(feature))

    def label_text(self, feature: str) -> str:
        return self.localizer.text(self.label(feature))

    def algorithm(self, name: str) -> str:
        return self.gettext(ALGORITHMS[name]) if name in ALGORITHMS else name

    def segment(self, name: str) -> str:
        return self.gettext("unknown") if name == UNKNOWN else name
