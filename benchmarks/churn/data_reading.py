"""CSV of service records to customer features: this project, a floor, pandas and duckdb.

    PYTHONPATH=. python benchmarks/churn/data_reading.py --rows 765731 --folder var/benchmark

Each contestant runs in processes of its own, in turn, `--rounds` times; the least wall time counts,
start of the interpreter and imports left out, and the peak memory is that of the whole process.
pandas and duckdb do only part of the work: they drop what they cannot read instead of reporting it
by line, take clocks without daylight saving, and leave zones out. duckdb runs where installed.
"""

import argparse
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import polars as pl

from churn.ml.synthetic import RECORDS_FILE, RECORDS_PER_CUSTOMER, ZONES_FILE, write_sample

_PART_ROWS = 765_731  # larger files are written in parts of this size, to bound memory
_RUN = """
import json, resource, sys, time
from pathlib import Path
import contestants
records, zones = Path(sys.argv[2]), Path(sys.argv[3])
contestant = contestants.CONTESTANTS[sys.argv[1]]()
begun, cpu = time.perf_counter(), time.process_time()
customers = contestant(records, zones)
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"wall": time.perf_counter() - begun, "cpu": time.process_time() - cpu,
                  "peak": used.ru_maxrss / 1024, "customers": customers}))
"""


def main() -> None:
    options = _options()
    records, zones = _sample(options.folder, options.rows)
    names = options.only or ["floor", "whole", "parts", "pandas", "duckdb"]
    if importlib.util.find_spec("duckdb") is None:
        names = [name for name in names if name != "duckdb"]
    rounds = [[_measured(name, records, zones) for name in names] for _ in range(options.rounds)]
    floor = min(one[0]["wall"] for one in rounds)
    print(f"{records.stat().st_size / 1e6:,.0f} MB, {options.rows:,} records")
    print(f"{'':10} {'wall s':>8} {'x first':>8} {'cpu s':>8} {'peak MB':>8} {'customers':>10}")
    for place, name in enumerate(names):
        best = min((one[place] for one in rounds), key=lambda run: run["wall"])
        print(
            f"{name:10} {best['wall']:8.2f} {best['wall'] / floor:8.1f} {best['cpu']:8.2f}"
            f" {best['peak']:8.0f} {best['customers']:10,}"
        )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=765_731)
    parser.add_argument("--folder", type=Path, default=Path("var/benchmark"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*")
    return parser.parse_args()


def _sample(folder: Path, rows: int) -> tuple[Path, Path]:
    home = folder / str(rows)
    records, zones = home / RECORDS_FILE, home / ZONES_FILE
    if records.exists():
        return records, zones
    if rows <= _PART_ROWS:
        return write_sample(home, rows, seed=1)
    home.mkdir(parents=True, exist_ok=True)
    for part in range(-(-rows // _PART_ROWS)):
        size = min(_PART_ROWS, rows - part * _PART_ROWS)
        written, its_zones = write_sample(home / "part", size, seed=part)
        _append(written, records, identifiers_from=part * round(5 * size / RECORDS_PER_CUSTOMER))
        its_zones.replace(zones)
        written.unlink()
    return records, zones


def _append(part: Path, records: Path, identifiers_from: int) -> None:
    """Append a part with its customers numbered on, leaving rows with a broken line as they are."""
    lines = pl.scan_csv(part, infer_schema=False, extra_columns="ignore", missing_columns="insert")
    moved = (pl.col("cliente_id").cast(pl.Int64, strict=False) + identifiers_from).cast(pl.String)
    frame = lines.with_columns(cliente_id=moved).collect(engine="streaming")
    with records.open("ab") as file:
        frame.write_csv(file, include_header=not identifiers_from)


def _measured(name: str, records: Path, zones: Path) -> dict[str, float]:
    command = [sys.executable, "-c", _RUN, name, str(records), str(zones)]
    here = Path(__file__).parent
    done = subprocess.run(  # noqa: S603 - this script's own text
        command, check=True, capture_output=True, text=True, env=_environment(here)
    )
    return dict(json.loads(done.stdout))


def _environment(here: Path) -> dict[str, str]:
    return {"PYTHONPATH": f"{here}:{here.parent.parent}", "PATH": "/usr/bin:/bin"}


if __name__ == "__main__":
    main()
