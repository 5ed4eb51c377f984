"""Tables with one row per customer and any columns: inference of types, and parsing."""

from churn.ml.tables.parsing import (
    TableBatch,
    TableData,
    infer_table_columns,
    iter_batches,
    read_table,
)

__all__ = ["TableBatch", "TableData", "infer_table_columns", "iter_batches", "read_table"]
