"""Where a form or the door leads back to: only ever to one of the five hosts, by its exact origin."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponseRedirect

from sites.links import host_url, is_own_origin

#: Longer than any address of ours; what is longer was not made by us.
LONGEST_ADDRESS = 2000


def safe_return(request: HttpRequest, target: str | None, usual: str = "/") -> str:
    """Give ``target`` if it is a path on this host or an address on one of the five, else ``usual``.

    Browsers read backslashes as slashes and skip control characters, so that ``/\\evil.example``
    leaves the host: any address with one of them is refused.
    """
    if not target or len(target) > LONGEST_ADDRESS or "\\" in target:
        return usual
    if any(ord(character) <= 32 or ord(character) == 127 for character in target):
        return usual
    try:
        parts = urlsplit(target)
    except ValueError:
        return usual
    if not parts.scheme and not parts.netloc:
        return target if target.startswith("/") and not target.startswith("//") else usual
    return target if is_own_origin(f"{parts.scheme}://{parts.netloc}") else usual


def by_way_of(page: str, address: str) -> HttpResponseRedirect:
    """Lead to a page of the auth host, by its pattern's name, and from there back to ``address``,
    which is absolute."""
    return HttpResponseRedirect(f"{host_url('auth', page)}?{urlencode({'next': address})}")
