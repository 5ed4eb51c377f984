"""A Django view that returns a constant, without middleware: what a request costs at least."""

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, MIDDLEWARE=[])
BODY = b'{"reference":"John 3:16","text":"' + 500 * b"x" + b'","request_count":1}'


@csrf_exempt
def constant(request: HttpRequest) -> HttpResponse:
    return HttpResponse(BODY, content_type="application/json")


urlpatterns = [path("verse", constant)]
application = get_wsgi_application()
