"""Whose address counts: the edge's word on Fly, and nobody's elsewhere."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory

from sites.accounts.network import address_of, network_of


def request(connection: str = "192.0.2.1", **headers: str) -> Any:
    return RequestFactory().get("/", REMOTE_ADDR=connection, headers=headers or None)


def test_off_fly_no_header_is_believed(settings: Any) -> None:
    settings.ON_FLY = False
    said = {"Fly-Client-IP": "198.51.100.9", "X-Forwarded-For": "198.51.100.9"}
    assert address_of(request(**said)) == "192.0.2.1"


def test_on_fly_only_the_edge_is_believed(settings: Any) -> None:
    settings.ON_FLY = True
    said = {"Fly-Client-IP": "198.51.100.9", "X-Forwarded-For": "203.0.113.5"}
    assert address_of(request(**said)) == "198.51.100.9"
    assert network_of(request()) == "unknown"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::/64"),
        ("nonsense", "unknown"),
        ("", "unknown"),
        ("192.0.2.1, 10.0.0.1", "unknown"),
    ],
)
def test_one_visitor_is_one_network(settings: Any, address: str, network: str) -> None:
    settings.ON_FLY = False
    assert network_of(request(address)) == network
