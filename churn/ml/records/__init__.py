"""Service records: parsing, durations, zones, and aggregation to features per customer."""

from churn.ml.records.aggregation import aggregate
from churn.ml.records.durations import CLOCK
from churn.ml.records.parsing import RecordBatch, read_records, zone_names
from churn.ml.records.readings import RecordReadings, decide_readings
from churn.ml.records.zones import (
    MALFORMED,
    PLACE,
    STATE,
    ZONE,
    ZoneFinder,
    ZoneMap,
    read_zones,
    resolve_zones,
)

__all__ = [
    "CLOCK",
    "MALFORMED",
    "PLACE",
    "STATE",
    "ZONE",
    "RecordBatch",
    "RecordReadings",
    "ZoneFinder",
    "ZoneMap",
    "aggregate",
    "decide_readings",
    "read_records",
    "read_zones",
    "resolve_zones",
    "zone_names",
]
