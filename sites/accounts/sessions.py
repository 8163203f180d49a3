"""The session store (``SESSION_ENGINE``): Django's in the database, with an owner and two ages.

A session ends after ``SESSION_IDLE_AGE`` without a request, and in any case ``SESSION_COOKIE_AGE``
after the sign-in. Both are held here, by the row's expiry; a browser's cookie alone holds nothing.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import transaction
from django.utils import timezone

if TYPE_CHECKING:
    from sites.accounts.models import Session, User

#: In the session's data: when its owner signed in, in seconds since 1970.
SIGNED_IN_AT = "signed_in_at"
#: allauth's mark of who has given a password and may still owe a second factor.
_HALF_SIGNED_IN = "account_authentication_methods_user"
#: A page asks for the session's row anyway; it is written for its age once an hour at most.
TOUCH = timedelta(hours=1)
#: Rows that one statement deletes: a few megabytes, and locks for some milliseconds.
SWEPT_AT_ONCE = 1000
#: Characters of a key; those that are made have 32.
SHORTEST_KEY, LONGEST_KEY = 8, 40


class SessionStore(DatabaseStore):
    """Sessions as rows of ``accounts.Session``."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        from sites.accounts.models import Session  # models are not loaded before the settings

        return Session

    #: Whose session it was when it was read, if it was anybody's (``sites.accounts.current_user``).
    owner: User | None = None

    def _validate_session_key(self, key: str | None) -> bool:
        """Is it as keys of ours are? Cookies may hold anything, NUL too, which PostgreSQL refuses."""
        fits = key is not None and SHORTEST_KEY <= len(key) <= LONGEST_KEY
        return bool(key and fits and key.isascii() and key.isalnum())

    def _get_session_from_db(self) -> Session | None:
        """As Django's, with its owner in the same statement."""
        rows = self.get_model_class().objects.select_related("user")
        try:
            return rows.get(session_key=self.session_key, expire_date__gt=timezone.now())
        except rows.model.DoesNotExist:
            self._session_key = None
            return None

    def load(self) -> dict[str, Any]:
        """Give the session's data; keep it alive if somebody is signed in. An ended one is empty."""
        row = self._get_session_from_db()
        if row is None:
            return {}
        self.owner = row.user
        data: dict[str, Any] = self.decode(row.session_data)
        ends_at = end_of(data, timezone.now())
        if SESSION_KEY in data and row.expire_date < ends_at - TOUCH:
            # Not by save(): what another request of this browser writes meanwhile must stay.
            self.model.objects.filter(pk=row.pk).update(expire_date=ends_at)
        return data

    async def aload(self) -> dict[str, Any]:
        return await sync_to_async(self.load)()

    def delete(self, session_key: str | None = None) -> None:
        """Delete the session, by signing out or because its key changes; its sockets are asked anew
        whose they are."""
        from realtime.streams import revoke  # a page that ends no session needs no realtime

        key = session_key or self.session_key
        if key is None:
            return
        with transaction.atomic():
            super().delete(key)
            revoke(session=key)

    async def adelete(self, session_key: str | None = None) -> None:
        await sync_to_async(self.delete)(session_key)

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        now = timezone.now()
        if SESSION_KEY in data:
            data.setdefault(SIGNED_IN_AT, int(now.timestamp()))
        row = cast("Session", super().create_model_instance(data))
        row.expire_date = end_of(data, now)
        row.user_id = owner_of(data)
        return row

    async def acreate_model_instance(self, data: dict[str, Any]) -> Session:
        return await sync_to_async(self.create_model_instance)(data)

    @classmethod
    def clear_expired(cls) -> None:
        """Delete what has ended, a batch at a time: `manage.py clearsessions` calls this."""
        while sweep(timezone.now()) == SWEPT_AT_ONCE:
            pass


def end_of(data: dict[str, Any], now: datetime) -> datetime:
    """When does a session end that is used now? A stranger's holds a message or half a sign-in, and
    is never prolonged by looking at pages."""
    if SESSION_KEY not in data:
        return now + timedelta(seconds=settings.SESSION_STRANGER_AGE)
    signed_in = datetime.fromtimestamp(data.get(SIGNED_IN_AT, now.timestamp()), tz=now.tzinfo)
    idle = now + timedelta(seconds=settings.SESSION_IDLE_AGE)
    return min(idle, signed_in + timedelta(seconds=settings.SESSION_COOKIE_AGE))


def owner_of(data: dict[str, Any]) -> int | None:
    """Give the key of the account that a session belongs to, or half belongs to."""
    owner = str(data.get(SESSION_KEY) or data.get(_HALF_SIGNED_IN) or "")
    return int(owner) if owner.isascii() and owner.isdigit() else None


def sweep(now: datetime, most: int = SWEPT_AT_ONCE) -> int:
    """Delete up to ``most`` sessions that have ended; give how many. Rows that another sweep holds
    are left to it."""
    model = SessionStore.get_model_class()
    ended = model.objects.filter(expire_date__lt=now).select_for_update(skip_locked=True)
    with transaction.atomic():
        # Read first: within the DELETE, PostgreSQL may ask anew for each row, and take them all.
        keys = list(ended.order_by("expire_date").values_list("pk", flat=True)[:most])
        deleted, _by_model = model.objects.filter(pk__in=keys).delete()
    return deleted
