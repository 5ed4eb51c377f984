"""Pages of predictions by position, so that a deep page costs as much as the first."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.views import APIView

from churn.models import Prediction
from churn.models.predictions import Position


class RiskPagination(CursorPagination):
    """Pages in the order of `riskiest_first`, with links to the next and the previous one.

    DRF's own class compares the first column of an order only and skips equal rows by an offset;
    here all rows of a scoring would be equal.
    """

    page_size_query_param = "page_size"
    max_page_size = 1_000
    ordering = ("-scoring_id", "-probability", "-pk")

    def paginate_queryset(
        self, queryset: QuerySet[Any], request: Request, view: APIView | None = None
    ) -> list[Any]:
        """Return the rows of the page; raises NotFound for a cursor that is not ours."""
        if "page" in request.query_params:
            message = _("Predictions have no page numbers; follow `next` and `previous`.")
            raise ValidationError({"page": [message]})
        self.request = request
        self.base_url = request.build_absolute_uri()
        size = self.get_page_size(request) or self.max_page_size
        cursor = self.decode_cursor(request)
        rows = self._read(queryset, cursor, size + 1)
        is_backward = cursor is not None and cursor.reverse
        has_more = len(rows) > size
        self.page: list[Any] = rows[:size][::-1] if is_backward else rows[:size]
        self.has_next = is_backward or has_more
        self.has_previous = has_more if is_backward else cursor is not None
        return self.page

    def get_next_link(self) -> str | None:
        """Return the URL of the page after this one."""
        return self._link(self.page[-1]) if self.has_next and self.page else None

    def get_previous_link(self) -> str | None:
        """Return the URL of the page before this one."""
        return self._link(self.page[0], reverse=True) if self.has_previous and self.page else None

    def _read(self, queryset: Any, cursor: Cursor | None, limit: int) -> list[Any]:
        if cursor is None:
            return list(queryset[:limit])
        position = _parse_position(str(cursor.position))
        if position is None:
            raise NotFound(self.invalid_cursor_message)
        if cursor.reverse:
            return list(queryset.preceding(position).reverse()[:limit])
        return list(queryset.following(position)[:limit])

    def _link(self, row: Prediction, *, reverse: bool = False) -> str:
        return self.encode_cursor(cursor_at(row, reverse=reverse))


def cursor_at(row: Prediction, *, reverse: bool = False) -> Cursor:
    """Return the cursor of the page after a row, or before it if `reverse`."""
    # The stubs take the position for a number; DRF itself writes text.
    position: Any = f"{row.scoring_id},{row.probability!r},{row.pk}"
    return Cursor(offset=0, reverse=reverse, position=position)


def _parse_position(text: str) -> Position | None:
    parts = text.split(",")
    try:
        scoring, probability, pk = int(parts[0]), float(parts[1]), int(parts[2])
    except (ValueError, IndexError):
        return None
    is_known = len(parts) == 3 and 0 <= probability <= 1  # noqa: PLR2004  as parsed above
    return (scoring, probability, pk) if is_known and max(scoring, pk) < 2**63 else None
