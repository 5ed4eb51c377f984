"""Input files: dialect, text cells, column roles and rejected rows.

The packages that parse files (records, tables and customers) use the modules; others, this face.
"""

from churn.ml.io.containers import unpack
from churn.ml.io.originals import add_original_rows
from churn.ml.io.rejects import COLUMN, LINE, REASON, RejectReason, describe_reject
from churn.ml.io.source import DataSource, inspect_source

__all__ = [
    "COLUMN",
    "LINE",
    "REASON",
    "DataSource",
    "RejectReason",
    "add_original_rows",
    "describe_reject",
    "inspect_source",
    "unpack",
]
