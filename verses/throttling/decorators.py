"""The limit per client for Django's views."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from verses.throttling.client import client_of, seconds_to_wait

Page = Callable[..., HttpResponse]


def rate_limited(page: Page) -> Page:
    """Refuse a client that asks too often, as the routes of the API do."""

    @wraps(page)
    def limited_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        client = client_of(request.headers, request.META.get("REMOTE_ADDR"))
        seconds = seconds_to_wait(client)
        if not seconds:
            return page(request, *args, **kwargs)
        problem = {"status": 429, "detail": _("Too many requests. Try again in a moment.")}
        response = render(request, "error.html", {"problem": problem}, status=429)
        response["Retry-After"] = str(int(seconds) + 1)
        return response

    return limited_view
