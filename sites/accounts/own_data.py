"""What accounts themselves hold: the person, how they sign in, where, and what the log says."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from sites.accounts.models import AuditEntry, User
from sites.accounts.personal_data import Part, Row, Wishes, register, rows
from sites.accounts.reading import ReadingSettings

#: What allauth's authenticators keep beside secrets.
_FACTOR = ("type", "created_at", "last_used_at")


def _account(user: User) -> Row:
    return {
        "id": user.pk,
        "email": user.email,
        "name": user.name,
        "joined": user.date_joined,
        "last_sign_in": user.last_login,
        "roles": list(user.groups.order_by("name").values_list("name", flat=True)),
        "own_permissions": list(
            user.user_permissions.order_by("codename").values_list("codename", flat=True)
        ),
        "superuser": user.is_superuser,
        "password": "kept as a hash only" if user.has_usable_password() else "none",
    }


def _settings(user: User) -> Row:
    return {"language": user.language, **ReadingSettings.of(user).__dict__}


def _addresses(user: User) -> list[Row]:
    return rows(_model("account", "EmailAddress", user).values("email", "verified", "primary"))


def _factors(user: User) -> list[Row]:
    return rows(_model("mfa", "Authenticator", user).order_by("pk").values(*_FACTOR))


def _sessions(user: User) -> list[Row]:
    known = _model("usersessions", "UserSession", user).order_by("pk")
    return rows(known.values("created_at", "last_seen_at", "ip", "user_agent"))


def _audit(user: User) -> list[Row]:
    own = AuditEntry.objects.filter(actor=user.pk).order_by("pk")
    return rows(own.values("id", "at", "action", "subject_type", "subject_id"))


def _forget(user: User, wishes: Wishes, now: datetime) -> None:
    """Entries of Django's own log about the account bear its name as it was."""
    from django.contrib.admin.models import LogEntry

    about = LogEntry.objects.filter(
        content_type__app_label="accounts", content_type__model="user", object_id=str(user.pk)
    )
    about.delete()


def _model(app: str, name: str, user: User) -> Any:
    return apps.get_model(app, name)._default_manager.filter(user=user)


def connect() -> None:
    register(
        Part("account", _("Account"), frozenset(_GROUPS), _account, _forget),
        Part("settings", _("Settings"), frozenset(), _settings),
        Part(
            "addresses", _("E-mail addresses"), frozenset({"account.emailaddress.user"}), _addresses
        ),
        Part(
            "second_factors", _("Second factors"), frozenset({"mfa.authenticator.user"}), _factors
        ),
        Part("sessions", _("Sessions"), frozenset({"usersessions.usersession.user"}), _sessions),
        Part("audit_log", _("What the log says that you did"), frozenset(), _audit),
    )


_GROUPS = ("accounts.user_groups.user", "accounts.user_user_permissions.user")
