"""The page for people: one file, pictures inside, nothing fetched."""

from collections.abc import Mapping
from typing import Any

from churn.ml.report.blocks import Plots
from churn.ml.report.card import card, head, tiles
from churn.ml.report.data import data_sections
from churn.ml.report.markup import Markup, tag, void
from churn.ml.report.sections import model_sections
from churn.ml.report.speech import ReportLocale
from churn.ml.report.style import STYLE
from churn.ml.training import TrainedRun

POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def page(
    run: TrainedRun, described: Mapping[str, Any], pictures: Plots, speech: ReportLocale
) -> str:
    """Write the report of `run` on customers `described` by their profile."""
    body = tag(
        "body",
        head(run, speech),
        tag(
            "main",
            tiles(run, speech),
            card(run, speech),
            *model_sections(run, pictures, speech),
            *data_sections(run, described, pictures, speech),
        ),
    )
    return f"<!doctype html>\n{tag('html', _head(speech), body, lang=speech.language)}\n"


def _head(speech: ReportLocale) -> Markup:
    return tag(
        "head",
        void("meta", charset="utf-8"),
        void("meta", name="viewport", content="width=device-width, initial-scale=1"),
        void("meta", http_equiv="Content-Security-Policy", content=POLICY),
        tag("title", speech.say("title")),
        tag("style", Markup(STYLE)),
    )
