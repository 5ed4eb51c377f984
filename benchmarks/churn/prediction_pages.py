"""Time pages of stored predictions with many rows, on PostgreSQL.

    python benchmarks/churn/prediction_pages.py [--rows 1000000]

Fills a database of its own in ten scorings, prints the plan of the queries of the API, and times
whole requests for the first page, pages at depth, and filtered ones. Needs a PostgreSQL server in
which databases may be created: DRILL_POSTGRES_URL, by default the one of this machine.
"""

import argparse
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import psycopg

ROOT = Path(__file__).resolve().parents[2]
POSTGRES_URL = os.environ.get("DRILL_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432/postgres")
SCORINGS = 10
_REPEATS = 5
_FILL = """
INSERT INTO churn_prediction (scoring_id, customer_id, probability, churn, decile, reasons)
SELECT %(scoring)s, 'C' || number, round(random()::numeric, 6), random() > 0.5,
       1 + number %% 10, '[]'::jsonb
FROM generate_series(1, %(rows)s) AS number
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    rows = parser.parse_args().rows
    name = f"pages_{secrets.token_hex(6)}"
    with psycopg.connect(POSTGRES_URL, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"'.encode())
        try:
            _measure(urlsplit(POSTGRES_URL)._replace(path=f"/{name}").geturl(), rows)
        finally:
            from django.db import connections  # noqa: PLC0415  once it is set up

            connections.close_all()
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def _measure(url: str, rows: int) -> None:
    os.environ |= {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "config.settings.base",
        "DJANGO_SECRET_KEY": secrets.token_urlsafe(50),
        "LOG_LEVEL": "ERROR",
    }
    sys.path.insert(0, str(ROOT))
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, check=True)  # noqa: S603  our own command
    import django  # noqa: PLC0415

    django.setup()
    _fill(url, rows)
    _explain()
    _time_requests(rows)


def _fill(url: str, rows: int) -> None:
    from churn.models import Dataset, Scoring, TrainingRun  # noqa: PLC0415

    counts = {"size": 1, "rows": 1, "accepted": 1, "rejected": 0, "customers": 1}
    dataset = Dataset.objects.create(name="pages", shape="table", **counts)
    run = TrainingRun.objects.create(dataset=dataset)
    started = time.perf_counter()
    with psycopg.connect(url, autocommit=True) as connection:
        for _number in range(SCORINGS):
            scoring = Scoring.objects.create(run=run, file_name="pages.csv", size=1, sha256="")
            connection.execute(_FILL, {"scoring": scoring.pk, "rows": rows // SCORINGS})
        connection.execute(b"VACUUM ANALYZE churn_prediction")
    sys.stdout.write(f"{rows} rows inserted in {time.perf_counter() - started:.0f} s\n")


def _explain() -> None:
    from churn.models import Prediction  # noqa: PLC0415

    rows = Prediction.objects.riskiest_first()
    middle = Prediction.objects.filter(scoring_id=2).order_by("-probability")[90_000]
    position = (middle.scoring_id, middle.probability, middle.pk)
    for title, query in (
        ("first page", rows),
        ("deep page", rows.following(position)),
        ("page before it", rows.preceding(position).reverse()),
        ("deep page of a scoring", rows.filter(scoring=2).following(position)),
        ("customer", rows.filter(customer_id="C5000")),
        ("probability of 0.9999 and more", rows.filter(probability__gte=0.9999)),
    ):
        plan = query[:51].explain(analyze=True)
        sys.stdout.write(f"\n{title}\n{plan}\n")


def _time_requests(rows: int) -> None:
    from django.contrib.auth import get_user_model  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    from churn.api.pagination import RiskPagination, cursor_at  # noqa: PLC0415
    from churn.models import Prediction  # noqa: PLC0415

    client = Client(headers={"Host": "localhost"})
    client.force_login(get_user_model().objects.create_superuser("pages"))
    route = "/api/churn/predictions/"
    middle = Prediction.objects.filter(scoring_id=2).order_by("-probability")[90_000]
    pages = RiskPagination()
    pages.base_url = route
    for title, url in (
        ("first page", route),
        (f"page after {rows * 89 // 100} rows", pages.encode_cursor(cursor_at(middle))),
        ("customer", f"{route}?customer=C5000"),
        ("probability of 0.9999 and more", f"{route}?min_probability=0.9999"),
        ("admin, first page", "/admin/churn/prediction/"),
        ("admin, one decile", "/admin/churn/prediction/?decile=3"),
    ):
        times = []
        for _repeat in range(_REPEATS):
            started = time.perf_counter()
            answer = client.get(url)
            times.append(time.perf_counter() - started)
            if answer.status_code != 200:  # noqa: PLR2004
                raise RuntimeError(f"{url}: {answer.status_code}")
        sys.stdout.write(f"{title}: {median(times) * 1000:.1f} ms\n")


if __name__ == "__main__":
    main()
