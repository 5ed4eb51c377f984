"""Prometheus metrics of jobs that are counted where a job runs or ends.

Figures that come from the tables are computed at a scrape (`churn.services.figures`). Known labels
start at 0: a series that appears with its first error is invisible to `rate()`.
"""

from datetime import timedelta
from itertools import product

from prometheus_client import Counter, Gauge, Histogram

# Label of each Job.kind.
JOB_KINDS = {"trainingrun": "training", "scoring": "scoring"}
# The values of Status that end a job.
FINAL_STATUSES = ("succeeded", "failed", "cancelled")
ROW_KINDS = ("dataset", "scoring")
ROW_OUTCOMES = ("accepted", "rejected")

FINISHED = Counter("churn_jobs_finished_total", "Jobs that ended", ["kind", "status"])
SECONDS = Histogram(
    "churn_job_seconds",
    "Time from the start of the last attempt of a job to its end",
    ["kind", "status"],
    buckets=(1, 5, 15, 60, 300, 900, 3600, 3 * 3600, 6 * 3600),
)
ATTEMPTS = Counter("churn_job_attempts_total", "Attempts of jobs that started", ["kind"])
ROWS = Counter("churn_rows_total", "Rows of files read, by outcome", ["kind", "outcome"])
ROWS_PER_SECOND = Gauge(
    "churn_rows_per_second",
    "Rows per second of the job that succeeded last",
    ["kind"],
    multiprocess_mode="mostrecent",
)

for labels in product(JOB_KINDS.values(), FINAL_STATUSES):
    FINISHED.labels(*labels)
    SECONDS.labels(*labels)
for kind in JOB_KINDS.values():
    ATTEMPTS.labels(kind)
for labels in product(ROW_KINDS, ROW_OUTCOMES):
    ROWS.labels(*labels)


def count_rows(kind: str, accepted: int, rejected: int) -> None:
    """Count the rows of one file."""
    ROWS.labels(kind, "accepted").inc(accepted)
    ROWS.labels(kind, "rejected").inc(rejected)


def count_attempt(job_kind: str) -> None:
    """Count the start of a job."""
    ATTEMPTS.labels(JOB_KINDS[job_kind]).inc()


def count_end(
    job_kind: str, status: str, duration: timedelta | None = None, rows: int | None = None
) -> None:
    """Count the end of a job, with the time since its last start and the rows it has read."""
    kind = JOB_KINDS[job_kind]
    FINISHED.labels(kind, status).inc()
    if duration is None:
        return
    seconds = duration.total_seconds()
    SECONDS.labels(kind, status).observe(seconds)
    if rows is not None and seconds > 0:
        ROWS_PER_SECOND.labels(kind).set(rows / seconds)
