"""Numbers as Paraguay and most of Spanish America write them: 59.577 customers, 0,732."""

THOUSAND_SEPARATOR = "."
