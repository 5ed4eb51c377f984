"""Views of the reader pages."""

from collections.abc import Iterable
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
from verses.services.comparing import ComparedPassage, compare_passages
from verses.services.daily import cached_daily_passage
from verses.services.localization import error_message
from verses.services.passages import default_translation, get_passage
from verses.services.search import MAX_SEARCH_CHARACTERS, search_verses
from verses.services.top import top_passages
from verses.services.translations import is_embedded, list_translations
from verses.throttling.decorators import rate_limited

# Below a reference that was not understood; the search page shows all.
HITS_SHOWN = 5
HITS_PER_PAGE = 20


@require_safe
@rate_limited
def reader(request: HttpRequest) -> HttpResponse:
    """Show a passage in one or two translations; without a reference, the start page."""
    # One character too many is kept, so that a text that is too long gets the parser's message.
    asked = request.GET.get("reference", "").strip()[: MAX_CHARACTERS + 1]
    requested = request.GET.get("translation", "").lower() or default_translation()
    beside = request.GET.get("beside", "").lower()
    context = _page_context(asked, requested, beside)
    if asked:
        context |= _passages_or_problem(asked, [name for name in (requested, beside) if name])
    else:
        context["testaments"] = list_testaments(context["chosen"])
    return render(request, "verses/reader.html", context, status=_status(context))


def permalink(request: HttpRequest, translation: str, osis: str) -> HttpResponse:
    """Show a passage by its short URL."""
    query = request.GET.copy()
    query.update({"reference": osis, "translation": translation})
    request.GET = query  # type: ignore[assignment]  # Django's own kind of dictionary
    return reader(request)


def _page_context(asked: str, requested: str, beside: str) -> dict[str, Any]:
    """Return the context of the page around the passages."""
    listed = list_translations()
    default = default_translation()
    is_known = any(translation.identifier == requested for translation in listed)
    return {
        "asked": asked,
        # Links need a translation that exists, whatever the query string has.
        "chosen": requested if is_known else default,
        "beside": beside,
        "languages": group_by_language(listed),
        "daily": cached_daily_passage(default),
        "top": top_passages(limit=5, window="week"),
        "passages": [],
    }


def _status(context: dict[str, Any]) -> int:
    """Return 200 if the page has any verses, else the status of the first problem."""
    problem = next(iter(context.get("problems", ())), None)
    if context["passages"] or context.get("hits") or problem is None:
        return 200
    if isinstance(problem, ReferenceInvalid):
        return 400
    return 503 if isinstance(problem, UpstreamUnavailable) else 404


def _passages_or_problem(asked: str, translations: list[str]) -> dict[str, Any]:
    results = list(_read(asked, list(dict.fromkeys(translations))))
    found = [one for one in results if isinstance(one, ComparedPassage)]
    problems = [one for one in results if isinstance(one, VersesError)]
    passages = [one.passage for one in found]
    # One is enough: two translations nearly always have the same problem.
    context: dict[str, Any] = {"passages": passages, "problems": problems[:1]}
    context["alignments"] = [one.alignment for one in found if one.alignment]
    context["error_messages"] = [error_message(problem) for problem in problems[:1]]
    if passages:
        return context | {
            "asked": passages[0].name,
            "neighbours": adjacent_chapters(passages[0]),
        }
    context["suggestions"] = getattr(problems[0], "suggestions", ())
    if isinstance(problems[0], UpstreamUnavailable):
        context["offline"] = [one for one in list_translations() if is_embedded(one)]
    if isinstance(problems[0], ReferenceInvalid):
        context["hits"] = _full_text_hits(asked, translations[0])
    return context


def _read(asked: str, translations: list[str]) -> Iterable[ComparedPassage | VersesError]:
    if len(translations) > 1:
        return compare_passages(reference=asked, translations=translations)
    try:
        return [ComparedPassage(get_passage(reference=asked, translation=translations[0]), None)]
    except VersesError as error:
        return [error]


def _full_text_hits(words: str, translation: str) -> list[SearchResult]:
    """Return full-text hits, shown when the input is not a reference."""
    try:
        found = search_verses(words=words[:MAX_SEARCH_CHARACTERS], translation=translation)
    except VersesError:
        return []
    return search_results(found[:HITS_SHOWN], translation)


@require_safe
@rate_limited
def search(request: HttpRequest) -> HttpResponse:
    """Show a page of full-text search results."""
    words = request.GET.get("q", "").strip()[:MAX_SEARCH_CHARACTERS]
    chosen = request.GET.get("translation", "").lower() or default_translation()
    listed = list_translations()
    translation = next((one for one in listed if one.identifier == chosen), None)
    if translation is None:
        return redirect("verses:search-page")
    found: Any = search_verses(words=words, translation=chosen)  # not a list, but the paginator's
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
    """Return completions of a partly typed reference as `<option>` elements."""
    names = suggest_references(request.GET.get("reference", "")[:MAX_CHARACTERS])
    return render(request, "verses/reader.html#options", {"names": names})
