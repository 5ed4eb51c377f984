"""Marks messages for translation; the callers translate them, this package needs no Django."""


def gettext_noop(message: str) -> str:
    """Return the message unchanged; makemessages extracts the arguments of this name."""
    return message
