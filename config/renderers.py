"""Browsable API that works under the Content-Security-Policy of the site."""

from collections.abc import Mapping
from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from django.utils.translation import get_language
from rest_framework.renderers import BrowsableAPIRenderer


class CspBrowsableAPIRenderer(BrowsableAPIRenderer):
    """Browsable API page with inline styles allowed, as its markup has some."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> str:
        page: str = super().render(data, accepted_media_type, renderer_context)
        response = (renderer_context or {})["response"]
        response._csp_update = {"style-src": [SELF, UNSAFE_INLINE]}  # noqa: SLF001  as csp's decorators do
        return page.replace(
            "<html>", f'<html lang="{get_language()}">', 1
        )  # DRF's template has no lang attribute
