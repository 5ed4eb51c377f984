"""Service records to features per customer: durations, zones, aggregation."""
