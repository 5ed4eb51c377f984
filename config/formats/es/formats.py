"""Numbers as Paraguay and most of Spanish America write them (59.577 customers, 0,732).

Times with their zone.
"""

DATETIME_FORMAT = r"j \d\e F \d\e Y \a \l\a\s H:i e"
THOUSAND_SEPARATOR = "."
