"""The front page: what runs here, with live figures of both apps."""

from churn.services import overview as churn
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from verses import services as verses


def home(request: HttpRequest) -> HttpResponse:
    context = {"verses": verses.overview(), "churn": churn.overview()}
    return render(request, "home.html", context)
