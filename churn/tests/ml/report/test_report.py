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
from churn.ml.report.markup import Markup, table, tag
from churn.ml.report.page import page
from churn.ml.report.pictures import draw
from churn.ml.report.speech import ReportLocale, catalogue
from churn.ml.training import TrainedRun, TrainingOptions, train
from churn.services.localization import localizer
from churn.tests.ml.handmade import customers_of, make_frame

PICTURES = (
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


def test_training_twice_leaves_the_same_bytes(
    made_customers: Customers, folder: Path, tmp_path: Path
) -> None:
    again = train(made_customers, TrainingOptions())

    write_artifacts(again, tmp_path)

    files = sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    assert len(files) > 10
    for name in files:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name


def test_the_measures_are_written_as_json_and_as_a_table(
    made_run: TrainedRun, folder: Path
) -> None:
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


def test_the_digest_returned_opens_the_model(made_run: TrainedRun, tmp_path: Path) -> None:
    digest = write_artifacts(made_run, tmp_path)

    assert load_model(tmp_path / "model", digest).threshold == made_run.threshold


def test_the_pictures_are_pictures(folder: Path) -> None:
    for name in PICTURES:
        assert (folder / f"{name}.png").read_bytes().startswith(PNG)


def test_the_report_is_one_file_that_fetches_nothing_and_runs_nothing(folder: Path) -> None:
    outline = _outline((folder / "report.html").read_text())

    assert outline.tags.count("img") == len(PICTURES)
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


def test_the_report_speaks_spanish(made_run: TrainedRun) -> None:
    speech, described = ReportLocale(localizer("es")), profile(made_run.customers)

    text = page(made_run, described, draw(made_run, described, speech), speech)

    assert '<html lang="es">' in text
    assert "Ficha del modelo" in text
    assert "En el decil de mayor riesgo" in text
    assert "Model card" not in text


def test_what_a_file_holds_cannot_become_markup() -> None:
    frame = make_frame().rename({"plan": "<b>plan</b>"})
    nasty = pl.col("<b>plan</b>").str.replace("monthly", "<script>alert(1)</script>")
    run = train(customers_of(frame.with_columns(nasty)), TrainingOptions(algorithm="logistic"))
    speech, described = ReportLocale(), profile(run.customers)

    text = page(run, described, draw(run, described, speech), speech)

    assert "<script" not in text
    assert "<b>plan" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_a_comparison_has_its_table_and_its_picture(made_run: TrainedRun, tmp_path: Path) -> None:
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


def test_every_sentence_is_said_in_both_languages_with_the_same_values() -> None:
    for key, sentence in catalogue().items():
        assert set(sentence) == {"en", "es"}, key
        named = [set(re.findall(r"{(\w+)", sentence[language])) for language in ("en", "es")]
        assert named[0] == named[1], key


def test_text_is_escaped_and_markup_is_not() -> None:
    inner = tag("b", "a < b & c")

    assert inner == "<b>a &lt; b &amp; c</b>"
    assert tag("p", inner, title='"x"') == f'<p title="&quot;x&quot;">{inner}</p>'
    assert isinstance(table(["h"], [("<i>",)], caption="c"), Markup)
    assert "&lt;i&gt;" in table(["h"], [("<i>",)], caption="c")


def test_names_that_the_font_or_a_formula_would_trip_over_are_drawn(tmp_path: Path) -> None:
    frame = make_frame(rows=200).rename({"plan": "täriff $x_2 日本"})

    write_artifacts(train(customers_of(frame), TrainingOptions(algorithm="logistic")), tmp_path)

    assert (tmp_path / "shap_summary.png").read_bytes().startswith(PNG)
