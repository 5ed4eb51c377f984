"""HTML from values: what is not markup already is escaped, so no cell can become a tag."""

from collections.abc import Iterable, Sequence
from html import escape


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


Child = str | Markup | None


def tag(name: str, /, *children: Child, **attributes: str | int | None) -> Markup:
    """Make an element; `class_` stands for class, an underscore inside a name for a hyphen."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return Markup(f"<{name}{written}>{join(children)}</{name}>")


def void(name: str, /, **attributes: str | int | None) -> Markup:
    """Make an element that has no end tag."""
    return Markup(tag(name, **attributes).removesuffix(f"</{name}>"))


def join(children: Iterable[Child]) -> Markup:
    """Put children side by side, escaped unless they are markup."""
    return Markup(
        "".join(
            child if isinstance(child, Markup) else escape(child)
            for child in children
            if child is not None
        )
    )


def table(
    header: Sequence[str], rows: Iterable[Sequence[Child]], *, caption: str, words: int = 1
) -> Markup:
    """Make a table whose first `words` columns are text and whose others are figures."""
    head = join(
        tag("th", name, scope="col", class_=None if at < words else "figure")
        for at, name in enumerate(header)
    )
    body = join(_row(cells, words) for cells in rows)
    return tag(
        "div",
        tag("table", tag("caption", caption), tag("thead", tag("tr", head)), tag("tbody", body)),
        class_="scroll",
        role="region",
        aria_label=caption,
        tabindex=0,
    )


def _row(cells: Sequence[Child], words: int) -> Markup:
    first = tag("th", cells[0], scope="row")
    others = (
        tag("td", cell, class_=None if at < words else "figure")
        for at, cell in enumerate(cells[1:], start=1)
    )
    return tag("tr", first, *others)
