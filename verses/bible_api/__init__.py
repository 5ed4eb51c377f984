"""Drop-in replacement for bible-api.com, served from the cache."""
