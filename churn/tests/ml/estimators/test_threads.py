from threadpoolctl import threadpool_info  # type: ignore[import-untyped]  # ships no types

from churn.ml.estimators.threads import MIN_ROWS, single_threaded_blas, thread_count


def _threads_of_algebra() -> list[int]:
    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]


def test_few_rows_are_worth_one_thread() -> None:
    assert thread_count(MIN_ROWS - 1) == 1
    assert thread_count(MIN_ROWS) >= 1


def test_linear_algebra_keeps_to_one_thread_and_gets_its_others_back() -> None:
    before = _threads_of_algebra()

    with single_threaded_blas():
        inside = _threads_of_algebra()

    assert set(inside) == {1}
    assert _threads_of_algebra() == before
