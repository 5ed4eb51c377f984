"""The reader pages."""
