"""The JSON routes of the verses."""

from verses.views.passages import PassageView, TopView

__all__ = ["PassageView", "TopView"]
