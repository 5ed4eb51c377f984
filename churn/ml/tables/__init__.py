"""Tables with one row per customer and any columns: inference of types, and parsing."""

from churn.ml.tables.columns import file_column
from churn.ml.tables.identity import MAX_REJECTED_SHARE, MIN_ROWS_TO_REFUSE
from churn.ml.tables.parsing import (
    TableBatch,
    TableData,
    infer_table_columns,
    iter_batches,
    read_table,
)

__all__ = [
    "MAX_REJECTED_SHARE",
    "MIN_ROWS_TO_REFUSE",
    "TableBatch",
    "TableData",
    "file_column",
    "infer_table_columns",
    "iter_batches",
    "read_table",
]
