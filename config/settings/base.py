"""Settings of all environments; environment variables make the difference."""

import os
from pathlib import Path
from typing import Any

import django_stubs_ext
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.observability import sentry
from config.observability.logs import configuration as logging_configuration
from config.settings import environment as env
from config.settings.database import database

django_stubs_ext.monkeypatch()  # allows ModelAdmin[Dataset] at run time

# OpenMP threads of XGBoost spin while they wait; with a web server on the same cores a fit takes
# several times as long.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
# jemalloc of polars: an arena per thread costs a tenth of a run's memory and saves no time.
os.environ.setdefault("_RJEM_MALLOC_CONF", "narenas:2")

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = BASE_DIR / "var"
VAR_DIR.mkdir(mode=0o700, exist_ok=True)  # SQLite creates its file, but not the directory
env.read_env_file(BASE_DIR / ".env")

SECRET_KEY = env.read("DJANGO_SECRET_KEY", env.secret_key)
DEBUG = env.read("DJANGO_DEBUG", env.boolean, "false")
ALLOWED_HOSTS = env.read("DJANGO_ALLOWED_HOSTS", env.hosts, "localhost,127.0.0.1,[::1]")
LOG_LEVEL = env.read("LOG_LEVEL", env.choice("DEBUG", "INFO", "WARNING", "ERROR"), "INFO")
LOG_FORMAT = env.read("LOG_FORMAT", env.choice("json", "console"), "json")

INSTALLED_APPS = [
    "config",
    "config.accounts",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "csp",
    "django_filters",
    "django_htmx",
    "django_prometheus",
    "django_q",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "rest_framework.authtoken",
    "template_partials",
    "churn",
    "verses",
]
MIDDLEWARE = [
    "config.observability.middleware.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "config.compression.CompressionMiddleware",  # below WhiteNoise, whose files are compressed
    "config.middleware.ContentSecurityPolicyMiddleware",
    "config.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "config.middleware.CsrfViewMiddleware",
    "config.middleware.AuthenticationMiddleware",
    "config.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# Data
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **env.read("DATABASE_URL", database, f"sqlite:///{VAR_DIR / 'db.sqlite3'}"),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env.read("REDIS_URL", env.redis_url, "")
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
MEDIA_ROOT = env.read("MEDIA_ROOT", env.directory, str(VAR_DIR / "media"))
MAX_UPLOAD_BYTES = env.read("MAX_UPLOAD_MB", env.integer(1, 100_000), "512") * 2**20
# Of what a zip or gzip file or a workbook unpacks to.
MAX_UNPACKED_BYTES = env.read("MAX_UNPACKED_MB", env.integer(1, 1_000_000), "2048") * 2**20
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700

# People
AUTH_USER_MODEL = "accounts.User"
LOGIN_REDIRECT_URL = "churn:overview"
LOGOUT_REDIRECT_URL = "home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# Languages and time
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("es", _("Spanish")), ("pt", _("Portuguese"))]
FORMAT_MODULE_PATH = ["config.formats"]
LOCALE_PATHS = [
    BASE_DIR / "config" / "locale",  # messages of the templates and both apps
    # Django's texts in Brazilian Portuguese, copied by `make messages`: its pt is European, and a
    # catalogue of pt-br would not be used for pt.
    BASE_DIR / "config" / "locale_brazil",
]

# Static files
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static_files.GzippedManifestStorage"},
}

# Browser security: all resources come from this site
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"
BEHIND_TLS = env.read("DJANGO_BEHIND_TLS", env.boolean, "false")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = BEHIND_TLS
SECURE_REDIRECT_EXEMPT = [r"^(health|ready|metrics)$"]
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_TLS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_TLS else None

# API
TRUSTED_PROXIES = env.read("DJANGO_TRUSTED_PROXIES", env.integer(0, 10), "0")
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "rest_framework.authentication.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": [
        "config.parsers.BoundedJSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_RENDERER_CLASSES": [
        "rest_framework.renderers.JSONRenderer",
        "config.renderers.CspBrowsableAPIRenderer",
    ],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.PageNumberPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.errors.error_response",
    "NUM_PROXIES": TRUSTED_PROXIES,
    "PAGE_SIZE": 50,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Verses and churn",
    "DESCRIPTION": "A Bible verse cache and a churn model, served by one application.",
    "VERSION": "1.0.0",
    "SCHEMA_PATH_PREFIX": "/api/",  # the next path segment groups the routes
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# Jobs. Of the brokers of django-q2, only the ORM broker redelivers the job of a killed worker.
# `retry` must exceed `timeout`, or a long job starts twice; `Job.attempts` limits restarts
# (decision 11).
JOB_TIMEOUT_SECONDS = 6 * 3600
Q_CLUSTER = {
    "name": "jobs",
    "orm": "default",
    "workers": 2,
    "timeout": JOB_TIMEOUT_SECONDS,
    "retry": JOB_TIMEOUT_SECONDS + 600,
    "max_attempts": 1,
    "ack_failures": True,
    "catch_up": False,
    "poll": 0.5,
    "recycle": 50,
    "save_limit": 200,
}

# Verses
BIBLE_API_URL = env.read("BIBLE_API_URL", env.http_url, "https://bible-api.com")
BIBLE_API_BUDGET = env.read("BIBLE_API_BUDGET", env.rate, "15/30s")
VERSES_FRESH_FOR = env.read("VERSES_FRESH_FOR", env.duration, "30d")
VERSES_THROTTLE = env.read("VERSES_THROTTLE", env.rate, "600/min")
VERSES_COUNTS_DIR = VAR_DIR / "counts"  # memory-mapped by all processes of this host
VERSES_BACKGROUND_WORK = True

# Operations
READY_DEADLINE_SECONDS: float | None = 2.0  # None runs the checks in the thread of the request
READY_MAX_AGE_SECONDS = 2.0
# What the image was built from; set by the Dockerfile.
REVISION = env.read("REVISION", env.text, "unknown")
OBSERVED_FIGURES = True  # figures of the database at each scrape
WORKER_METRICS_PORT = env.read("WORKER_METRICS_PORT", env.integer(0, 65535), "0")
HOST = env.read("HOST", env.text, "127.0.0.1")
PORT = env.read("PORT", env.integer(1, 65535), "8080")
WEB_CONCURRENCY = env.read("WEB_CONCURRENCY", env.integer(1, 64), "2")
SENTRY_DSN = env.read("SENTRY_DSN", env.sentry_dsn, "")
sentry.init(SENTRY_DSN)
env.check_names()
LOGGING_CONFIG = "config.observability.logs.configure"
LOGGING = logging_configuration(LOG_LEVEL, LOG_FORMAT)
