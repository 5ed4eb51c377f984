"""Ways from a CSV of service records to customer features, compared by data_reading.py.

Each entry of CONTESTANTS imports what it needs and returns a function of the records file and the
zones file that answers the number of customers.
"""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

Candidate = Callable[[Path, Path], int]

_TEXTS = ("cliente_id", "segmento_cliente", "tipo_asistencia", "inicio_atencion_utc",
          "fin_atencion", "puntos_de_loyalty", "edad", "coordenadas_sucursal")  # fmt: skip


def floor() -> Candidate:
    """Scan the eight columns that are needed, and do nothing with them."""
    pl = import_module("polars")

    def scan(records: Path, zones: Path) -> int:
        lines = pl.scan_csv(
            records, infer_schema=False, extra_columns="ignore", missing_columns="insert"
        )
        lines.select(_TEXTS).collect(engine="streaming")
        return 0

    return scan


def whole() -> Candidate:
    """Read the file at once, as training does."""
    io, loading = import_module("churn.ml.io.source"), import_module("churn.ml.customers.loading")

    def load(records: Path, zones: Path) -> int:
        source = io.inspect_source(records)
        loaded = loading.load_customers(source, zones=zones, require_target=True)
        return int(loaded.counts.customers)

    return load


def parts() -> Candidate:
    """Read the file in batches, as the scoring of large files does."""
    io, batches = import_module("churn.ml.io.source"), import_module("churn.ml.customers.batches")

    def load(records: Path, zones: Path) -> int:
        found = batches.iter_customers(io.inspect_source(records), zones=zones)
        return sum(batch.counts.customers for batch in found)

    return load


def pandas() -> Candidate:
    """Vectorised pandas on its C reader."""
    pd = import_module("pandas")

    def load(records: Path, zones: Path) -> int:
        rows = pd.read_csv(records, usecols=[*_TEXTS, "churn"], dtype=str, on_bad_lines="skip")
        rows = _typed(pd, rows.dropna(subset=["cliente_id"]))
        grouped = rows.groupby("cliente_id")
        customers = grouped.agg(
            records=("minutes", "size"), mean=("minutes", "mean"), longest=("minutes", "max"),
            points=("points", "max"), age=("age", "max"), first=("start", "min"),
            last=("start", "max"), churn=("churned", "any"),
            **{name: (name, "sum") for name in ("consulta", "problema", "reclamo", "soporte")},
        )  # fmt: skip
        for column in ("segmento_cliente", "tipo_asistencia"):
            counts = rows.groupby(["cliente_id", column]).size().reset_index(name="count")
            ordered = counts.sort_values(
                ["cliente_id", "count", column], ascending=[True, False, True]
            )
            customers[column] = ordered.drop_duplicates("cliente_id").set_index("cliente_id")[
                column
            ]
        return len(customers)

    return load


def _typed(pd: Any, rows: Any) -> Any:
    start = pd.to_datetime(rows["inicio_atencion_utc"], errors="coerce", format="%Y-%m-%d %H:%M:%S")
    end = pd.to_datetime(rows["fin_atencion"], errors="coerce", format="%Y-%m-%d %H:%M:%S")
    minutes = (end - start).dt.total_seconds() / 60 + 240
    kinds = rows["tipo_asistencia"].fillna("desconocido")
    return rows.assign(
        tipo_asistencia=kinds,
        start=start,
        minutes=minutes.where(minutes >= 0, minutes + 1_440),
        points=pd.to_numeric(rows["puntos_de_loyalty"], errors="coerce"),
        age=pd.to_numeric(rows["edad"], errors="coerce"),
        churned=rows["churn"] == "True",
        **{name: kinds == name for name in ("consulta", "problema", "reclamo", "soporte")},
    )


def duckdb() -> Candidate:
    """One SQL statement of duckdb."""
    engine = import_module("duckdb")

    def load(records: Path, zones: Path) -> int:
        engine.execute("set enable_progress_bar = false")
        columns = engine.execute(_SQL, [str(records)]).fetchnumpy()
        return len(columns["cliente_id"])

    return load


_SQL = """
with cells as (
    select * from read_csv(
        ?, all_varchar = true, header = true, delim = ',', quote = '"', escape = '"',
        ignore_errors = true, strict_mode = false
    )
), typed as (
    select cliente_id, segmento_cliente as segment,
        coalesce(tipo_asistencia, 'desconocido') as kind,
        try_cast(inicio_atencion_utc as timestamp) as start,
        epoch(try_cast(fin_atencion as timestamp) - try_cast(inicio_atencion_utc as timestamp)) / 60
            + 240 as minutes,
        try_cast(puntos_de_loyalty as double) as points, try_cast(edad as double) as age,
        churn = 'True' as churned
    from cells where cliente_id is not null
)
select cliente_id, count(*), mode(segment), mode(kind), avg(minutes), max(minutes),
    avg((kind = 'consulta')::int), avg((kind = 'problema')::int), avg((kind = 'reclamo')::int),
    avg((kind = 'soporte')::int), max(points), max(age), min(start), max(start), bool_or(churned)
from typed group by cliente_id order by cliente_id
"""

CONTESTANTS: dict[str, Callable[[], Candidate]] = {
    "floor": floor,
    "whole": whole,
    "parts": parts,
    "pandas": pandas,
    "duckdb": duckdb,
}
