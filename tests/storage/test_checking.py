"""`manage.py storage_check`: what is well says OK; each thing that is broken says so, and its cure."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command

from storage import checking
from storage.configuration import Access
from storage.s3 import PrivateBucket, PublicBucket
from tests.storage.endpoint import Buckets, Endpoint
from tests.waiting import free_port

PUBLIC = ("put", "head", "get", "range", "list", "read by everybody", "own domain", "delete")
PRIVATE = (
    *("put", "head", "get", "range", "list", "read by nobody else", "signed get", "signed post"),
    *("expiry", "CORS", "delete"),
)


@pytest.fixture(scope="module")
def own_buckets(endpoint: Endpoint) -> Buckets:
    """Buckets that browsers on the five hosts, and on no others, may send files to."""
    return endpoint.new_buckets(tuple(configured.CSRF_TRUSTED_ORIGINS))


@pytest.fixture(autouse=True)
def no_waiting(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """One test waits until a link expires; for the others that step is none."""
    monkeypatch.setattr(checking, "SHORT", 1)
    if "all_is_well" not in request.node.name:
        monkeypatch.setattr(checking._Check, "expiry", lambda _self: None)


def check(settings: Any, public: Access, private: Access, *words: str) -> tuple[bool, list[str]]:
    """Run the command on those buckets: whether all went well, and its lines."""
    settings.STORAGES = settings.STORAGES | {
        "public": {"BACKEND": "storage.s3.PublicBucket", "OPTIONS": public._asdict()},
        "private": {"BACKEND": "storage.s3.PrivateBucket", "OPTIONS": private._asdict()},
    }
    said = io.StringIO()
    try:
        call_command("storage_check", *words, stdout=said)
    except CommandError:
        return False, said.getvalue().splitlines()
    return True, said.getvalue().splitlines()


def failures(lines: list[str]) -> list[str]:
    return [line.split(":")[0].removeprefix("FAIL ") for line in lines if line.startswith("FAIL")]


def test_all_is_well_and_nothing_stays_behind(own_buckets: Buckets, settings: Any) -> None:
    well, lines = check(settings, own_buckets.public, own_buckets.private)
    assert well, lines
    assert lines == [
        *(f"OK   public   {name}" for name in PUBLIC),
        *(f"OK   private  {name}" for name in PRIVATE),
    ]
    assert list(PublicBucket(**own_buckets.public._asdict()).list_keys()) == []
    assert list(PrivateBucket(**own_buckets.private._asdict()).list_keys()) == []


def test_a_folder_is_tried_as_far_as_it_goes(tmp_path: Path, settings: Any) -> None:
    said = io.StringIO()
    call_command("storage_check", "--place", f"folder:{tmp_path}/media", stdout=said)
    assert said.getvalue().splitlines() == [
        *(f"OK   public   {name}" for name in (*PUBLIC[:5], "delete")),
        *(f"OK   private  {name}" for name in (*PUBLIC[:5], "signed links", "delete")),
    ]


@pytest.mark.parametrize(
    ("change", "cure"),
    [
        ({"secret_key": "wrong"}, "AWS_SECRET_ACCESS_KEY"),
        ({"access_key": "nobody"}, "AWS_ACCESS_KEY_ID"),
    ],
)
def test_wrong_keys_and_names_are_told_with_their_cure(
    own_buckets: Buckets, settings: Any, change: dict[str, str], cure: str
) -> None:
    well, lines = check(settings, own_buckets.public, own_buckets.private._replace(**change))
    assert not well
    assert failures(lines) == ["private  put"]
    cures = lines[lines.index(next(each for each in lines if each.startswith("FAIL"))) + 1]
    assert cure in cures or "key" in cures
    assert lines.count("SKIP private  get: nothing could be stored") == 1


def test_an_endpoint_that_does_not_answer_is_told(own_buckets: Buckets, settings: Any) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    well, lines = check(
        settings,
        own_buckets.public._replace(endpoint=nowhere),
        own_buckets.private._replace(endpoint=nowhere),
    )
    assert not well
    assert failures(lines) == ["public   put", "private  put"]
    assert any("AWS_ENDPOINT_URL_S3" in line for line in lines)


def test_a_public_bucket_that_is_not_public_is_told(own_buckets: Buckets, settings: Any) -> None:
    hidden = own_buckets.private
    hidden = hidden._replace(url=f"{hidden.endpoint}/{hidden.name}/")
    _well, lines = check(settings, hidden, own_buckets.private)
    assert failures(lines) == ["public   read by everybody"]
    assert any("PUBLIC_FILES_URL" in line for line in lines)


def test_a_private_bucket_that_everybody_reads_is_told(own_buckets: Buckets, settings: Any) -> None:
    open_one = own_buckets.public._replace(url="")
    _well, lines = check(settings, own_buckets.public, open_one)
    assert "private  read by nobody else" in failures(lines)


def test_files_below_the_readers_own_domain_are_told(own_buckets: Buckets, settings: Any) -> None:
    settings.SESSION_COOKIE_DOMAIN = "0.0.1"  # 127.0.0.1 lies below that
    _well, lines = check(settings, own_buckets.public, own_buckets.private)
    assert failures(lines) == ["public   own domain"]


def test_cors_for_others_and_for_any_site_is_told_and_mended(
    own_buckets: Buckets, settings: Any
) -> None:
    private = PrivateBucket(**own_buckets.private._asdict())
    for origins, why in ((["https://another.example"], "may not send"), (["*"], "any site")):
        checking.write_cors(private, origins)
        _well, lines = check(settings, own_buckets.public, own_buckets.private)
        assert failures(lines) == ["private  CORS"]
        assert any(why in line for line in lines)
        assert any("--write-cors" in line for line in lines)
    well, lines = check(settings, own_buckets.public, own_buckets.private, "--write-cors")
    assert well, lines


@pytest.mark.parametrize("code", ["NoSuchBucket", "404"])
def test_a_bucket_that_is_not_there_is_told_by_its_variable(code: str) -> None:
    # The endpoint of these tests makes buckets when they are written to.
    assert "PUBLIC_BUCKET_NAME" in checking._cure(f"put checks/a.bin: {code}")


def test_places_of_other_variables_are_tried(
    tmp_path: Path, own_buckets: Buckets, settings: Any
) -> None:
    path = tmp_path / "new.env"
    path.write_text("".join(f"{name}={value}\n" for name, value in own_buckets.variables.items()))
    said = io.StringIO()
    call_command("storage_check", "--place", f"variables:{path}", stdout=said)
    assert said.getvalue().count("OK") == len(PUBLIC) + len(PRIVATE)
