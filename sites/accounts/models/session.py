"""Sessions that know whose they are, so that all of a person's end by one statement."""

from __future__ import annotations

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from sites.accounts import sessions


class Session(AbstractBaseSession):
    """A browser's session. ``user`` is who is signed in, or has given a password and still owes the
    second factor; empty for strangers."""

    # Without a constraint in the database: a session that is written at the moment in which its
    # account is erased is nobody's, and no error.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        db_constraint=False,
        related_name="+",
    )

    class Meta:
        verbose_name = "session"
        verbose_name_plural = "sessions"

    @classmethod
    def get_session_store_class(cls) -> type[sessions.SessionStore]:
        return sessions.SessionStore
