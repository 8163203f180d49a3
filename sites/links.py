"""Links across hosts, made in one place."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse

from sites import site_map
from sites.hosts import HOSTS


def host_root(key: str) -> str:
    """Give a host's origin, such as ``https://chapter.esensi.online``.

    Raises ``HostNotMapped`` where the Site row is missing.
    """
    return f"{settings.HOST_NAMES.scheme}://{site_map.current().site(key).domain}"


def host_url(key: str, view: str, *args: Any, **kwargs: Any) -> str:
    """Give the absolute address of a view on any of the five hosts.

    ``key`` is the host's key, ``view`` the name of a pattern in its urlconf. Raises
    ``HostNotMapped`` or Django's ``NoReverseMatch``.
    """
    path = reverse(view, urlconf=HOSTS[key].urlconf, args=args or None, kwargs=kwargs or None)
    return host_root(key) + path


def is_own_origin(origin: str) -> bool:
    """Is this exactly the origin of one of the five hosts?"""
    return origin in settings.HOST_NAMES.origins
