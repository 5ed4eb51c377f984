"""From tokens to spans of verses."""
