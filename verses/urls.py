from django.urls import path

from verses import pages, views

app_name = "verses"

urlpatterns = [
    path("verse", views.PassageView.as_view(), name="passage"),
    path("top", views.TopView.as_view(), name="top"),
    path("verses/", pages.reader, name="reader"),
]
