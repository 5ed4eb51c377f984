import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
application = get_wsgi_application()

from verses.services import background  # noqa: E402  needs the apps, loaded above

# A web server loads this module in each of its workers, after the fork.
background.start_once()
