"""Names of metrics, classifiers, candidates, algorithms and plots, by their codes."""

from dataclasses import dataclass

from churn.ml.i18n.messages import gettext_noop as _


@dataclass(frozen=True, slots=True)
class MetricText:
    key: str
    name: str
    meaning: str
    is_share: bool = False


METRICS = (
    MetricText(
        "roc_auc",
        _("ROC AUC"),
        _("probability that a churner has a higher score than a customer who stayed"),
    ),
    MetricText("pr_auc", _("PR AUC"), _("mean precision over all recall levels")),
    MetricText("log_loss", _("Log loss"), _("average negative log-likelihood; lower is better")),
    MetricText("brier", _("Brier score"), _("mean squared error of the scores")),
    MetricText("ece", _("ECE"), _("mean gap between score and churn rate"), is_share=True),
    MetricText(
        "top_decile_lift",
        _("Lift of the top decile"),
        _("churn rate in the highest risk decile over the average"),
    ),
    MetricText(
        "emp_churn",
        _("EMPC"),
        _("expected maximum profit per customer (EMPC, Verbraken et al. 2013)"),
    ),
    MetricText("accuracy", _("Accuracy"), _("share of correct predictions"), is_share=True),
    MetricText(
        "balanced_accuracy",
        _("Balanced accuracy"),
        _("mean of the recall of both classes"),
        is_share=True,
    ),
    MetricText(
        "precision", _("Precision"), _("share of flagged customers who left"), is_share=True
    ),
    MetricText("recall", _("Recall"), _("share of churners who were flagged"), is_share=True),
    MetricText("f1", _("F1"), _("harmonic mean of precision and recall"), is_share=True),
)
CLASSIFIERS = {
    "this_model": _("This model"),
    "old_rule": _("Legacy business rule"),
    "nobody_leaves": _("Always “stays”"),
    "everybody_leaves": _("Always “leaves”"),
}
CANDIDATES = {
    "shallow trees": _("shallow trees"),
    "medium trees": _("medium trees"),
    "deep trees": _("deep trees"),
    "symmetric trees": _("symmetric trees"),
    "tuned trees": _("tuned trees"),
    "splines": _("spline regression"),
    "blend": _("blend"),
}
# The other algorithms have the same name in every language.
ALGORITHMS = {"Race": _("Selection (this model)"), "Old rule": _("Legacy business rule")}
KINDS = {"numeric": _("number"), "categorical": _("category")}
PLOT_TITLES = {
    "roc": _("ROC curve"),
    "precision_recall": _("Precision and recall"),
    "calibration": _("Calibration"),
    "lift": _("Lift by risk decile"),
    "trade_off": _("Precision and recall by share contacted"),
    "correlation_matrix": _("Correlations"),
    "shap_summary": _("Feature effects (SHAP)"),
    "comparison": _("Comparison with other algorithms"),
}
