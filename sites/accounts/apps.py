from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "sites.accounts"
    label = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        from sites.accounts import own_data, password_changes
        from sites.accounts.roles import write_roles

        post_migrate.connect(write_roles, dispatch_uid="accounts.write_roles")
        password_changes.listen()
        own_data.connect()
