"""The building blocks of the page: sections, pairs, pictures, bars."""

from base64 import b64encode
from collections.abc import Mapping

from churn.ml.report.markup import Child, Markup, join, tag, void
from churn.ml.report.speech import ReportLocale

TITLES = {"correlation_matrix": "correlation_title", "shap_summary": "shap_title"}
WIDEST_BAR = 9.0

Plots = Mapping[str, bytes]


def section(key: str, speech: ReportLocale, *parts: Child) -> Markup:
    """Put parts under a heading."""
    return tag("section", tag("h2", speech.say(key)), *parts)


def pair(*parts: Child) -> Markup:
    """Put parts side by side where there is room."""
    return tag("div", *parts, class_="pair")


def narrow(*parts: Child) -> Markup:
    """Keep parts to a width at which they read well."""
    return tag("div", *parts, class_="narrow")


def picture(name: str, pictures: Plots, speech: ReportLocale, caption: str | None = None) -> Markup:
    """Embed a picture; its title is what a reader who cannot see it gets."""
    source = f"data:image/png;base64,{b64encode(pictures[name]).decode()}"
    title = speech.say(TITLES.get(name, f"{name}_title"))
    shown = void("img", src=source, alt=title)
    return tag("figure", shown, tag("figcaption", caption) if caption else None)


def bar(share: float, text: str, *, up: bool = False) -> Markup:
    """Draw a share of 0 to 1 as a bar before its figure."""
    width = f"width:{WIDEST_BAR * max(share, 0.0):.2f}em"
    drawn = tag("span", class_="bar up" if up else "bar", style=width, aria_hidden="true")
    return join([drawn, text])
