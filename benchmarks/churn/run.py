"""Everything that docs/benchmarks.md tables, in turn.

    PYTHONPATH=. python benchmarks/churn/run.py --folder var/benchmark telco.csv mlc_churn.csv

Writes the imitated records into the folder if they are not there, measures reading and features,
then the model side on those records, then the quality on each table named.
"""

import argparse
import subprocess
import sys
from pathlib import Path

from churn.ml.synthetic import RECORDS_FILE, write_sample

HERE = Path(__file__).parent
ROWS = 765_731


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("var/benchmark"))
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("tables", nargs="*", metavar="CSV[:TARGET]")
    options = parser.parse_args()
    records = options.folder / "records"
    if not (records / RECORDS_FILE).exists():
        write_sample(records, ROWS, seed=1)
    rounds = str(options.repeats)
    _run("data_reading.py", "--folder", str(options.folder), "--rounds", rounds)
    _run("model_speed.py", str(records), "--repeats", rounds)
    if options.tables:
        _run("model_quality.py", "--rivals", *options.tables)


def _run(script: str, *arguments: str) -> None:
    print(f"\n{script}", flush=True)
    subprocess.run([sys.executable, str(HERE / script), *arguments], check=True)  # noqa: S603 - ours


if __name__ == "__main__":
    main()
