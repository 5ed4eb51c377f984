"""One row per customer, however the data came."""
