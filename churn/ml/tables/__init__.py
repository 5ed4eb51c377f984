"""Tables of one row per customer: column types and parsing."""
