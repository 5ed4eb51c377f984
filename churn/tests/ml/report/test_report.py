import csv
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest

from churn.ml.customers import Customers, profile
from churn.ml.pipeline import load_model
from churn.ml.report import write_artifacts
from churn.ml.report.localization import ReportLocale
from churn.ml.report.plots import draw_plots
from churn.ml.report.render import render_report
from churn.ml.training import TrainedRun, TrainingOptions, train
from churn.services.localization import localizer
from churn.tests.ml.handmade import customers_of, make_frame

pytestmark = pytest.mark.slow

PLOTS = (
    "roc",
    "precision_recall",
    "calibration",
    "lift",
    "trade_off",
    "correlation_matrix",
    "shap_summary",
)
PNG = b"\x89PNG\r\n\x1a\n"
VOID = {"meta", "img"}


class _Outline(HTMLParser):
    """Collects tags and text, and fails on an element that is not closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"src", "href"}]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def folder(made_run: TrainedRun, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("artifacts")
    write_artifacts(made_run, folder)
    return folder


def _outline(text: str) -> _Outline:
    outline = _Outline()
    outline.feed(text)
    assert outline.open == []
    return outline


def test_training_twice_gives_the_same_bytes(
    made_customers: Customers, folder: Path, tmp_path: Path
) -> None:
    again = train(made_customers, TrainingOptions())

    write_artifacts(again, tmp_path)

    files = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    assert len(files) > 10
    for name in files:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name


def test_metrics_are_written_as_json_and_csv(made_run: TrainedRun, folder: Path) -> None:
    stored = json.loads((folder / "metrics.json").read_text())
    with (folder / "metrics.csv").open() as file:
        measures = {row["metric"]: float(row["value"]) for row in csv.DictReader(file)}

    assert stored == made_run.metrics
    assert measures["roc_auc"] == stored["roc_auc"]


def test_every_customer_is_in_the_predictions(made_run: TrainedRun, folder: Path) -> None:
    predictions = pl.read_csv(folder / "predictions.csv")

    assert predictions.columns == [
        "customer_id",
        "dataset_split",
        "actual",
        "prediction",
        "probability",
    ]
    assert predictions.height == made_run.counts.customers
    assert predictions["dataset_split"].value_counts().sort("count").rows() == [
        ("test", 120),
        ("train", 480),
    ]


def test_the_returned_digest_opens_the_model(made_run: TrainedRun, tmp_path: Path) -> None:
    digest = write_artifacts(made_run, tmp_path)

    assert load_model(tmp_path / "model", digest).threshold == made_run.threshold


def test_plots_are_png_files(folder: Path) -> None:
    for name in PLOTS:
        assert (folder / f"{name}.png").read_bytes().startswith(PNG)


def test_the_report_loads_nothing_and_runs_nothing(folder: Path) -> None:
    outline = _outline((folder / "report.html").read_text())

    assert outline.tags.count("img") == len(PLOTS)
    assert all(address.startswith("data:image/png;base64,") for address in outline.addresses)
    assert "script" not in outline.tags
    assert "link" not in outline.tags


def test_the_report_begins_with_the_model_card(folder: Path) -> None:
    text = (folder / "report.html").read_text()
    headings = re.findall(r"<h[23]>(.*?)</h", text)

    assert headings[:6] == [
        "Model card",
        "Intended use",
        "Training data",
        "Model quality",
        "Limitations",
        "How to use it",
    ]


def _render(run: TrainedRun, locale: ReportLocale) -> str:
    description = profile(run.customers)
    return render_report(run, description, draw_plots(run, description, locale), locale)


def test_the_report_is_translated(made_run: TrainedRun) -> None:
    text = _render(made_run, ReportLocale(localizer("es")))

    assert '<html lang="es">' in text
    assert "Ficha del modelo" in text
    assert "En el decil de mayor riesgo" in text
    assert "Model card" not in text


def test_cells_of_the_file_are_escaped() -> None:
    frame = make_frame().rename({"plan": "<b>plan</b>"})
    nasty = pl.col("<b>plan</b>").str.replace("monthly", "<script>alert(1)</script>")
    run = train(customers_of(frame.with_columns(nasty)), TrainingOptions(algorithm="logistic"))

    text = _render(run, ReportLocale())

    assert "<script" not in text
    assert "<b>plan" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_a_comparison_has_its_table_and_its_plot(made_run: TrainedRun, tmp_path: Path) -> None:
    rows = {
        "algorithm": ["Race", "CatBoost", "Old rule"],
        "status": ["measured", "not installed: catboost", "measured"],
        "roc_auc": [0.8, None, None],
        "roc_auc_deviation": [0.01, None, None],
        "log_loss": [0.4, None, None],
        "emp_churn": [10.0, None, None],
        "precision": [0.5, None, 0.6],
        "recall": [0.5, None, 0.2],
        "f1": [0.5, None, 0.3],
        "seconds": [1.5, None, None],
    }

    write_artifacts(replace(made_run, comparison=pl.DataFrame(rows)), tmp_path)

    assert (tmp_path / "comparison.png").read_bytes().startswith(PNG)
    assert pl.read_csv(tmp_path / "comparison.csv").height == 3
    assert "not installed" in (tmp_path / "report.html").read_text()


def test_names_with_missing_glyphs_or_formulas_are_drawn(tmp_path: Path) -> None:
    frame = make_frame(rows=200).rename({"plan": "täriff $x_2 日本"})

    write_artifacts(train(customers_of(frame), TrainingOptions(algorithm="logistic")), tmp_path)

    assert (tmp_path / "shap_summary.png").read_bytes().startswith(PNG)
