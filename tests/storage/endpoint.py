"""A real S3 endpoint on loopback for tests: one for a whole run; every test has buckets of its own."""

from __future__ import annotations

from esensi.fleet.endpoint import KEYS, Buckets, Endpoint, NoEndpoint, running_endpoint

__all__ = ["KEYS", "Buckets", "Endpoint", "NoEndpoint", "running_endpoint"]
