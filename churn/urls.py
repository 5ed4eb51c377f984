from django.urls import include, path

app_name = "churn"
urlpatterns = [
    path("api/churn/", include("churn.api.urls")),
    path("churn/", include("churn.pages.urls")),
]
