from typing import Any

from django.urls import path

from churn.api.views import (
    ChampionViewSet,
    DatasetViewSet,
    PredictionViewSet,
    ScoringViewSet,
    TrainingRunViewSet,
)

LIST: dict[str, Any] = {"get": "list"}
LIST_AND_CREATE: dict[str, Any] = {"get": "list", "post": "create"}
RETRIEVE: dict[str, Any] = {"get": "retrieve"}

run, scoring = TrainingRunViewSet.as_view, ScoringViewSet.as_view
urlpatterns = [
    path("datasets/", DatasetViewSet.as_view(LIST_AND_CREATE), name="dataset-list"),
    path("datasets/<int:pk>/", DatasetViewSet.as_view(RETRIEVE), name="dataset-detail"),
    path(
        "datasets/<int:pk>/profile/",
        DatasetViewSet.as_view({"get": "profile"}),
        name="dataset-profile",
    ),
    path("runs/", run(LIST_AND_CREATE), name="run-list-api"),
    path("runs/<int:pk>/", run(RETRIEVE), name="run-detail-api"),
    path("runs/<int:pk>/cancel/", run({"post": "cancel"}), name="run-cancel-api"),
    path("runs/<int:pk>/promote/", run({"post": "promote"}), name="run-promote-api"),
    path("runs/<int:pk>/artifacts/<str:name>", run({"get": "artifact"}), name="run-artifact"),
    path("models/champion/", ChampionViewSet.as_view(RETRIEVE), name="champion"),
    path(
        "models/champion/rollback/",
        ChampionViewSet.as_view({"post": "roll_back"}),
        name="champion-rollback",
    ),
    path("scorings/", scoring(LIST_AND_CREATE), name="scoring-list-api"),
    path("scorings/<int:pk>/", scoring(RETRIEVE), name="scoring-detail-api"),
    path("scorings/<int:pk>/cancel/", scoring({"post": "cancel"}), name="scoring-cancel-api"),
    path("scorings/<int:pk>/results.csv", scoring({"get": "results"}), name="scoring-results"),
    path("scorings/<int:pk>/rejects.csv", scoring({"get": "rejects"}), name="scoring-rejects"),
    path("predictions/", PredictionViewSet.as_view(LIST), name="prediction-list"),
    path("predict/", PredictionViewSet.as_view({"post": "predict"}), name="predict"),
]
