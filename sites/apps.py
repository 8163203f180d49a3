from django.apps import AppConfig


class SitesConfig(AppConfig):
    """What the five hosts share. Its label keeps it apart from django.contrib.sites."""

    name = "sites"
    label = "esensi_sites"
    verbose_name = "Esensi"

    def ready(self) -> None:
        from sites import checks, site_map

        checks.register()
        site_map.connect()
