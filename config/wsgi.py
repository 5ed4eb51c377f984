"""Django as a WSGI application, for `runserver` and servers without the front.

The web processes of `config/gunicorn.py` load `config.asgi` instead.
"""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
application = get_wsgi_application()

from verses.services import background  # noqa: E402  needs the apps, loaded above

# A server without preloading imports this module in each worker, after the fork. Behind the front,
# `config.front` starts the same work at the start of each process.
background.start_once()
