"""The public routes: JSON for anyone, without session, login or forms."""

PUBLIC_PATHS = frozenset({"/verse", "/top", "/bible-api"})
PUBLIC_PREFIXES = ("/api/verses/", "/bible-api/")


def is_public(path: str) -> bool:
    """Return whether a path belongs to the public routes."""
    return path in PUBLIC_PATHS or path.startswith(PUBLIC_PREFIXES)
