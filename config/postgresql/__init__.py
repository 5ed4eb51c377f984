"""Django's PostgreSQL backend with connections that notice a silent server."""
