from django.urls import include, path

app_name = "verses"

urlpatterns = [
    path("", include("verses.api.urls")),
    path("bible-api/", include("verses.bible_api.urls")),
    path("verses/", include("verses.pages.urls")),
]
