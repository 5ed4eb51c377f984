from django.urls import path, re_path

from churn.pages import datasets, overview, runs, scorings

urlpatterns = [
    path("", overview.OverviewPage.as_view(), name="overview"),
    path("datasets/", datasets.DatasetsPage.as_view(), name="datasets"),
    path("datasets/<int:pk>/", datasets.DatasetPage.as_view(), name="dataset"),
    path("runs/", runs.RunsPage.as_view(), name="runs"),
    path("runs/<int:pk>/", runs.RunPage.as_view(), name="run"),
    re_path(
        r"^runs/(?P<pk>[0-9]{1,18})/(?P<action>cancel|promote|roll-back)/$",
        runs.RunActionView.as_view(),
        name="run-action",
    ),
    path("score/", scorings.ScorePage.as_view(), name="score"),
    path("score/demonstration.csv", scorings.demonstration, name="demonstration"),
    path("scorings/<int:pk>/", scorings.ScoringPage.as_view(), name="scoring"),
    path("scorings/<int:pk>/cancel/", scorings.CancelScoringView.as_view(), name="scoring-cancel"),
]
