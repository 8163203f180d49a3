"""Where a request comes from, as far as that counts for limits."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest

#: A household or a server gets at least this much of IPv6, and can change its address within it at
#: every request.
IPV6_PREFIX = 64


def address_of(request: HttpRequest) -> str:
    """Give the address of the visitor, or nothing where it cannot be read.

    On Fly that is what the edge says, which overwrites the header itself; anywhere else a header is
    whatever a visitor likes, and only the connection counts.
    """
    return _address(
        request.META.get("HTTP_FLY_CLIENT_IP" if settings.ON_FLY else "REMOTE_ADDR", "")
    )


def _address(given: str) -> str:
    try:
        address = ipaddress.ip_address(given.strip())
    except ValueError:
        return ""
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)


def network_of(request: HttpRequest) -> str:
    """Give the network that one visitor may command: an IPv4 address, or a /64 of IPv6.

    All that cannot be told apart share one, ``"unknown"``.
    """
    return _network(address_of(request))


def network_of_scope(scope: Mapping[str, Any]) -> str:
    """Give the same for a connection that is no request of Django's (yet)."""
    if settings.ON_FLY:
        given = [value for name, value in scope["headers"] if name == b"fly-client-ip"]
        return _network(_address(given[-1].decode("latin-1") if given else ""))
    return _network(_address((scope.get("client") or ("",))[0]))


def _network(address: str) -> str:
    if ":" not in address:
        return address or "unknown"
    return str(ipaddress.ip_network((address.partition("%")[0], IPV6_PREFIX), strict=False))
