"""References and book names that a user may have meant."""
