"""The five hosts: the authority on their names, cookies and rules in every environment.

Pure data and functions; settings are computed from here, and the django.contrib.sites table is the
mirror that ``manage.py sync_sites`` writes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Policy = Literal["strict", "admin"]


@dataclass(frozen=True)
class Host:
    """One of the five hosts. ``policy`` names its content security policy; ``indexed`` says
    whether search engines may list its pages in production."""

    key: str
    urlconf: str
    policy: Policy
    indexed: bool


HOSTS = {
    host.key: host
    for host in (
        Host("main", "sites.main.urls", "strict", indexed=True),
        Host("chapter", "sites.chapter.urls", "strict", indexed=True),
        Host("publish", "sites.publish.urls", "admin", indexed=False),
        Host("internal", "sites.internal.urls", "admin", indexed=False),
        Host("auth", "sites.auth.urls", "strict", indexed=False),
    )
}


@dataclass(frozen=True)
class Names:
    """The names of the five hosts in one environment.

    ``domains`` maps a host's key to its name, with the port where browsers need one. ``cookie`` is
    the session cookie's name and the stem of all others. ``public`` is true where search engines
    are welcome.
    """

    environment: str
    parent: str
    scheme: str
    domains: dict[str, str]
    cookie: str

    @property
    def origins(self) -> list[str]:
        """The five origins, exactly as browsers send them."""
        return [f"{self.scheme}://{domain}" for domain in self.domains.values()]

    @property
    def www(self) -> str:
        """The one other name that is answered: it redirects to main."""
        return f"www.{self.domains['main']}"

    @property
    def secure(self) -> bool:
        return self.scheme == "https"

    @property
    def public(self) -> bool:
        return self.environment == "production"


def names(environment: str, parent: str, port: int) -> Names:
    """Give the names of the hosts in ``environment`` under the domain ``parent``.

    ``port`` counts locally alone: elsewhere browsers come through the edge on 443.
    """
    if environment == "local":
        domains = {key: f"{_under(key, parent)}:{port}" for key in HOSTS}
        return Names(environment, parent, "http", domains, "esensi-local")
    if environment == "development":
        domains = {key: f"{key}-dev.{parent}" for key in HOSTS}
        return Names(environment, parent, "https", domains, "__Secure-esensi-dev")
    domains = {key: _under(key, parent) for key in HOSTS}
    return Names(environment, parent, "https", domains, "__Secure-esensi")


def _under(key: str, parent: str) -> str:
    return parent if key == "main" else f"{key}.{parent}"
