"""Every alert has a rule, a page, and a test that fires and one that does not."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "docker" / "prometheus" / "rules"
RUNBOOKS = ROOT / "docs" / "runbooks"
ALERTS = {
    *("WebDown", "ServerErrors", "VerseSlow", "UpstreamFailing", "UpstreamBlocked"),
    *("UpstreamBudgetSpent", "CountsNotFlushed", "NotCounted", "ThreadsExhausted"),
    *("WorkerSilent", "JobsWait", "JobsFail", "JobStuck", "RowsRejected", "Drift"),
    *("ChampionOld", "DiskFull", "NotReady", "DatabaseConnections"),
}


def rules() -> dict[str, dict[str, Any]]:
    return {
        rule["alert"]: rule
        for path in RULES.glob("*.rules.yml")
        for group in yaml.safe_load(path.read_text())["groups"]
        for rule in group["rules"]
    }


def cases() -> dict[str, list[bool]]:
    """Return whether each test of an alert expects it to fire."""
    found: dict[str, list[bool]] = {}
    for path in RULES.glob("*.test.yml"):
        for test in yaml.safe_load(path.read_text())["tests"]:
            for case in test["alert_rule_test"]:
                found.setdefault(case["alertname"], []).append(bool(case["exp_alerts"]))
    return found


def test_the_alerts_are_the_known_ones() -> None:
    assert set(rules()) == ALERTS


@pytest.mark.parametrize("name", sorted(ALERTS))
def test_an_alert_has_a_firing_and_a_silent_case(name: str) -> None:
    assert set(cases()[name]) == {True, False}


@pytest.mark.parametrize("name", sorted(ALERTS))
def test_an_alert_has_a_runbook(name: str) -> None:
    rule = rules()[name]
    text = (RUNBOOKS / f"{name}.md").read_text()

    assert rule["annotations"]["runbook"] == f"docs/runbooks/{name}.md"
    assert rule["labels"]["severity"] in {"page", "ticket"}
    for heading in ("Meaning", "Impact", "First checks", "Fix"):
        assert f"\n## {heading}\n" in text


def test_there_is_no_runbook_without_alert() -> None:
    assert {path.stem for path in RUNBOOKS.glob("*.md")} == ALERTS


@pytest.mark.skipif(shutil.which("promtool") is None, reason="needs Prometheus's promtool")
@pytest.mark.parametrize("command", [["check", "rules"], ["test", "rules"]])
def test_promtool_accepts_the_rules(command: list[str]) -> None:
    kind = "rules" if command[0] == "check" else "test"
    paths = [str(path) for path in sorted(RULES.glob(f"*.{kind}.yml"))]

    done = subprocess.run(  # noqa: S603  fixed commands
        ["promtool", *command, *paths],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
