"""Codes of authenticator apps count once, in all processes."""

from __future__ import annotations

import time

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.crypto import constant_time_compare, salted_hmac


def spend(authenticator: Authenticator, code: str, *, now: float | None = None) -> bool:
    """Mark a right code as used; give whether it was still good. RFC 6238, section 5.2, asks for it.

    allauth remembers a code for one step in the memory of one process, and takes it for longer. Here
    a fingerprint of each used code stays with its authenticator for as long as it could be right.
    Recovery codes are crossed out by allauth itself. ``now`` is in seconds since 1970.
    """
    if authenticator.type != Authenticator.Type.TOTP:
        return True
    now = time.time() if now is None else now
    # However people group the digits: allauth reads them the same.
    digits = "".join(character for character in code if character.isdigit())
    fingerprint = salted_hmac("sites.auth.spent_codes", digits).hexdigest()[:16]
    steps = 2 * app_settings.TOTP_TOLERANCE + 1
    with transaction.atomic():
        row = Authenticator.objects.select_for_update().get(pk=authenticator.pk)
        spent = [(known, until) for known, until in row.data.get("spent", []) if until > now]
        if any(constant_time_compare(known, fingerprint) for known, _until in spent):
            return False
        row.data["spent"] = [*spent, (fingerprint, now + steps * app_settings.TOTP_PERIOD)]
        row.save(update_fields=["data"])
    authenticator.data = row.data
    return True
