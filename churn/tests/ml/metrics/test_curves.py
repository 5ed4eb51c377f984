import numpy as np

from churn.ml.metrics.curves import rank_scores, ranked_counts


def test_equal_scores_are_counted_together() -> None:
    actual = np.array([1.0, 0.0, 1.0, 0.0, 1.0])

    counts = ranked_counts(actual, np.array([0.2, 0.9, 0.9, 0.2, 0.5]))

    assert counts.score.tolist() == [0.9, 0.5, 0.2]
    assert counts.true_positives.tolist() == [1.0, 2.0, 3.0]
    assert counts.false_positives.tolist() == [1.0, 1.0, 2.0]
    assert counts.flagged.tolist() == [2.0, 3.0, 5.0]


def test_rows_of_equal_score_keep_their_order() -> None:
    ranking = rank_scores(np.array([0.2, 0.9, 0.9, 0.2]))

    assert ranking.order.tolist() == [1, 2, 0, 3]
    assert ranking.ends.tolist() == [1, 3]
