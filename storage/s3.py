"""Files in a bucket: Tigris, R2, or whatever speaks S3. boto3 is imported on first use only."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any, cast
from urllib.parse import quote

from django.utils.http import content_disposition_header

from storage import keys, limits
from storage.backends import Content, Facts, Files, Listed, SignedForm, pieces_of
from storage.configuration import Access
from storage.errors import StorageRefused, StorageUnavailable
from storage.observed import watched

if TYPE_CHECKING:
    from storage.boto import Bucket


class BucketFiles(Files):
    """Files in a bucket. ``access``: the fields of ``Access``."""

    def __init__(self, **access: Any) -> None:
        self.access = Access(**access)

    @cached_property
    def bucket(self) -> Bucket:
        from storage.boto import bucket  # imports boto3: a third of a second, 30 MB

        cache = limits.CACHE_CONTROL if self.is_public else limits.PRIVATE_CACHE_CONTROL
        return bucket(self.access, cache_control=cache)

    def pieces(
        self, key: str, *, first: int = 0, end: int | None = None, seconds: float | None = None
    ) -> Iterator[bytes]:
        deadline = time.monotonic() + (limits.DEADLINE if seconds is None else seconds)
        if end is not None and end <= first:
            return
        wanted = {}
        if first or end is not None:
            wanted["Range"] = f"bytes={first}-{'' if end is None else end - 1}"
        with self._told(f"get {keys.require_key(key)}"):
            try:
                answer = self.bucket.client.get_object(Bucket=self.access.name, Key=key, **wanted)
            except Exception as error:
                if _status(error) == 416:  # it begins behind the end
                    return
                raise
            with closing(answer["Body"]) as body:
                yield from _read(body, answer["ContentLength"], deadline, what=f"get {key}")

    def put(self, key: str, content: Content, type_: str = "") -> bool:
        if self.is_fresh(key):
            return False
        with self._told(f"put {key}"), _seekable(content) as body:
            self.bucket.client.put_object(
                Bucket=self.access.name,
                Key=key,
                Body=body,
                ContentType=type_ or keys.type_of(key),
                CacheControl=self.bucket.object_parameters["CacheControl"],
            )
        return True

    def facts(self, key: str) -> Facts:
        with self._told(f"head {keys.require_key(key)}"):
            found = self.bucket.client.head_object(Bucket=self.access.name, Key=key)
        return Facts(found["ContentLength"], found.get("ContentType", ""), found["LastModified"])

    def list_keys(self, prefix: str = "", *, after: str = "") -> Iterator[Listed]:
        asked = {"Bucket": self.access.name, "Prefix": prefix} | (
            {"StartAfter": after} if after else {}
        )
        with self._told(f"list {prefix}"):
            for page in self.bucket.client.get_paginator("list_objects_v2").paginate(**asked):
                for each in page.get("Contents", ()):
                    if not each["Key"].endswith("/"):  # consoles make such "folders"
                        yield Listed(each["Key"], each["Size"], each["LastModified"])

    def delete(self, name: str) -> None:
        with self._told(f"delete {keys.require_key(name)}"):
            self.bucket.client.delete_object(Bucket=self.access.name, Key=name)

    def url(self, name: str | None) -> str:
        return self.signed_url(name or "")

    def signed_url(self, key: str, *, expires: timedelta = limits.LINK_AGE, name: str = "") -> str:
        asked = {"Bucket": self.access.name, "Key": keys.require_key(key)}
        if name:
            asked["ResponseContentDisposition"] = str(content_disposition_header(True, name))
            # Whatever a browser would make of it, it is saved as what it is.
            asked["ResponseContentType"] = keys.type_of(key)
        return cast(
            str,
            self.bucket.client.generate_presigned_url(
                "get_object", Params=asked, ExpiresIn=int(expires.total_seconds())
            ),
        )

    def signed_form(self, key: str, *, size: int, type_: str, expires: timedelta) -> SignedForm:
        seconds = int(expires.total_seconds())
        place = {"Bucket": self.access.name, "Key": keys.require_key(key)}
        cache = self.bucket.object_parameters["CacheControl"]
        if self.access.upload == "PUT":
            fixed = {"ContentType": type_, "ContentLength": size, "CacheControl": cache}
            url = self.bucket.client.generate_presigned_url(
                "put_object", Params={**place, **fixed}, ExpiresIn=seconds
            )
            # Browsers write Content-Length themselves; it is signed all the same.
            return SignedForm("PUT", url, headers={"Content-Type": type_, "Cache-Control": cache})
        fields = {"Content-Type": type_, "Cache-Control": cache, "success_action_status": "201"}
        form = self.bucket.client.generate_presigned_post(
            **place,
            Fields=fields,
            Conditions=[
                *({name: value} for name, value in fields.items()),
                ["content-length-range", size, size],
            ],
            ExpiresIn=seconds,
        )
        return SignedForm("POST", form["url"], fields=form["fields"])

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """Say in this package's words what boto3 and the network raise."""
        from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
        from urllib3.exceptions import HTTPError

        with watched(what.partition(" ")[0]):
            try:
                yield
            except ClientError as error:
                status = _status(error)
                if status == 404 and error.response["Error"].get("Code") != "NoSuchBucket":
                    raise FileNotFoundError(what) from error
                if status in (400, 401, 403, 404):
                    raise StorageRefused(f"{what}: {_code(error)}") from error
                raise StorageUnavailable(f"{what}: {_code(error)}") from error
            except (HTTPClientError, HTTPError, BotoCoreError, OSError) as error:
                if isinstance(error, FileNotFoundError):
                    raise
                raise StorageUnavailable(f"{what}: {type(error).__name__}") from error


class PublicBucket(BucketFiles):
    """What anybody may see, from the bucket's own domain."""

    is_public = True

    def url(self, name: str | None) -> str:
        # No boto3: pages are drawn with it, and nothing is asked for.
        return f"{self.access.url}{quote(keys.require_key(name or ''))}"


class PrivateBucket(BucketFiles):
    """What is read through signed links."""

    is_public = False


def _read(body: Any, size: int, deadline: float, *, what: str) -> Iterator[bytes]:
    """Give a body as it arrives. By ``iter_chunks`` one that comes byte by byte would outlive any
    deadline: that waits for a whole piece, and each byte is in time for the socket's limit."""
    while size > 0:
        piece = body._raw_stream.read1(min(limits.PIECE, size))
        if not piece:
            raise StorageUnavailable(f"{what}: cut off")
        size -= len(piece)
        yield piece
        if size and time.monotonic() > deadline:
            raise StorageUnavailable(f"{what}: too slow")


@contextmanager
def _seekable(content: Content) -> Iterator[bytes | IO[bytes]]:
    """Give what a request can be sent from twice, from its beginning."""
    if isinstance(content, bytes | bytearray):
        yield bytes(content)
        return
    with tempfile.SpooledTemporaryFile(limits.IN_MEMORY) as spooled:
        for piece in pieces_of(content):
            spooled.write(piece)
        spooled.seek(0)
        yield cast("IO[bytes]", spooled)


def _status(error: Exception) -> int:
    response = getattr(error, "response", None) or {}
    return int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


def _code(error: Any) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))[:60]
