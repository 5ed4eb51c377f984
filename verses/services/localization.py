"""Messages of errors in the language of the user."""

from django.utils.translation import gettext

from verses.exceptions import VersesError


def error_message(error: VersesError) -> str:
    """Return the message of an error in the active language."""
    if error.values is None:
        return str(error)
    return gettext(error.msgid) % error.values
