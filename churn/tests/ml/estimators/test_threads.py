from threadpoolctl import threadpool_info  # type: ignore[import-untyped]  # ships no types

from churn.ml.estimators.threads import MIN_ROWS, single_threaded_blas, thread_count


def _blas_threads() -> list[int]:
    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]


def test_few_rows_use_one_thread() -> None:
    assert thread_count(MIN_ROWS - 1) == 1
    assert thread_count(MIN_ROWS) >= 1


def test_blas_is_limited_to_one_thread_and_restored() -> None:
    before = _blas_threads()

    with single_threaded_blas():
        inside = _blas_threads()

    assert set(inside) == {1}
    assert _blas_threads() == before
