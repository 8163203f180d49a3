"""Somebody asked to put a name on a cover; the row stands while the answer is open."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sites.accounts.models import User
from sites.books.models.author import Author
from sites.books.models.book import Authorship, Book

#: An open question that nobody answered for a month is no longer one.
LIFETIME: Final = timedelta(days=30)


class AuthorInvitationQuerySet(models.QuerySet["AuthorInvitation"]):
    """Speaks as authors do: ``AuthorInvitation.objects.open(now).to(user)``."""

    def open(self, now: datetime) -> AuthorInvitationQuerySet:
        return self.filter(created_at__gt=now - LIFETIME)

    def lapsed(self, now: datetime) -> AuthorInvitationQuerySet:
        return self.filter(created_at__lte=now - LIFETIME)

    def to(self, user: User) -> AuthorInvitationQuerySet:
        """Those that this account can answer: to its address, or to the author's name it bears."""
        return self.filter(Q(email=user.email) | Q(author__user=user))


class AuthorInvitation(models.Model):
    """An invitation onto a cover, to an e-mail address or to an author's name, whether or not there
    is an account behind it. It goes when it is answered or taken back: nothing is kept of a no.
    """

    book = models.ForeignKey(
        Book, verbose_name=_("book"), on_delete=models.CASCADE, related_name="invitations"
    )
    #: Lower case, as accounts keep theirs; empty where an author's name is invited.
    email = models.EmailField(_("e-mail address"), blank=True)
    author = models.ForeignKey(
        Author,
        verbose_name=_("author"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="invitations",
    )
    role = models.CharField(_("role"), max_length=20, choices=Authorship.Role)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("invited by"),
        on_delete=models.CASCADE,
        related_name="+",
    )
    created_at = models.DateTimeField(_("created"), default=timezone.now)

    objects: ClassVar[AuthorInvitationQuerySet] = AuthorInvitationQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("invitation onto a cover")
        verbose_name_plural = _("invitations onto covers")
        ordering = ("created_at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=Q(email="", author__isnull=False) | (~Q(email="") & Q(author=None)),
                name="books_invitation_to_one",
            ),
            models.UniqueConstraint(
                fields=("book", "author", "role"), name="books_invitation_author_once"
            ),
            models.UniqueConstraint(
                fields=("book", "email", "role"),
                condition=~Q(email=""),
                name="books_invitation_email_once",
            ),
        )
        indexes = (
            models.Index(fields=("email",), name="books_invitation_email"),
            # What has lapsed goes when the next one is written.
            models.Index(fields=("created_at",), name="books_invitation_age"),
        )

    def __str__(self) -> str:
        return f"{self.book} ({self.get_role_display()})"
