"""The JSON routes of the verses."""
