"""From variables to places: which bucket or folder holds the files, and what is missing for it.

The variables are Fly's own, as ``fly storage create`` sets them, and those of a second bucket for
what everybody may see. All are read from a mapping, so that nothing here depends on a program.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple
from urllib.parse import urlsplit

Kind = Literal["folder", "tigris", "r2", "s3"]
KINDS: Final[tuple[Kind, ...]] = ("folder", "tigris", "r2", "s3")
#: Without these there is no bucket.
PRIVATE: Final = (
    "AWS_ENDPOINT_URL_S3", "BUCKET_NAME", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
)  # fmt: skip
PUBLIC: Final = "PUBLIC_BUCKET_NAME"
#: Where Tigris serves the public files of a bucket; its API's host does not.
TIGRIS_PUBLIC: Final = "https://{bucket}.t3.tigrisfiles.io/"


class Access(NamedTuple):
    """How to reach a bucket. ``url``: where browsers find public files, with a slash at its end."""

    name: str
    endpoint: str
    access_key: str
    secret_key: str
    region: str = "auto"
    addressing: Literal["virtual", "path"] = "virtual"
    #: How browsers send files: R2 has no forms, and signs the size and type of a PUT instead.
    upload: Literal["POST", "PUT"] = "POST"
    url: str = ""

    def __repr__(self) -> str:
        return f"Access({self.name!r} at {self.endpoint!r})"  # never the keys

    @property
    def origin(self) -> str:
        """The origin that signed links and forms lead to."""
        parts = urlsplit(self.endpoint)
        bucket = f"{self.name}." if self.addressing == "virtual" else ""
        return f"{parts.scheme}://{bucket}{parts.netloc}"


def kind_of(values: Mapping[str, Any]) -> Kind:
    """Give the kind that is asked for, or the one that the variables describe."""
    asked: str = values.get("FILES_BACKEND") or "auto"
    for kind in KINDS:
        if asked == kind:
            return kind
    # Not by keys alone: developers have some in their shells, for other things.
    if not values.get("BUCKET_NAME") and not values.get("AWS_ENDPOINT_URL_S3"):
        return "folder"
    host = urlsplit(values.get("AWS_ENDPOINT_URL_S3") or "").hostname or ""
    if host.endswith((".tigris.dev", "t3.storage.dev", ".tigrisfiles.io")):
        return "tigris"
    return "r2" if host.endswith(".r2.cloudflarestorage.com") else "s3"


def problems(values: Mapping[str, Any], *, folder_is_kept: bool) -> list[str]:
    """Give a sentence for each thing that is missing; none where the files have their places.

    ``folder_is_kept``: whether this machine's disk outlives a deployment, as a laptop's does.
    """
    kind = kind_of(values)
    if kind == "folder":
        if folder_is_kept or values.get("FILES_BACKEND") == "folder":
            return []
        return [
            "BUCKET_NAME is missing: without a bucket, files would be lost with the machine. Create "
            "two with `fly storage create` (docs/storage.md), or set FILES_BACKEND=folder."
        ]
    found = [f"{name} is missing, without which {kind} cannot be used." for name in PRIVATE
             if not values.get(name)]  # fmt: skip
    public = values.get(PUBLIC)
    if not public:
        found.append(f"{PUBLIC} is missing: covers and pictures need a bucket that all may read.")
    elif public == values.get("BUCKET_NAME"):
        found.append(f"{PUBLIC} is BUCKET_NAME: all could read manuscripts. Use a second bucket.")
    if kind != "tigris" and not values.get("PUBLIC_FILES_URL"):
        found.append("PUBLIC_FILES_URL is missing: where browsers find the public bucket's files.")
    pair = ("PUBLIC_AWS_ACCESS_KEY_ID", "PUBLIC_AWS_SECRET_ACCESS_KEY")
    if bool(values.get(pair[0])) != bool(values.get(pair[1])):
        found.append(f"{pair[0]} and {pair[1]} belong together: set both, or neither.")
    return found


def access(values: Mapping[str, Any], *, public: bool) -> Access:
    """Give the bucket that the variables describe; ``problems`` has found nothing before."""
    kind = kind_of(values)
    name: str = values[PUBLIC] if public else values["BUCKET_NAME"]
    own_keys = public and values.get("PUBLIC_AWS_ACCESS_KEY_ID")
    keys = "PUBLIC_AWS" if own_keys else "AWS"
    url = ""
    if public:
        url = values.get("PUBLIC_FILES_URL") or TIGRIS_PUBLIC.format(bucket=name)
    return Access(
        name=name,
        endpoint=str(values["AWS_ENDPOINT_URL_S3"]).rstrip("/"),
        access_key=values[f"{keys}_ACCESS_KEY_ID"],
        secret_key=values[f"{keys}_SECRET_ACCESS_KEY"],
        region=values.get("AWS_REGION") or "auto",
        addressing="virtual" if kind == "tigris" else "path",
        upload="PUT" if kind == "r2" else "POST",
        url=url,
    )


def storages(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Give the entries of Django's ``STORAGES``: "public" and "private" are in use; those with
    "-folder" and "-bucket" behind are each kind by name, for moving between them."""
    entries: dict[str, dict[str, Any]] = {
        "public-folder": {"BACKEND": "storage.folder.PublicFolder"},
        "private-folder": {"BACKEND": "storage.folder.PrivateFolder"},
    }
    has_bucket = all(values.get(name) for name in (*PRIVATE, PUBLIC))
    if has_bucket:
        for name in ("public", "private"):
            entries[f"{name}-bucket"] = {
                "BACKEND": f"storage.s3.{name.capitalize()}Bucket",
                "OPTIONS": access(values, public=name == "public")._asdict(),
            }
    used = "folder" if kind_of(values) == "folder" else "bucket"
    in_use = {name: entries[f"{name}-{used}"] for name in ("public", "private")}
    former = values.get("FILES_READ_ALSO")
    if former and former != used and f"public-{former}" in entries:
        for name in in_use:
            both = {"current": f"{name}-{used}", "former": f"{name}-{former}"}
            in_use[name] = {"BACKEND": "storage.fallback.Fallback", "OPTIONS": both}
    return {"default": in_use["public"], **in_use, **entries}


def public_url(values: Mapping[str, Any]) -> str:
    """Give where browsers find the public bucket's files; "" where a folder holds them."""
    return "" if kind_of(values) == "folder" else access(values, public=True).url


def upload_origin(values: Mapping[str, Any]) -> str:
    """Give the origin that browsers send files to; "" where it is the page's own."""
    return "" if kind_of(values) == "folder" else access(values, public=False).origin


def origin_of(address: str) -> str:
    """Give the origin of an address, for a content security policy; "" for a path of the page's own."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
