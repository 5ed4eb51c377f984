from django.urls import include, path

from verses.bible_api.views import RootView

app_name = "verses"

urlpatterns = [
    path("", include("verses.api.urls")),
    # Without the slash too: browsers do not follow a redirect of a request to another origin.
    path("bible-api", RootView.as_view()),
    path("bible-api/", include("verses.bible_api.urls")),
    path("verses/", include("verses.pages.urls")),
]
