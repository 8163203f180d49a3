"""Who did what, when, to which row: written once, and never changed."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class AuditEntry(models.Model):
    """One thing that somebody did. It keeps ids only: nothing in it names a person, so that it may
    outlive an erased account. PostgreSQL refuses to change or delete a row (migration 0002).
    """

    at = models.DateTimeField(_("at"), default=timezone.now)
    #: The account's key, without a foreign key: empty for a command or for the house itself.
    actor = models.BigIntegerField(_("account"), null=True, blank=True)
    #: A noun and a verb, such as ``book.approve``.
    action = models.CharField(_("action"), max_length=60)
    #: The model's label and the row's key, such as ``books.book`` and ``42``.
    subject_type = models.CharField(_("kind"), max_length=60)
    subject_id = models.CharField(_("number"), max_length=40)
    #: Facts without personal data: ids, states, numbers.
    facts = models.JSONField(_("facts"), default=dict, blank=True)

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        ordering = ("-at", "-pk")
        indexes = (
            models.Index(fields=("-at", "-id"), name="accounts_audit_at"),
            models.Index(fields=("actor", "-at"), name="accounts_audit_actor"),
            models.Index(
                fields=("subject_type", "subject_id", "-at"), name="accounts_audit_subject"
            ),
            models.Index(fields=("action", "-at"), name="accounts_audit_action"),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.subject_type} {self.subject_id}"
