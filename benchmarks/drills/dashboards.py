"""Drill: every panel has data on a real Prometheus, and alerts fire for real faults.

    python benchmarks/drills/dashboards.py [--fast]

The service lives a short life: verses warm and cold, an upload, a training, a scoring, five answers
503 and a failed job. Then every query of every dashboard must return a number, and the alerts for
the faults must fire. Without --fast the worker and the web server are killed as well, whose
silence Prometheus notices after 90 s. Exits with 1 if one of the conditions does not hold.
"""

import argparse
import json
import math
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests
from _monitored import ROOT, Monitored, running, wait_until

DASHBOARDS = ROOT / "docker" / "grafana" / "dashboards"
SAMPLE = ROOT / "churn" / "demonstration" / "telco.csv"
ROWS = 1_200
EXPECTED = {
    *("ServerErrors", "JobsFail", "UpstreamFailing", "UpstreamBlocked"),
    *("WorkerSilent", "WebDown"),
    # The pending times of the drill are two seconds, and the first call to upstream takes longer
    # than half a second on a busy machine.
    "VerseSlow",
}
# Fewer than the three failures that open the circuit breaker, for the alert on their share.
COLD_CHAPTERS = 2
MISSING_CHAPTERS = 6
# Samples around the faults, so that increase() and rate() see them.
_SETTLE_SECONDS = 4.0
_JOB_SECONDS = 240.0
# A failed call answers other requests for a second; then the next one calls upstream again.
_SHARED_SECONDS = 1.2


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fast", action="store_true", help="do not kill processes")
    is_fast = parser.parse_args().fast
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as name, running(Path(name)) as service:
        client = _sign_in(service)
        _read_verses(service)
        _train_and_score(service, client)
        time.sleep(_SETTLE_SECONDS)
        _fail_verses(service)
        _fail_job(service, client)
        time.sleep(_SETTLE_SECONDS)
        faults = _check_alerts(service, {"ServerErrors", "JobsFail", "UpstreamFailing"})
        faults += _check_panels(service)
        if not is_fast:
            service.kill("worker")
            faults += _check_alerts(service, {"WorkerSilent"})
            service.kill("web")
            faults += _check_alerts(service, {"WebDown"})
    sys.stdout.write(f"{time.monotonic() - started:.0f} s, {len(faults)} faults\n")
    sys.stdout.writelines(f"FAILED {fault}\n" for fault in faults)
    return 1 if faults else 0


def queries() -> Iterator[tuple[str, str]]:
    """Yield every query of every dashboard, with the place of its panel."""
    for path in sorted(DASHBOARDS.glob("*.json")):
        for panel in json.loads(path.read_text())["panels"]:
            for target in panel["targets"]:
                yield f"{path.stem}: {panel['title']}", target["expr"]


def _check_panels(service: Monitored) -> list[str]:
    faults, number = [], 0
    for place, expression in queries():
        number += 1
        try:
            values = service.query(expression)
        except RuntimeError as error:
            faults.append(f"{place}: {error}")
            continue
        if not any(math.isfinite(value) for value in values):
            faults.append(f"{place}: no data for {expression}")
    sys.stdout.write(f"{number} queries of panels\n")
    return faults


def _check_alerts(service: Monitored, names: set[str]) -> list[str]:
    """Wait until `names` fire; any other alert is a fault as well."""
    started = time.monotonic()
    try:
        wait_until(lambda: names <= service.firing(), f"{sorted(names)} fire")
    except RuntimeError as error:
        return [f"{error}; firing: {sorted(service.firing())}"]
    sys.stdout.write(f"{sorted(names)} fire after {time.monotonic() - started:.0f} s\n")
    return [f"{name} fires without a fault" for name in sorted(service.firing() - EXPECTED)]


def _sign_in(service: Monitored) -> requests.Session:
    code = (
        "from django.contrib.auth import get_user_model as model;"
        "from rest_framework.authtoken.models import Token;"
        "user = model().objects.create_superuser('drill', '', None);"
        "Token.objects.create(user=user, key='{key}')"
    )
    key = "d" * 40  # of a database that exists for a minute
    service.manage("shell", "--verbosity", "0", "--command", code.format(key=key))
    client = requests.Session()
    client.headers["Authorization"] = f"Token {key}"
    return client


def _read_verses(service: Monitored) -> None:
    for _round in range(10):
        for reference in ("John 3:16", "Psalm 23", "Romans 8:28"):
            _get(service, reference, "rv1909")
    for chapter in range(1, COLD_CHAPTERS + 1):
        _get(service, f"Genesis {chapter}:1", "asv")
    requests.get(f"{service.url}/top", timeout=30).raise_for_status()


def _get(service: Monitored, reference: str, translation: str) -> int:
    parameters = {"reference": reference, "translation": translation}
    return requests.get(f"{service.url}/verse", parameters, timeout=30).status_code


def _train_and_score(service: Monitored, client: requests.Session) -> None:
    lines = SAMPLE.read_text(encoding="utf-8").splitlines()[: ROWS + 1]
    content = "\n".join(lines).encode()
    api = f"{service.url}/api/churn"
    dataset = _post(client, f"{api}/datasets/", files={"file": ("drill.csv", content)})
    run = _post(client, f"{api}/runs/", json={"dataset": dataset["id"], "algorithm": "logistic"})
    _wait_for(client, f"{api}/runs/{run['id']}/", "succeeded")
    _post(client, f"{api}/runs/{run['id']}/promote/")
    scoring = _post(client, f"{api}/scorings/", files={"file": ("drill.csv", content)})
    _wait_for(client, f"{api}/scorings/{scoring['id']}/", "succeeded")


def _post(client: requests.Session, url: str, **content: Any) -> Any:
    answer = client.post(url, timeout=60, **content)
    if not answer.ok:
        raise RuntimeError(f"{url}: {answer.status_code} {answer.text[:500]}")
    return answer.json()


def _wait_for(client: requests.Session, url: str, status: str) -> None:
    def has_ended() -> bool:
        job = client.get(url, timeout=30).json()
        if job["status"] in {"succeeded", "failed", "cancelled"} - {status}:
            raise RuntimeError(f"{url} is {job['status']}: {job.get('failure')}")
        return bool(job["status"] == status)

    wait_until(has_ended, f"{url} is {status}", _JOB_SECONDS)


def _fail_verses(service: Monitored) -> None:
    """Ask for chapters that nothing can answer while upstream fails."""
    service.upstream.become("broken")
    statuses = []
    for chapter in range(1, MISSING_CHAPTERS + 1):
        statuses.append(_get(service, f"Exodus {chapter}:1", "asv"))
        time.sleep(_SHARED_SECONDS)
    if statuses != [503] * MISSING_CHAPTERS:
        raise RuntimeError(f"answers without upstream: {statuses}")


def _fail_job(service: Monitored, client: requests.Session) -> None:
    """Train on a data set whose file is gone."""
    media = Path(service.environment["MEDIA_ROOT"])
    for path in media.rglob("*"):
        if path.is_file() and re.search(r"\bdatasets\b", str(path)):
            path.unlink()
    api = f"{service.url}/api/churn/runs/"
    dataset = client.get(f"{service.url}/api/churn/datasets/", timeout=30).json()["results"][0]
    run = _post(client, api, json={"dataset": dataset["id"], "algorithm": "logistic"})
    _wait_for(client, f"{api}{run['id']}/", "failed")


if __name__ == "__main__":
    sys.exit(main())
