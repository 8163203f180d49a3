from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from sites.accounts.models import Person, User
from sites.community.exceptions import CommunityError
from sites.community.models import Mute
from sites.community.permissions import require_voice

#: Whom one person has muted: all of them travel to each of their pages.
MOST_MUTED: Final = 500


class CannotMute(CommunityError):
    """Somebody cannot be muted; the text says why."""


@transaction.atomic
def mute_person(of: User, *, by: Person, now: datetime) -> None:
    """Read nothing more of somebody, who is not told; twice is once.

    Raises ``PermissionDenied`` and ``CannotMute``.
    """
    user = require_voice(by)
    if of.pk == user.pk:
        raise CannotMute(_("You cannot mute yourself."))
    muted = Mute.objects.by(user)
    if muted.filter(of=of).exists():
        return
    if muted.count() >= MOST_MUTED:
        raise CannotMute(_("You have muted very many people. Hear one of them again first."))
    Mute.objects.bulk_create([Mute(by=user, of=of, since=now)], ignore_conflicts=True)


def unmute_person(of: int, *, by: Person) -> None:
    """Read somebody (by their key) again. Raises ``PermissionDenied``."""
    Mute.objects.by(require_voice(by)).filter(of=of).delete()
