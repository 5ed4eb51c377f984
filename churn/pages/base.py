"""What the pages share: who may see them, bounded files, and parts that renew themselves."""

from abc import ABC, abstractmethod
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.forms import Form
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.generic import FormView, TemplateView

from churn.exceptions import ChurnError, UploadTooLarge
from churn.services.storage import check_content_length
from churn.services.wording import sentence

_FORM_BYTES = 2**20
_FILES = 2


class PageView(PermissionRequiredMixin, TemplateView):
    """A page for those who are signed in and have `permission_required`.

    Asked for by htmx it answers the partial `part` alone, and tells the browser to load the whole
    page once nothing on it moves any more.
    """

    part = ""

    def get_template_names(self) -> list[str]:
        whole = super().get_template_names()
        is_poll = self.part and self.request.headers.get("HX-Request")
        return [f"{name}#{self.part}" for name in whole] if is_poll else whole

    def render_to_response(self, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
        response = super().render_to_response(context, **kwargs)
        if self.part and self.request.headers.get("HX-Request") and not context.get("is_moving"):
            response["HX-Refresh"] = "true"
        return response


def addressed(request: HttpRequest, address: str) -> HttpResponse:
    """Send the browser to `address`, also where htmx asked."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


# The form's token is read with its files; their stated length is looked at before.
@method_decorator(csrf_exempt, name="dispatch")
class UploadView(PermissionRequiredMixin, FormView[Form], ABC):
    """A page with a form of files; what is wrong with a file is said beside it."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST":
            try:
                check_content_length(request.META.get("CONTENT_LENGTH"), self._most_bytes())
            except UploadTooLarge as error:
                messages.error(request, str(error))
                return addressed(request, request.path)
        checked = csrf_protect(super().dispatch)
        return checked(request, *args, **kwargs)

    def _most_bytes(self) -> int:
        return _FILES * settings.MAX_UPLOAD_BYTES + _FORM_BYTES

    def form_valid(self, form: Form) -> HttpResponse:
        try:
            address = self.accept(form.cleaned_data)
        except ChurnError as error:
            form.add_error("file", sentence(error, get_language()))
            return self.form_invalid(form)
        return addressed(self.request, address)

    @abstractmethod
    def accept(self, cleaned: dict[str, Any]) -> str:
        """Do what the form is for; return the address of what came of it."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(limit=settings.MAX_UPLOAD_BYTES, **kwargs)
