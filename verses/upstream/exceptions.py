class CallFailed(Exception):
    """A call to upstream failed.

    `code` is one short word for metrics and logs, `detail` a sentence for operators. `may_retry`
    marks a transient error that came quickly; `block_seconds` is the pause that upstream wants
    (0 if it named none).
    """

    def __init__(
        self, code: str, detail: str, *, may_retry: bool = False, block_seconds: float = 0
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.may_retry = may_retry
        self.block_seconds = block_seconds
