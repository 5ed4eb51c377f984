"""Everything that can go wrong between a CSV and a score; free of Django."""


class ChurnError(Exception):
    """Base of all errors raised by this app.

    `sentence` may have fields such as `{line:,}`, which `values` fill; in which languages it can be
    told, `churn.ml.sentences` knows.
    """

    def __init__(self, sentence: str = "", **values: object) -> None:
        super().__init__(sentence.format(**values) if values else sentence)
        self.sentence = sentence
        self.values = values


class FileUnreadable(ChurnError):
    """The bytes are not a table: not text, not CSV or Parquet, or empty."""


class SchemaInvalid(ChurnError):
    """The table lacks a column or has unfit ones; the message names them and what to do."""


class DataUnfit(ChurnError):
    """The table is well formed but no model can be trained or scored from its rows."""


class LeakFound(ChurnError):
    """A column gives the answer away; training needs an explicit word to go on."""


class ModelInvalid(ChurnError):
    """A stored model is damaged, of another format, or not what its digest says."""


class WorkCancelled(ChurnError):
    """The user cancelled the run or scoring while it ran."""


class UploadTooLarge(ChurnError):
    """A file has more bytes than the settings allow."""


class NameTaken(ChurnError):
    """Another data set has this name."""


class NoChampion(ChurnError):
    """No run was promoted, or none before the present champion, and one is needed."""


class StateConflict(ChurnError):
    """What was asked for does not go with the state that the run or scoring is in."""


class ArtifactMissing(ChurnError):
    """The run has no artifact of that name, or the scoring no file yet."""
