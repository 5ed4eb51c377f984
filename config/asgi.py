"""The application of the web server: Django behind the front of ready responses."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.base")
django = get_wsgi_application()

from config.front.app import Front  # noqa: E402  metrics and logs need the settings
from config.front.preload import preload  # noqa: E402
from config.front.routes import CONFIG  # noqa: E402
from config.observability import metrics  # noqa: E402
from config.observability.logs import log_crashes  # noqa: E402
from config.observability.middleware import public_routes  # noqa: E402
from config.observability.threads import count_threads  # noqa: E402

log_crashes()
preload()
metrics.start_errors_at_zero(public_routes())
application = Front(count_threads(django, CONFIG.pools, CONFIG.pool_of), CONFIG)
