import pytest

from churn.ml.customers import Customers
from churn.ml.training import TrainedRun, TrainingOptions, train
from churn.tests.ml.handmade import customers_of, make_frame


@pytest.fixture(scope="session")
def made_customers() -> Customers:
    return customers_of(make_frame())


@pytest.fixture(scope="session")
def made_run(made_customers: Customers) -> TrainedRun:
    """One race over made customers; do not change it."""
    return train(made_customers, TrainingOptions())
