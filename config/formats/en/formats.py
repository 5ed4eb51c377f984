"""Times with their zone, as the servers, readers and operators may be in different ones."""

DATETIME_FORMAT = "N j, Y, P e"
