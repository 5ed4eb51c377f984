"""How a call to upstream can fail."""


class CallFailed(Exception):
    """Upstream did not answer as it should.

    `kind` is one short word for metrics and logs, `detail` a sentence for the operator.
    `may_retry` tells a passing fault that came quickly; `block_seconds` is how long upstream
    wants to be left alone (0 = it did not say).
    """

    def __init__(
        self, kind: str, detail: str, *, may_retry: bool = False, block_seconds: float = 0
    ) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail
        self.may_retry = may_retry
        self.block_seconds = block_seconds
