"""Base views of the pages: permissions, uploads, and partials that htmx polls."""

from abc import ABC, abstractmethod
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.generic import FormView, TemplateView
from django.views.generic.base import TemplateResponseMixin

from churn.exceptions import ChurnError, UploadTooLarge
from churn.services.localization import error_message
from churn.services.storage import check_content_length, max_request_bytes


class PartialMixin(TemplateResponseMixin):
    """Renders the partial `partial_name` alone for a GET request by htmx."""

    partial_name = ""
    request: HttpRequest

    def is_poll(self) -> bool:
        is_htmx = bool(self.request.headers.get("HX-Request"))
        return is_htmx and self.request.method == "GET" and bool(self.partial_name)

    def get_template_names(self) -> list[str]:
        names = super().get_template_names()
        return [f"{name}#{self.partial_name}" for name in names] if self.is_poll() else names


class PageView(PermissionRequiredMixin, PartialMixin, TemplateView):
    """A page for signed-in users with `permission_required`.

    Once the context is no longer `is_active`, a poll makes the browser load the whole page, which
    then has the results.
    """

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        response = super().render_to_response(context, **kwargs)
        if self.is_poll() and not context.get("is_active"):
            response["HX-Refresh"] = "true"
        return response


def redirect_with_htmx(request: HttpRequest, url: str) -> HttpResponse:
    """Redirect the browser to `url`; htmx needs a header, since it follows a 302 by itself."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)


# The CSRF check reads the form with its files, so it runs after the check of the length.
@method_decorator(csrf_exempt, name="dispatch")
class UploadView(PermissionRequiredMixin, PartialMixin, FormView[Form], ABC):
    """A page with an upload form; errors of the file are shown at its field."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            try:
                check_content_length(request.META.get("CONTENT_LENGTH"), max_request_bytes())
            except UploadTooLarge as error:
                messages.error(request, error_message(error))
                return redirect_with_htmx(request, request.path)
        checked = csrf_protect(super().dispatch)
        return checked(request, *args, **kwargs)

    def form_valid(self, form: Form) -> HttpResponse:
        try:
            url = self.save_upload(form)
        except ChurnError as error:
            form.add_error("file", error_message(error))
            return self.form_invalid(form)
        return redirect_with_htmx(self.request, url)

    @abstractmethod
    def save_upload(self, form: Form) -> str:
        """Save the file of a valid form; return the URL of the object created from it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(limit=settings.MAX_UPLOAD_BYTES, **kwargs)
