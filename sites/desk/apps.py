from django.apps import AppConfig


class UnfoldConfig(AppConfig):
    """Stands in for Unfold's own, which makes one site for all models when a process starts; each
    desk is a site of its own and is imported with its addresses (docs/decisions/0014)."""

    name = "unfold"
