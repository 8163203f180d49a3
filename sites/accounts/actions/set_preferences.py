from __future__ import annotations

from dataclasses import asdict

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from sites.accounts.models import Language, User
from sites.accounts.reading import ReadingSettings


def set_reading(user: User, settings: ReadingSettings) -> None:
    """Keep a person's reading settings with the account, for every device."""
    _require_account(user)
    User.objects.filter(pk=user.pk).update(**asdict(settings))


def set_language(user: User, language: str) -> None:
    """Keep the interface's language with the account. Raises ``ValueError`` for an unknown one."""
    _require_account(user)
    User.objects.filter(pk=user.pk).update(language=Language(language))


def _require_account(user: User) -> None:
    if user.pk is None or not user.is_active:
        raise PermissionDenied(_("Sign in to keep your settings with your account."))
