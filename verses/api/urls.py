from django.urls import path

from verses.api import views

urlpatterns = [
    path("verse", views.PassageView.as_view(), name="passage"),
    path("top", views.TopView.as_view(), name="top"),
    path(
        "api/verses/translations/",
        views.TranslationListView.as_view(),
        name="translation-list",
    ),
    path(
        "api/verses/translations/<str:translation>/books/",
        views.BookListView.as_view(),
        name="book-list",
    ),
    path("api/verses/random/", views.RandomView.as_view(), name="random"),
    path("api/verses/daily/", views.DailyView.as_view(), name="daily"),
    path("api/verses/search/", views.SearchView.as_view(), name="search"),
    path("api/verses/batch/", views.BatchView.as_view(), name="batch"),
    path("api/verses/references/", views.ReferencesView.as_view(), name="references"),
    path("api/verses/compare/", views.ComparisonView.as_view(), name="compare"),
]
