from churn.templatetags.code_spans import code_spans


def test_backticks_become_code_and_the_rest_is_escaped() -> None:
    assert code_spans("`a<b` is <constant>") == "<code>a&lt;b</code> is &lt;constant&gt;"
