"""Middleware of pages, which public routes do not need, and a Content-Security-Policy built once.

A public route reads no session, user, message or form token. The six layers below took a fifth of
the time of such a request.
"""

from collections.abc import Callable
from typing import Any

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.contrib.auth import middleware as auth
from django.contrib.messages import middleware as messages
from django.contrib.sessions import middleware as sessions
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.middleware import csrf
from django_htmx import middleware as htmx

from config.public_routes import is_public

_CSP_CHANGES = ("_csp_config", "_csp_exempt", "_csp_replace", "_csp_update")


class PagesOnly:
    """Mixin of a middleware that requests of public routes skip."""

    get_response: Any  # each middleware declares it in its own way

    def __call__(self, request: HttpRequest) -> Any:
        if is_public(request.path_info):
            return self.get_response(request)
        return super().__call__(request)  # type: ignore[misc]  # of the middleware mixed in


class SessionMiddleware(PagesOnly, sessions.SessionMiddleware):
    """Sessions, on pages only."""


class AuthenticationMiddleware(PagesOnly, auth.AuthenticationMiddleware):
    """Users, on pages only."""


class MessageMiddleware(PagesOnly, messages.MessageMiddleware):
    """Messages, on pages only."""


class HtmxMiddleware(PagesOnly, htmx.HtmxMiddleware):
    """Headers of htmx, on pages only."""


class CsrfViewMiddleware(PagesOnly, csrf.CsrfViewMiddleware):
    """Form tokens, on pages only; the views of public routes are exempt from the check."""

    def process_view(self, request: HttpRequest, *args: Any) -> Any:
        return None if is_public(request.path_info) else super().process_view(request, *args)


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """Sends the policy of the settings; django-csp builds a response's own policy, if it has one.

    django-csp alone would build the same policy for each response.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        super().__init__(get_response)
        self._policy = build_policy()

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        has_own = hasattr(request, "_csp_nonce") or any(
            hasattr(response, name) for name in _CSP_CHANGES
        )
        if has_own or settings.DEBUG:
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self._policy)
        return response
