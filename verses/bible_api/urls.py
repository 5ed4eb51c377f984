from django.urls import path, re_path

from verses.bible_api import views

urlpatterns = [
    path("", views.RootView.as_view(), name="bible-api"),
    path("data", views.TranslationsView.as_view()),
    path("data/<str:translation>", views.BooksView.as_view()),
    path("data/<str:translation>/random", views.RandomView.as_view()),
    path("data/<str:translation>/random/<str:books>", views.RandomView.as_view()),
    path("data/<str:translation>/<str:book>", views.ChaptersView.as_view()),
    path("data/<str:translation>/<str:book>/<str:chapter>", views.ChapterView.as_view()),
    path("<str:reference>", views.PassageView.as_view()),
    re_path("^(?P<path>/.*|.*//.*)$", views.collapse_slashes),
]
