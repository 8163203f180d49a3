"""How allauth keeps second factors in this house."""

from __future__ import annotations

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.utils.translation import gettext as _

from sites.accounts.models import User
from sites.auth import secrets
from sites.auth.sentences import FACTOR_ERRORS


class HouseMFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth carries no types
    """Secrets encrypted at rest; passkeys are those of the auth host alone, by its exact name."""

    error_messages = DefaultMFAAdapter.error_messages | FACTOR_ERRORS

    def encrypt(self, text: str) -> str:
        return secrets.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return secrets.decrypt(encrypted_text)

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Passkey %(number)d") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        name = settings.HOST_NAMES.domains["auth"].partition(":")[0]
        return {"id": name, "name": "Esensi"}
