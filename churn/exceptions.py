"""Errors of the churn app; free of Django."""


class ChurnError(Exception):
    """Base of all errors raised by this app.

    `msgid` is the English text, or its singular and plural, with placeholders such as `{line:,}`
    for `values`. `str()` is English; edges translate with `churn.services.localization`.
    """

    def __init__(self, msgid: str | tuple[str, str] = "", **values: object) -> None:
        singular, plural = (msgid, msgid) if isinstance(msgid, str) else msgid
        text = singular if values.get("count") == 1 else plural
        super().__init__(text.format(**values) if values else text)
        self.msgid = msgid
        self.values = values


class FileUnreadable(ChurnError):
    """The bytes are not a table: not text, not CSV or Parquet, or empty."""


class SchemaInvalid(ChurnError):
    """A column is missing or has invalid content; the message names it and says what to do."""


class DataUnfit(ChurnError):
    """The table is well formed, but its rows cannot be trained on or scored."""


class LeakFound(ChurnError):
    """A column leaks the target; training needs the option `allow_leaks`."""


class ModelInvalid(ChurnError):
    """A stored model is damaged, has another format, or does not match its digest."""


class WorkCancelled(ChurnError):
    """The user cancelled the run or scoring while it ran."""


class UploadTooLarge(ChurnError):
    """A file, what it unpacks to, or a request is larger than the settings allow."""


class NameTaken(ChurnError):
    """Another data set has this name."""


class NoChampion(ChurnError):
    """There is no champion to score with, or no previous one to roll back to."""


class StateConflict(ChurnError):
    """The state of the run, scoring or data set does not allow the operation."""


class ArtifactMissing(ChurnError):
    """The run has no artifact of that name, or the scoring has no results file."""
