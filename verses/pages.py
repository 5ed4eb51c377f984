"""The pages for readers."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from verses import services
from verses.exceptions import ReferenceInvalid, UpstreamUnavailable, VersesError
from verses.references import MAX_CHARACTERS
from verses.services import Passage, limits, reading

Page = Callable[..., HttpResponse]

HITS_SHOWN = 5
HITS_PER_PAGE = 20


def limited(page: Page) -> Page:
    """Refuse a client that asks too often, as the routes of the API do."""

    @wraps(page)
    def limited_page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        client = limits.client_of(request.headers, request.META.get("REMOTE_ADDR"))
        seconds = limits.seconds_to_wait(client)
        if not seconds:
            return page(request, *args, **kwargs)
        problem = {"status": 429, "detail": _("Too many requests; wait a moment.")}
        response = render(request, "error.html", {"problem": problem}, status=429)
        response["Retry-After"] = str(int(seconds) + 1)
        return response

    return limited_page


@require_safe
@limited
def reader(request: HttpRequest) -> HttpResponse:
    """Show the passage asked for in one or two translations, or the way in."""
    asked = request.GET.get("reference", "").strip()[: MAX_CHARACTERS + 1]
    wanted = request.GET.get("translation", "").lower() or services.default_translation()
    beside = request.GET.get("beside", "").lower()
    context = _frame(asked, wanted, beside)
    if asked:
        context |= _answer(asked, [name for name in (wanted, beside) if name])
    else:
        context["testaments"] = reading.testaments(context["chosen"])
    return render(request, "verses/reader.html", context, status=_status(context))


def permalink(request: HttpRequest, translation: str, osis: str) -> HttpResponse:
    """Show a passage under its own short address."""
    query = request.GET.copy()
    query.update({"reference": osis, "translation": translation})
    request.GET = query  # type: ignore[assignment]  # Django's own kind of dictionary
    return reader(request)


def _frame(asked: str, wanted: str, beside: str) -> dict[str, Any]:
    """Return what the page shows around a passage; its links lead to a translation there is."""
    listed = services.translations()
    default = services.default_translation()
    is_known = any(one.identifier == wanted for one in listed)
    return {
        "asked": asked,
        "chosen": wanted if is_known else default,
        "beside": beside,
        "languages": reading.languages(listed),
        "daily": services.daily_at_hand(default),
        "top": services.top(number=5, window="week"),
        "passages": [],
    }


def _status(context: dict[str, Any]) -> int:
    """Return 200 when there is something to read, else what stood in the way."""
    problem = next(iter(context.get("problems", ())), None)
    if context["passages"] or context.get("hits") or problem is None:
        return 200
    if isinstance(problem, ReferenceInvalid):
        return 400
    return 503 if isinstance(problem, UpstreamUnavailable) else 404


def _answer(asked: str, translations: list[str]) -> dict[str, Any]:
    passages: list[Passage] = []
    problems: list[VersesError] = []
    for translation in dict.fromkeys(translations):
        try:
            passages.append(services.get_passage(reference=asked, translation=translation))
        except VersesError as error:
            problems.append(error)
    answer: dict[str, Any] = {"passages": passages, "problems": problems[:1]}
    if passages:
        return answer | {
            "asked": passages[0].reference,
            "neighbours": reading.neighbours(passages[0]),
        }
    answer["suggestions"] = getattr(problems[0], "suggestions", ())
    if isinstance(problems[0], UpstreamUnavailable):
        answer["held"] = [one for one in services.translations() if services.is_embedded(one)]
    if isinstance(problems[0], ReferenceInvalid):
        answer["hits"] = _hits(asked, translations[0])
    return answer


def _hits(words: str, translation: str) -> list[reading.Found]:
    """Return verses with these words, for who typed words where a reference was wanted."""
    try:
        found = services.search(
            words=words[: services.MAX_SEARCH_CHARACTERS], translation=translation
        )
    except VersesError:
        return []
    return reading.found(found[:HITS_SHOWN], translation)


@require_safe
@limited
def search(request: HttpRequest) -> HttpResponse:
    """Show the verses that have the words asked for."""
    words = request.GET.get("q", "").strip()[: services.MAX_SEARCH_CHARACTERS]
    chosen = request.GET.get("translation", "").lower() or services.default_translation()
    listed = services.translations()
    translation = next((one for one in listed if one.identifier == chosen), None)
    if translation is None:
        return redirect("verses:search-page")
    found: Any = services.search(words=words, translation=chosen)  # as the paginator takes it
    page = Paginator(found, HITS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "words": words,
        "chosen": chosen,
        "translation": translation,
        "languages": reading.languages(listed),
        "page": page,
        "found": reading.found(page.object_list, chosen),
    }
    return render(request, "verses/search.html", context)


@require_safe
@limited
def suggestions(request: HttpRequest) -> HttpResponse:
    """Return options for the field while someone types in it."""
    names = reading.suggestions(request.GET.get("reference", "")[:MAX_CHARACTERS])
    return render(request, "verses/reader.html#options", {"names": names})
