"""The pages for readers."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from verses.exceptions import ReferenceInvalid, UpstreamUnavailable, VersesError
from verses.pages.context import (
    SearchResult,
    adjacent_chapters,
    group_by_language,
    list_testaments,
    search_results,
    suggest_references,
)
from verses.references import MAX_CHARACTERS
from verses.services.daily import daily_at_hand
from verses.services.localization import error_message
from verses.services.passages import Passage, default_translation, get_passage
from verses.services.search import MAX_SEARCH_CHARACTERS, search_verses
from verses.services.top import top_passages
from verses.services.translations import is_embedded, list_translations
from verses.throttling.decorators import rate_limited

HITS_SHOWN = 5
HITS_PER_PAGE = 20


@require_safe
@rate_limited
def reader(request: HttpRequest) -> HttpResponse:
    """Show the passage asked for in one or two translations, or the way in."""
    asked = request.GET.get("reference", "").strip()[: MAX_CHARACTERS + 1]
    wanted = request.GET.get("translation", "").lower() or default_translation()
    beside = request.GET.get("beside", "").lower()
    context = _frame(asked, wanted, beside)
    if asked:
        context |= _answer(asked, [name for name in (wanted, beside) if name])
    else:
        context["testaments"] = list_testaments(context["chosen"])
    return render(request, "verses/reader.html", context, status=_status(context))


def permalink(request: HttpRequest, translation: str, osis: str) -> HttpResponse:
    """Show a passage under its own short address."""
    query = request.GET.copy()
    query.update({"reference": osis, "translation": translation})
    request.GET = query  # type: ignore[assignment]  # Django's own kind of dictionary
    return reader(request)


def _frame(asked: str, wanted: str, beside: str) -> dict[str, Any]:
    """Return what the page shows around a passage; its links lead to a translation there is."""
    listed = list_translations()
    default = default_translation()
    is_known = any(one.identifier == wanted for one in listed)
    return {
        "asked": asked,
        "chosen": wanted if is_known else default,
        "beside": beside,
        "languages": group_by_language(listed),
        "daily": daily_at_hand(default),
        "top": top_passages(number=5, window="week"),
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
            passages.append(get_passage(reference=asked, translation=translation))
        except VersesError as error:
            problems.append(error)
    answer: dict[str, Any] = {"passages": passages, "problems": problems[:1]}
    answer["error_messages"] = [error_message(problem) for problem in problems[:1]]
    if passages:
        return answer | {
            "asked": passages[0].name,
            "neighbours": adjacent_chapters(passages[0]),
        }
    answer["suggestions"] = getattr(problems[0], "suggestions", ())
    if isinstance(problems[0], UpstreamUnavailable):
        answer["held"] = [one for one in list_translations() if is_embedded(one)]
    if isinstance(problems[0], ReferenceInvalid):
        answer["hits"] = _hits(asked, translations[0])
    return answer


def _hits(words: str, translation: str) -> list[SearchResult]:
    """Return verses with these words, for who typed words where a reference was wanted."""
    try:
        found = search_verses(words=words[:MAX_SEARCH_CHARACTERS], translation=translation)
    except VersesError:
        return []
    return search_results(found[:HITS_SHOWN], translation)


@require_safe
@rate_limited
def search(request: HttpRequest) -> HttpResponse:
    """Show the verses that have the words asked for."""
    words = request.GET.get("q", "").strip()[:MAX_SEARCH_CHARACTERS]
    chosen = request.GET.get("translation", "").lower() or default_translation()
    listed = list_translations()
    translation = next((one for one in listed if one.identifier == chosen), None)
    if translation is None:
        return redirect("verses:search-page")
    found: Any = search_verses(words=words, translation=chosen)  # as the paginator takes it
    page = Paginator(found, HITS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "words": words,
        "chosen": chosen,
        "translation": translation,
        "languages": group_by_language(listed),
        "page": page,
        "found": search_results(page.object_list, chosen),
    }
    return render(request, "verses/search.html", context)


@require_safe
@rate_limited
def suggestions(request: HttpRequest) -> HttpResponse:
    """Return options for the field while someone types in it."""
    names = suggest_references(request.GET.get("reference", "")[:MAX_CHARACTERS])
    return render(request, "verses/reader.html#options", {"names": names})
