"""From variables to places: what `fly storage create` sets is enough, and half of it is refused."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from storage import configuration

ROOT = Path(__file__).resolve().parents[2]
#: As flyctl prints them.
FLY = {
    "AWS_ENDPOINT_URL_S3": "https://fly.storage.tigris.dev",
    "BUCKET_NAME": "esensi-files",
    "AWS_ACCESS_KEY_ID": "tid_one",
    "AWS_SECRET_ACCESS_KEY": "tsec_one",
    "AWS_REGION": "auto",
}
TIGRIS = FLY | {"PUBLIC_BUCKET_NAME": "esensi-public"}
R2 = TIGRIS | {
    "AWS_ENDPOINT_URL_S3": "https://0123.r2.cloudflarestorage.com",
    "PUBLIC_FILES_URL": "https://files.example/",
}
S3 = R2 | {"AWS_ENDPOINT_URL_S3": "https://s3.eu-central-1.amazonaws.com"}


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ({}, "folder"),
        ({"AWS_ACCESS_KEY_ID": "of something else", "AWS_REGION": "eu-west-1"}, "folder"),
        (TIGRIS, "tigris"),
        (TIGRIS | {"AWS_ENDPOINT_URL_S3": "https://t3.storage.dev"}, "tigris"),
        (R2, "r2"),
        (S3, "s3"),
        (TIGRIS | {"FILES_BACKEND": "s3"}, "s3"),
        (TIGRIS | {"FILES_BACKEND": "folder"}, "folder"),
    ],
)
def test_the_variables_say_what_they_are(values: dict[str, str], kind: str) -> None:
    assert configuration.kind_of(values) == kind


@pytest.mark.parametrize("values", [TIGRIS, R2, S3])
def test_what_is_complete_has_no_problem(values: dict[str, str]) -> None:
    assert configuration.problems(values, folder_is_kept=False) == []


@pytest.mark.parametrize(
    ("values", "named"),
    [
        (FLY, ["PUBLIC_BUCKET_NAME"]),
        (FLY | {"PUBLIC_BUCKET_NAME": FLY["BUCKET_NAME"]}, ["PUBLIC_BUCKET_NAME"]),
        ({"BUCKET_NAME": "b"}, ["AWS_ENDPOINT_URL_S3", "AWS_ACCESS_KEY_ID",
         "AWS_SECRET_ACCESS_KEY", "PUBLIC_BUCKET_NAME", "PUBLIC_FILES_URL"]),
        ({k: v for k, v in TIGRIS.items() if k != "BUCKET_NAME"}, ["BUCKET_NAME"]),
        ({k: v for k, v in R2.items() if k != "PUBLIC_FILES_URL"}, ["PUBLIC_FILES_URL"]),
        (TIGRIS | {"PUBLIC_AWS_ACCESS_KEY_ID": "two"}, ["PUBLIC_AWS_ACCESS_KEY_ID"]),
        ({"FILES_BACKEND": "tigris"}, [*configuration.PRIVATE, "PUBLIC_BUCKET_NAME"]),
    ],
)  # fmt: skip
def test_half_of_it_is_refused_by_name(values: dict[str, str], named: list[str]) -> None:
    for kept in (True, False):
        found = configuration.problems(values, folder_is_kept=kept)
        assert [problem.split()[0] for problem in found] == named
        assert all(problem.endswith(".") for problem in found)
        assert "tsec_one" not in " ".join(found)


def test_a_folder_that_goes_with_the_machine_must_be_asked_for() -> None:
    assert configuration.problems({}, folder_is_kept=True) == []
    (told,) = configuration.problems({}, folder_is_kept=False)
    assert told.startswith("BUCKET_NAME is missing")
    assert configuration.problems({"FILES_BACKEND": "folder"}, folder_is_kept=False) == []


def test_tigris_is_reached_as_it_asks_to_be() -> None:
    private = configuration.access(TIGRIS, public=False)
    assert (private.region, private.addressing, private.upload) == ("auto", "virtual", "POST")
    assert private.origin == "https://esensi-files.fly.storage.tigris.dev"
    public = configuration.access(TIGRIS, public=True)
    assert public.url == "https://esensi-public.t3.tigrisfiles.io/"
    assert public.access_key == "tid_one"
    own = TIGRIS | {"PUBLIC_AWS_ACCESS_KEY_ID": "two", "PUBLIC_AWS_SECRET_ACCESS_KEY": "s"}
    assert configuration.access(own, public=True).access_key == "two"
    assert configuration.access(own, public=False).access_key == "tid_one"


def test_r2_has_no_forms() -> None:
    assert configuration.access(R2, public=False).upload == "PUT"
    assert configuration.access(R2, public=False).addressing == "path"


def test_no_key_is_written_into_a_log() -> None:
    assert "tsec_one" not in repr(configuration.access(TIGRIS, public=False))


def settings_with(variables: dict[str, str], code: str) -> dict[str, object]:
    """What a process of its own, which reads settings anew, prints as JSON."""
    ended = subprocess.run(
        [sys.executable, "-c", f"import json, sys, django; django.setup()\n{code}"],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "esensi.settings",
            "DATABASE_URL": os.environ["DATABASE_URL"],
            **variables,
        },
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    found: dict[str, object] = json.loads(ended.stdout)
    return found


def test_with_flys_variables_files_lie_on_tigris_and_addresses_ask_nobody() -> None:
    code = """
from django.conf import settings
from django.core.files.storage import storages
public = storages["public"]
found = {
    "public": public.url("covers/a b.svg".replace(" ", "-")),
    "boto": sorted({"boto3", "botocore", "storages"} & set(sys.modules)),
    "media": settings.MEDIA_URL,
    "connect": settings.CSP_POLICIES["admin"]["connect-src"],
    "strict": settings.CSP_POLICIES["strict"]["connect-src"],
    "img": settings.CSP_POLICIES["strict"]["img-src"],
    "signed": storages["private"].signed_url("m/a.epub"),
    "then": sorted({"boto3", "botocore", "storages"} & set(sys.modules)),
}
print(json.dumps(found))
"""
    found = settings_with(TIGRIS, code)
    assert found["public"] == "https://esensi-public.t3.tigrisfiles.io/covers/a-b.svg"
    assert found["boto"] == []
    assert found["media"] == "https://esensi-public.t3.tigrisfiles.io/"
    assert "https://esensi-files.fly.storage.tigris.dev" in str(found["connect"])
    assert "tigris.dev" not in str(found["strict"])
    assert "https://esensi-public.t3.tigrisfiles.io" in str(found["img"])
    signed = str(found["signed"])
    assert signed.startswith("https://esensi-files.fly.storage.tigris.dev/m/a.epub?X-Amz-")
    assert "AWS4-HMAC-SHA256" in signed  # version 4, whatever boto3 would take without a region
    assert "%2Fauto%2Fs3%2F" in signed
    assert found["then"] == ["boto3", "botocore", "storages"]


def test_a_process_starts_without_boto3() -> None:
    code = """
import esensi.asgi
print(json.dumps(sorted({"boto3", "botocore", "storages"} & set(sys.modules))))
"""
    assert settings_with(TIGRIS, code) == []
