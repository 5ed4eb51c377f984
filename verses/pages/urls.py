from django.urls import path

from verses.pages import views

urlpatterns = [
    path("", views.reader, name="reader"),
    path("search/", views.search, name="search-page"),
    path("suggestions/", views.suggestions, name="suggestions"),
    path("<slug:translation>/<str:osis>/", views.permalink, name="permalink"),
]
