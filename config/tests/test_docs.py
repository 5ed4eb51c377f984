"""The documents agree with the code."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [
    *ROOT.glob("*.md"),
    *(ROOT / "docs").rglob("*.md"),
    *(ROOT / "churn" / "tests").glob("*.md"),
]
MAX_LINE_LENGTH = 119
LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


def layers_of_contracts() -> dict[str, list[str]]:
    configuration: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contracts = configuration["tool"]["importlinter"]["contracts"]
    return {
        container: contract["layers"]
        for contract in contracts
        if contract["type"] == "layers"
        for container in contract["containers"]
    }


def layers_of_diagram() -> dict[str, list[str]]:
    """Return the labels of each subgraph of the diagram, from top to bottom."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    subgraphs = re.findall(r"subgraph \w+\[\"([\w.]+)\"\]\n(.*?)\n  end", text, re.DOTALL)
    return {name: re.findall(r"\[\"(.+)\"\]", body) for name, body in subgraphs}


def test_the_diagram_shows_the_import_contracts() -> None:
    assert layers_of_diagram() == layers_of_contracts()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_lines_of_a_document_are_short(document: Path) -> None:
    lines = document.read_text().splitlines()

    assert [line for line in lines if len(line) > MAX_LINE_LENGTH] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_of_a_document_lead_to_files(document: Path) -> None:
    targets = LINK.findall(document.read_text())

    assert [target for target in targets if not (document.parent / target).exists()] == []
