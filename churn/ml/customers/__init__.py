"""One row per customer, from service records, a table or a request; profile and findings."""

from churn.ml.customers.batches import iter_customers
from churn.ml.customers.findings import describe_finding, merge_findings
from churn.ml.customers.loading import Counts, Customers, load_customers
from churn.ml.customers.payload import customers_from_payload
from churn.ml.customers.profiling import profile
from churn.ml.io.as_of import AsOf, as_of_text

__all__ = [
    "AsOf",
    "Counts",
    "Customers",
    "as_of_text",
    "customers_from_payload",
    "describe_finding",
    "iter_customers",
    "load_customers",
    "merge_findings",
    "profile",
]
