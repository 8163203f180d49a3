"""Places for files that tests put to the proof: a folder, and a bucket of a real endpoint."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from storage.backends import Files
from tests.storage.endpoint import Buckets, Endpoint, NoEndpoint, running_endpoint

Place = Callable[[str], Files]


@pytest.fixture(scope="session")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    try:
        with running_endpoint(tmp_path_factory.mktemp("endpoint")) as running:
            yield running
    except NoEndpoint as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def _buckets_of_all(endpoint: Endpoint) -> Buckets:
    return endpoint.new_buckets()


@pytest.fixture
def buckets(endpoint: Endpoint, _buckets_of_all: Buckets) -> Iterator[Buckets]:
    """A private and a public bucket, empty: making new ones for each test takes a second."""
    yield _buckets_of_all
    client = endpoint.client()
    for access in _buckets_of_all:
        for each in client.list_objects_v2(Bucket=access.name).get("Contents", ()):
            client.delete_object(Bucket=access.name, Key=each["Key"])


@pytest.fixture
def in_buckets(buckets: Buckets, settings: Any) -> Buckets:
    """Files of this test lie in buckets, as if the variables said so."""
    from storage import configuration

    settings.STORAGES = settings.STORAGES | configuration.storages(buckets.variables)
    return buckets


@pytest.fixture(params=["folder", "bucket"])
def kind(request: pytest.FixtureRequest) -> str:
    """Each of the two kinds of place; whoever uses it, also by ``places``, is run against both."""
    return str(request.param)


@pytest.fixture
def place(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """Give "public" or "private" of the kind."""

    def give(name: str) -> Files:
        if kind == "folder":
            from storage.folder import PrivateFolder, PublicFolder

            made = PublicFolder if name == "public" else PrivateFolder
            return made(tmp_path / name)
        from storage.s3 import PrivateBucket, PublicBucket

        buckets: Buckets = request.getfixturevalue("buckets")
        if name == "public":
            return PublicBucket(**buckets.public._asdict())
        return PrivateBucket(**buckets.private._asdict())

    return give
