"""django-storages' bucket, set up against its traps. Imports boto3: only ``storage.s3`` imports
this, on its first use."""

from __future__ import annotations

import threading
from typing import Any

import boto3.session
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from storages.backends.s3 import S3Storage

from storage import limits
from storage.configuration import Access
from storage.timely import answer_in_time


class Bucket(S3Storage):  # type: ignore[misc]  # django-storages has no types
    """One bucket, with one client for all threads of the process.

    Under ASGI each request has a thread of its own, and a client takes a fifth of a second to make:
    django-storages' own, of one for each thread, would be made anew for each request.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._making = threading.Lock()
        self._made: Any = None

    @property
    def connection(self) -> Any:
        with self._making:
            if self._made is None:
                session = boto3.session.Session(
                    aws_access_key_id=self.access_key, aws_secret_access_key=self.secret_key
                )
                self._made = session.resource(
                    "s3",
                    region_name=self.region_name,
                    endpoint_url=self.endpoint_url,
                    config=self.client_config,
                )
                answer_in_time(self._made.meta.client)
        return self._made

    @property
    def client(self) -> Any:
        """The client below, which threads may share."""
        return self.connection.meta.client


def bucket(access: Access, *, cache_control: str) -> Bucket:
    """Give the bucket; no request is made."""
    return Bucket(
        bucket_name=access.name,
        endpoint_url=access.endpoint,
        access_key=access.access_key,
        secret_key=access.secret_key,
        region_name=access.region,
        addressing_style=access.addressing,
        signature_version="s3v4",
        default_acl=None,  # Tigris and R2 have no ACLs of objects
        file_overwrite=False,
        custom_domain=None,  # with one, django-storages signs nothing
        querystring_auth=True,
        gzip=False,
        max_memory_size=limits.IN_MEMORY,
        object_parameters={"CacheControl": cache_control},
        transfer_config=TransferConfig(use_threads=False),
        # With a configuration of one's own, what stands above counts no more: all of it again.
        client_config=Config(
            region_name=access.region,
            signature_version="s3v4",
            s3={"addressing_style": access.addressing},
            connect_timeout=limits.CONNECT_SECONDS,
            read_timeout=limits.READ_SECONDS,
            retries={"total_max_attempts": limits.ATTEMPTS, "mode": "standard"},
            max_pool_connections=limits.CONNECTIONS,
            tcp_keepalive=True,
            # boto3 adds CRC32 to every request by itself, which R2 and others refused for months.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        ),
    )
