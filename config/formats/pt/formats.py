"""Times with their zone; the other formats of Django fit (59.577 customers, 0,732)."""

DATETIME_FORMAT = r"j \d\e F \d\e Y à\s H:i e"
