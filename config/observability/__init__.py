"""Request ids, structured logs, Prometheus metrics and Sentry reports."""
