"""Puts the door of development in front of what the program serves, where the environment asks for it."""

from __future__ import annotations

from django.conf import settings
from django.utils import timezone

from esensi.asgi_types import App


class CountedTries:
    """Wrong passwords, counted in PostgreSQL beside all other attempts."""

    def take(self, network: str) -> int | None:
        from esensi.basic_auth import TRIES, TRIES_WINDOW
        from sites.accounts import limits

        refusal = limits.take(f"basic-auth:{network}", TRIES, TRIES_WINDOW, timezone.now())
        return refusal.seconds if refusal else None

    def give_back(self, network: str) -> None:
        from sites.accounts import limits

        limits.give_back(f"basic-auth:{network}", timezone.now())


def guarded(app: App, *, unsafe: App) -> App:
    """Give ``app``, behind basic auth where ``settings.BASIC_AUTH`` names anybody; ``unsafe`` then
    answers what came without TLS."""
    if not settings.BASIC_AUTH:
        return app
    # Only where it is needed: production pays for nothing at its start.
    from esensi.basic_auth import BasicAuth, Door
    from sites.accounts.network import network_of_scope

    names = settings.HOST_NAMES
    door = Door(
        cookie=f"{names.cookie}-door",
        domain=names.parent,
        secure=names.secure,
        network_of=network_of_scope,
    )
    return BasicAuth(
        app, credentials=settings.BASIC_AUTH, door=door, tries=CountedTries(), unsafe=unsafe
    )
