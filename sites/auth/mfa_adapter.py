"""How allauth keeps second factors in this house."""

from __future__ import annotations

from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings

from sites.auth import secrets


class HouseMFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # allauth carries no types
    """Secrets encrypted at rest; passkeys are those of the auth host alone, by its exact name."""

    def encrypt(self, text: str) -> str:
        return secrets.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return secrets.decrypt(encrypted_text)

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        name = settings.HOST_NAMES.domains["auth"].partition(":")[0]
        return {"id": name, "name": "Esensi"}
