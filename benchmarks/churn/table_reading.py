"""Seconds to load a table with one row per customer, compared with a bare read of its file.

    PYTHONPATH=. python benchmarks/churn/table_reading.py --rows 500000 2000000

`polars` reads all cells as text. `train` infers everything, checks every row and sorts by customer,
as before training; `score` reads the batches to be scored. Each runs in processes of its own, in
turn, `--rounds` times; the least CPU time counts, start of the interpreter and imports left out.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl

_RUN = """
import json, sys, time
from pathlib import Path
import polars as pl
from churn.ml.customers import iter_customers, load_customers
from churn.ml.io import inspect_source
path = Path(sys.argv[2])
ways = {
    "polars": lambda: pl.read_csv(path, infer_schema=False).height,
    "train": lambda: load_customers(inspect_source(path), require_target=True).counts.accepted,
    "score": lambda: sum(one.counts.accepted for one in iter_customers(inspect_source(path))),
}
begun, cpu = time.perf_counter(), time.process_time()
rows = ways[sys.argv[1]]()
wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
# The peak that getrusage gives begins with that of the parent.
status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
peak = int(status["VmHWM"].split()[0]) / 1024
print(json.dumps({"wall": wall, "cpu": cpu, "peak": peak, "rows": rows}))
"""


def main() -> None:
    """Print one line per size of table and way to read it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[500_000, 2_000_000])
    parser.add_argument("--folder", type=Path, default=Path("var/benchmark"))
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    print(f"{'':10} {'rows':>10} {'wall s':>8} {'cpu s':>8} {'peak MB':>8}")
    for rows in options.rows:
        path = _table(options.folder, rows)
        ways = ("polars", "train", "score")
        rounds = [[_measured(way, path) for way in ways] for _ in range(options.rounds)]
        for place, way in enumerate(ways):
            best = min((one[place] for one in rounds), key=lambda run: run["cpu"])
            print(
                f"{way:10} {best['rows']:10,} {best['wall']:8.2f} {best['cpu']:8.2f}"
                f" {best['peak']:8.0f}"
            )


def _table(folder: Path, rows: int) -> Path:
    """Write a table of ten columns: an identifier, categories, numbers and the outcome."""
    path = folder / f"table-{rows}.csv"
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(1)
    months, price = random.integers(0, 73, rows), random.uniform(18, 120, rows).round(2)
    pay = ["Electronic check", "Mailed check", "Bank transfer", "Credit card"]
    frame = pl.DataFrame(
        {
            "customer_id": np.arange(1, rows + 1),
            "gender": random.choice(["Female", "Male"], rows),
            "tenure": months,
            "contract": random.choice(["Month-to-month", "One year", "Two year"], rows),
            "payment_method": random.choice(pay, rows),
            "internet": random.choice(["DSL", "Fiber", "No"], rows),
            "monthly_charges": price,
            "total_charges": (months * price).round(2),
            "calls": random.poisson(2, rows),
            "churn": random.choice(["Yes", "No"], rows, p=[0.27, 0.73]),
        }
    )
    frame.with_columns(pl.format("C{}", "customer_id").alias("customer_id")).write_csv(path)
    return path


def _measured(way: str, path: Path) -> dict[str, float]:
    command = [sys.executable, "-c", _RUN, way, str(path)]
    root = Path(__file__).parents[2]
    done = subprocess.run(  # noqa: S603 - this script's own text
        command,
        check=True,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(root), "PATH": "/usr/bin:/bin"},
    )
    return dict(json.loads(done.stdout))


if __name__ == "__main__":
    main()
