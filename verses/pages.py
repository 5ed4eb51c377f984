"""The pages for readers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from verses import services
from verses.exceptions import VersesError


def reader(request: HttpRequest) -> HttpResponse:
    """Show a passage, or the form to ask for one."""
    asked = request.GET.get("reference", "").strip()
    context: dict[str, object] = {"asked": asked, "overview": services.overview()}
    if asked:
        try:
            context["passage"] = services.get_passage(
                reference=asked, translation=request.GET.get("translation", "web")
            )
        except VersesError as error:
            context["problem"] = error
    return render(request, "verses/reader.html", context)
