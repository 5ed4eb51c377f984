"""Plots of a run as PNG files, drawn by Agg without pyplot and its global figures."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import numpy as np
import polars as pl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font

from churn.ml.arrays import FloatArray
from churn.ml.inspection import sample_contributions
from churn.ml.metrics import ranked_counts
from churn.ml.report.localization import ReportLocale
from churn.ml.report.names import PLOT_TITLES
from churn.ml.training import TrainedRun

INK, MUTED, LINE = "#22282b", "#566066", "#dcd9d0"
TEAL, CLAY, SAND = "#1f5f5b", "#b4532a", "#d9c9a3"
DIVERGING = LinearSegmentedColormap.from_list("teal to clay", [TEAL, "#f4f1ea", CLAY])
DPI = 150
MAX_CORRELATED, MAX_SUMMARISED = 22, 12
MAX_NAME_LENGTH = 34
MISSING_GLYPH = "□"
SWARM_BINS = 60


def draw_plots(
    run: TrainedRun, description: Mapping[str, Any], locale: ReportLocale
) -> dict[str, bytes]:
    """Return the plots of `run` as PNG by name; `description` is the profile of its customers."""
    held_out = run.predictions.filter(pl.col("dataset_split") == "test")
    actual = held_out["actual"].cast(pl.Float64).to_numpy()
    score = held_out["probability"].to_numpy()
    point = (run.metrics["recall"], run.metrics["precision"])
    frame, effects = sample_contributions(run.model, run.customers.frame, run.options.seed)
    names = list(run.model.encoder.names)
    plots = {
        "roc": roc(actual, score, locale),
        "precision_recall": precision_recall(actual, score, point, locale),
        "calibration": calibration(run.metrics["reliability"], locale),
        "lift": lift(run.metrics["lift_table"], locale),
        "trade_off": trade_off(run.curve, run.metrics["flagged"], locale),
        "correlation_matrix": correlation_matrix(description["correlations"], locale),
        "shap_summary": shap_summary(frame, effects[:, :-1], names, locale),
    }
    if run.comparison is not None:
        plots["comparison"] = comparison(run.comparison, locale)
    return plots


def roc(actual: FloatArray, score: FloatArray, locale: ReportLocale) -> bytes:
    """Shares of churners caught against loyal customers bothered."""
    figure, axes = _new_axes(_title("roc", locale), (6.0, 4.6))
    counts = ranked_counts(actual, score)
    recall = np.append(0.0, counts.true_positives) / counts.true_positives[-1]
    false_alarms = np.append(0.0, counts.false_positives) / counts.false_positives[-1]
    axes.fill_between(false_alarms, recall, step=None, color=TEAL, alpha=0.08)
    axes.plot(false_alarms, recall, color=TEAL, linewidth=2.2)
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle=(0, (4, 4)))
    _shares(
        axes,
        locale.gettext("false positive rate"),
        locale.gettext("recall: share of churners found"),
    )
    return _png(figure)


def precision_recall(
    actual: FloatArray, score: FloatArray, point: tuple[float, float], locale: ReportLocale
) -> bytes:
    """Precision against recall, the threshold's `point` (recall, precision) marked."""
    figure, axes = _new_axes(_title("precision_recall", locale), (6.0, 4.6))
    counts = ranked_counts(actual, score)
    recall = counts.true_positives / counts.true_positives[-1]
    axes.plot(recall, counts.true_positives / counts.flagged, color=TEAL, linewidth=2.2)
    axes.axhline(actual.mean(), color=MUTED, linewidth=1, linestyle=(0, (4, 4)))
    axes.plot(*point, marker="o", markersize=9, color=CLAY, markeredgecolor="white")
    axes.annotate(
        locale.gettext("threshold"), point, xytext=(8, 8), textcoords="offset points", color=CLAY
    )
    _shares(
        axes,
        locale.gettext("recall: share of churners found"),
        locale.gettext("precision: flagged customers who left"),
    )
    return _png(figure)


def calibration(table: Sequence[dict[str, float]], locale: ReportLocale) -> bytes:
    """Churn rate of customers with about the same score, and how many they are."""
    figure, axes = _new_axes(_title("calibration", locale), (6.0, 4.6))
    rows = np.array([bin_["rows"] for bin_ in table], dtype=float)
    score = [bin_["mean_score"] for bin_ in table]
    rate = [bin_["churn_rate"] for bin_ in table]
    axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle=(0, (4, 4)))
    axes.plot(score, rate, color=TEAL, linewidth=1.4, alpha=0.6)
    axes.scatter(score, rate, s=30 + 400 * rows / rows.sum(), color=TEAL, edgecolor="white")
    _shares(axes, locale.gettext("mean score"), locale.gettext("observed churn rate"))
    return _png(figure)


def lift(table: Sequence[dict[str, float]], locale: ReportLocale) -> bytes:
    """Lift of each tenth of the customers as bars, churners found so far as a line."""
    figure, axes = _new_axes(_title("lift", locale), (6.0, 4.6))
    tenths = [int(row["decile"]) for row in table]
    axes.bar(tenths, [row["lift"] for row in table], color=TEAL, width=0.7)
    axes.axhline(1.0, color=MUTED, linewidth=1, linestyle=(0, (4, 4)))
    axes.set_xticks(tenths)
    axes.set_xlabel(locale.gettext("risk decile, 1 = highest risk"))
    axes.set_ylabel(locale.gettext("lift: churn rate / average"))
    gains = axes.twinx()
    gains.plot(tenths, [100 * row["gain"] for row in table], color=CLAY, marker="o", linewidth=1.8)
    gains.set_ylim(0, 105)
    gains.set_ylabel(locale.gettext("churners found, cumulative (%)"), color=CLAY)
    gains.tick_params(colors=CLAY, length=0)
    gains.spines[:].set_visible(False)
    return _png(figure)


def trade_off(curve: pl.DataFrame, contacted: float, locale: ReportLocale) -> bytes:
    """Precision, recall and profit against the share of customers contacted."""
    figure, axes = _new_axes(_title("trade_off", locale), (6.0, 4.6))
    share = 100 * curve["contacted"].to_numpy()
    axes.plot(share, 100 * curve["precision"].to_numpy(), color=TEAL, linewidth=2.2)
    axes.plot(share, 100 * curve["recall"].to_numpy(), color=CLAY, linewidth=2.2)
    axes.axvline(100 * contacted, color=INK, linewidth=1, linestyle=(0, (4, 4)))
    axes.set_xlim(0, 100)
    axes.set_ylim(0, 105)
    axes.set_xlabel(locale.gettext("customers contacted (%)"))
    axes.set_ylabel("%")
    names = [
        locale.gettext("precision: flagged customers who left"),
        locale.gettext("recall: share of churners found"),
        locale.gettext("threshold"),
    ]
    axes.legend(names, frameon=False, fontsize=9, labelcolor=INK)
    return _png(figure)


def correlation_matrix(correlations: dict[str, Any], locale: ReportLocale) -> bytes:
    """Pearson correlations of the columns that go with churn the most."""
    names = [_short(locale.label_text(name)) for name in correlations["names"][:MAX_CORRELATED]]
    count = len(names)
    values = [
        [np.nan if cell is None else cell for cell in row[:count]]
        for row in correlations["matrix"][:count]
    ]
    side = 3.2 + 0.27 * max(count, 4)
    figure, axes = _new_axes(_title("correlation_matrix", locale), (side + 0.8, side))
    axes.grid(visible=False)
    grid = np.array(values, dtype=float).reshape(count, count)
    picture = axes.imshow(grid, cmap=DIVERGING, vmin=-1, vmax=1, aspect="equal")
    axes.set_xticks(range(count), names, rotation=90, fontsize=7.5)
    axes.set_yticks(range(count), names, fontsize=7.5)
    bar = figure.colorbar(picture, ax=axes, shrink=0.7, pad=0.02)
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=8, colors=MUTED, length=0)
    return _png(figure)


def shap_summary(
    frame: pl.DataFrame, effects: FloatArray, names: list[str], locale: ReportLocale
) -> bytes:
    """Effect on the margin of each customer (rows, columns), coloured by the feature's rank."""
    top = np.argsort(-np.abs(effects).mean(axis=0), kind="stable")[:MAX_SUMMARISED]
    figure, axes = _new_axes(_title("shap_summary", locale), (8.2, 1.4 + 0.42 * len(top)))
    for height, column in enumerate(top[::-1]):
        values = frame[names[column]]
        spread = _beeswarm_offsets(effects[:, column])
        colours = _colours(values)
        axes.scatter(effects[:, column], height + spread, c=colours, s=5, linewidths=0)
    axes.axvline(0, color=MUTED, linewidth=1)
    axes.set_yticks(range(len(top)), [_short(locale.label_text(names[at])) for at in top[::-1]])
    axes.set_xlabel(locale.gettext("effect on the log-odds: left lowers the risk, right raises it"))
    return _png(figure)


def comparison(table: pl.DataFrame, locale: ReportLocale) -> bytes:
    """Area under the ROC curve of each algorithm with its spread, and the seconds of a fit."""
    ranked = table.drop_nulls("roc_auc").reverse()
    figure, axes = _new_axes(_title("comparison", locale), (7.2, 1.4 + 0.32 * ranked.height))
    rows = range(ranked.height)
    area, spread = ranked["roc_auc"].to_numpy(), ranked["roc_auc_deviation"].to_numpy()
    for row, name in zip(rows, ranked["algorithm"], strict=True):
        colour = CLAY if name == "Race" else TEAL
        axes.errorbar(area[row], row, xerr=spread[row], fmt="o", color=colour, markersize=6)
    axes.set_yticks(rows, [locale.algorithm(name) for name in ranked["algorithm"]])
    right = axes.secondary_yaxis("right")
    seconds = [f"{locale.localizer.number(value, 2)} s" for value in ranked["seconds"]]
    right.set_yticks(list(rows), seconds)
    right.tick_params(colors=MUTED, length=0, labelsize=8)
    right.spines[:].set_visible(False)
    axes.set_xlabel("ROC AUC")
    return _png(figure)


def _new_axes(title: str, size: tuple[float, float]) -> tuple[Figure, Axes]:
    figure = Figure(figsize=size, dpi=DPI, layout="constrained", facecolor="white")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_title(title, loc="left", color=INK, fontsize=11.5, pad=12, fontweight="bold")
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(LINE)
    axes.tick_params(colors=MUTED, length=0, labelsize=9)
    axes.xaxis.label.set_color(MUTED)
    axes.yaxis.label.set_color(MUTED)
    axes.grid(color=LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    return figure, axes


def _title(name: str, locale: ReportLocale) -> str:
    return locale.gettext(PLOT_TITLES[name])


def _shares(axes: Axes, across: str, up: str) -> None:
    axes.set_xlim(-0.01, 1.01)
    axes.set_ylim(-0.01, 1.02)
    axes.set_xlabel(across)
    axes.set_ylabel(up)


def _colours(values: pl.Series) -> list[Any]:
    """Colour numbers by their rank, from low to high; words and what is missing alike."""
    if not values.dtype.is_numeric():
        return [SAND] * len(values)
    ranks = values.rank("average") / max(len(values), 1)
    return [SAND if rank is None else DIVERGING(rank) for rank in ranks]


def _beeswarm_offsets(values: FloatArray) -> FloatArray:
    """Heights (rows,) that set customers of about the same effect side by side."""
    low, high = float(values.min()), float(values.max())
    bins = np.floor((values - low) / max(high - low, 1e-12) * SWARM_BINS).astype(int)
    order = np.argsort(bins, kind="stable")
    sizes = np.bincount(bins)
    place = np.empty(len(values))
    place[order] = np.arange(len(values)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    middle = (sizes[bins] - 1) / 2
    return np.asarray((place - middle) * 0.72 / max(int(sizes.max()), 12))


def _short(name: str) -> str:
    """Cut a name to what fits, without formulas and without letters that the font lacks."""
    cut = name if len(name) <= MAX_NAME_LENGTH else f"{name[: MAX_NAME_LENGTH - 1]}…"
    font = get_font(findfont(FontProperties()))
    shown = (letter if font.get_char_index(ord(letter)) else MISSING_GLYPH for letter in cut)
    return "".join(shown).replace("$", r"\$")


def _png(figure: Figure) -> bytes:
    stored = BytesIO()
    figure.savefig(stored, format="png", metadata={"Software": None})
    return stored.getvalue()
