from django.urls import path

from verses import pages
from verses.views import bible_api, collections, passages

app_name = "verses"

urlpatterns = [
    path("verse", passages.PassageView.as_view(), name="passage"),
    path("top", passages.TopView.as_view(), name="top"),
    path(
        "api/verses/translations/",
        collections.TranslationListView.as_view(),
        name="translation-list",
    ),
    path(
        "api/verses/translations/<str:translation>/books/",
        collections.BookListView.as_view(),
        name="book-list",
    ),
    path("api/verses/random/", collections.RandomView.as_view(), name="random"),
    path("api/verses/daily/", collections.DailyView.as_view(), name="daily"),
    path("api/verses/search/", collections.SearchView.as_view(), name="search"),
    path("api/verses/batch/", collections.BatchView.as_view(), name="batch"),
    path("api/verses/compare/", collections.ComparisonView.as_view(), name="compare"),
    path("bible-api/", bible_api.RootView.as_view(), name="bible-api"),
    path("bible-api/data", bible_api.TranslationsView.as_view()),
    path("bible-api/data/<str:translation>", bible_api.BooksView.as_view()),
    path("bible-api/data/<str:translation>/random", bible_api.RandomView.as_view()),
    path("bible-api/data/<str:translation>/random/<str:books>", bible_api.RandomView.as_view()),
    path("bible-api/data/<str:translation>/<str:book>", bible_api.ChaptersView.as_view()),
    path(
        "bible-api/data/<str:translation>/<str:book>/<str:chapter>",
        bible_api.ChapterView.as_view(),
    ),
    path("bible-api/<str:reference>", bible_api.PassageView.as_view()),
    path("verses/", pages.reader, name="reader"),
    path("verses/search/", pages.search, name="search-page"),
    path("verses/suggestions/", pages.suggestions, name="suggestions"),
    path("verses/<slug:translation>/<str:osis>/", pages.permalink, name="permalink"),
]
