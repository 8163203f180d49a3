from __future__ import annotations

from datetime import datetime

from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from sites.accounts.actions.record_audit import record_audit
from sites.accounts.models import AuditEntry, User
from sites.accounts.roles import AUTHOR
from sites.books.actions.author_profile import clean_about, clean_name, free_author_slugs
from sites.books.models import Author

JOINED = "author.join"


@transaction.atomic
def become_author(user: User, *, name: str, bio: str = "", now: datetime) -> Author:
    """Give an account the author's role, and a name for covers.

    Where an editor has entered the person among the authors already, that profile stays as it is,
    and ``name`` and ``bio`` are not read. Who is an author stays one: it can be run twice. Who
    joined once and had the role taken away is refused: the house gives it back.

    Raises ``PermissionDenied`` and ``ProfileRefused``.
    """
    kept = User.objects.select_for_update(no_key=True).filter(pk=user.pk, is_active=True).first()
    if kept is None:
        raise PermissionDenied(_("This account is closed. Write to the house to open it again."))
    profile = Author.objects.filter(user=kept).first()
    is_author = kept.has_role(AUTHOR)
    if profile and is_author:
        return profile
    require_not_dismissed(kept)
    if profile is None:
        written, about = clean_name(name), clean_about(bio)
        (slug,) = free_author_slugs([written])
        profile = Author.objects.create(name=written, slug=slug, bio=about, user=kept)
    kept.groups.add(Group.objects.get(name=AUTHOR))
    user.__dict__.pop("_roles", None)  # what was asked before is no longer true
    record_audit(JOINED, by=kept, on=profile, now=now)
    return profile


def require_not_dismissed(user: User) -> None:
    """Raises ``PermissionDenied`` for who became an author once and had the role taken away."""
    joined = AuditEntry.objects.filter(actor=user.pk, action=JOINED)
    if not user.has_role(AUTHOR) and joined.exists():
        raise PermissionDenied(
            _("The house has taken your role as an author back. Write to the editors.")
        )
