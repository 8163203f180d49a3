from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BackgroundConfig(AppConfig):
    """Stands in for procrastinate's Django app, which imports all of procrastinate when a process
    starts. Its tables come by our migrations, which run the SQL that procrastinate ships."""

    name = "sites.background"
    label = "background"
    verbose_name = _("Background work")
