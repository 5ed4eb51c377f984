"""Home page with live figures of both apps."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static

from churn.services import overview as churn
from verses.services.health import overview


def home(request: HttpRequest) -> HttpResponse:
    context = {"verses": overview(), "churn": churn.overview()}
    return render(request, "home.html", context)


def favicon(request: HttpRequest) -> HttpResponse:
    """Redirect to the site icon, for pages without an icon link such as the admin."""
    return redirect(static("icon.svg"))
