"""What one person says to all, and who sees it: decided by the query, for lists and counts alike."""

from __future__ import annotations

from typing import Self, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from sites.accounts.models import Person, User
from sites.community.models.mute import Mute


def is_muted(by: User, who: str) -> Exists:
    """Say of each row whether ``by`` has muted the person to whom ``who`` leads."""
    return Exists(Mute.objects.by(by).filter(of=OuterRef(who)))


class Said(models.Model):
    """What somebody said. Moderators may hide it; ``author`` is empty where the account is erased and
    something of it must stay."""

    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("author"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
    )
    hidden_at = models.DateTimeField(_("hidden"), null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def words(self) -> str:
        """What moderators are shown."""
        return str(getattr(self, "text", ""))


_Said = TypeVar("_Said", bound=Said)


class ShownQuerySet(models.QuerySet[_Said]):
    """Speaks as readers do: ``Comment.objects.shown_to(user)``."""

    def shown_to(self, user: Person) -> Self:
        """What this person sees: nothing that moderators hid, nothing of people who are suspended or
        have left, nothing of those whom they have muted."""
        return self.filter(hidden_at=None, author__is_active=True).without_muted(user)

    def without_muted(self, user: Person, author: str = "author") -> Self:
        """Leave out what those have written whom this person has muted; ``author`` leads to them."""
        return self.exclude(is_muted(user, author)) if isinstance(user, User) else self
