"""The rate limit for Django views."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from verses.throttling.client import seconds_to_wait_of

View = Callable[..., HttpResponse]


def rate_limited(view: View) -> View:
    """Answer 429 with the error page to a client beyond its limit, shared with the API routes."""

    @wraps(view)
    def limited_view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        seconds = seconds_to_wait_of(request)
        if not seconds:
            return view(request, *args, **kwargs)
        problem = {"status": 429, "detail": _("Too many requests. Try again in a moment.")}
        response = render(request, "error.html", {"problem": problem}, status=429)
        response["Retry-After"] = str(int(seconds) + 1)
        return response

    return limited_view
