"""Site title of the admin; each app registers its own models."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

admin.site.site_header = admin.site.site_title = _("Verses and churn")

# Labels of django-q2, which has no Spanish catalogue: this one translates them.
_DJANGO_Q = (
    gettext_noop("Successful task"),
    gettext_noop("Successful tasks"),
    gettext_noop("Failed task"),
    gettext_noop("Failed tasks"),
    gettext_noop("Scheduled task"),
    gettext_noop("Scheduled tasks"),
    gettext_noop("Queued task"),
    gettext_noop("Queued tasks"),
    gettext_noop("Task id"),
    gettext_noop("Function"),
    gettext_noop("Arguments"),
    gettext_noop("Keyword arguments"),
    gettext_noop("Result"),
    gettext_noop("Group"),
    gettext_noop("Cluster"),
    gettext_noop("Started at"),
    gettext_noop("Stopped at"),
    gettext_noop("Success"),
    gettext_noop("Attempt count"),
    gettext_noop("Schedule Type"),
    gettext_noop("Minutes"),
    gettext_noop("Repeats"),
    gettext_noop("Next Run"),
    gettext_noop("Last task id"),
    gettext_noop("Payload"),
    gettext_noop("Lock until"),
    gettext_noop("Resubmit selected tasks to queue"),
    gettext_noop("Time Taken"),
    gettext_noop("Short result"),
    gettext_noop("success"),
    gettext_noop("last_run"),
)
