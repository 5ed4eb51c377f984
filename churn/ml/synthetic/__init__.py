"""A synthetic data set that imitates the private one."""

from churn.ml.synthetic.customers import RECORDS_PER_CUSTOMER
from churn.ml.synthetic.generator import RECORDS_FILE, ZONES_FILE, make_sample, write_sample

__all__ = ["RECORDS_FILE", "RECORDS_PER_CUSTOMER", "ZONES_FILE", "make_sample", "write_sample"]
