"""Where a request comes from, as far as that counts for limits."""

from __future__ import annotations

import ipaddress

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
    given = request.META.get("HTTP_FLY_CLIENT_IP" if settings.ON_FLY else "REMOTE_ADDR", "")
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
    address = address_of(request)
    if ":" not in address:
        return address or "unknown"
    return str(ipaddress.ip_network((address.partition("%")[0], IPV6_PREFIX), strict=False))
