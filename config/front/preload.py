"""What the first request would import or build, done before the workers are forked."""

import netrc  # noqa: F401  requests imports it with the first call

from django.conf import settings
from django.db import connection
from django.urls import resolve
from django.utils.translation import gettext, override

from verses.references import LANGUAGE_CODES, parse

_ROUTE = "/verse"
_REFERENCE = "John 3:16"


def preload() -> None:
    """Load the views, the SQL compiler, the catalogues of messages and the names of books."""
    resolve(_ROUTE)
    connection.ops.compiler("SQLCompiler")  # Django imports it with the first query
    for language, _name in settings.LANGUAGES:
        with override(language):
            gettext(_REFERENCE)
    for language in LANGUAGE_CODES:
        parse(_REFERENCE, language=language)
