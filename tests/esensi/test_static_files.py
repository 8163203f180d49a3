"""Collected static files: found when they are asked for, compressed, and never outside their folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import override_settings

from esensi.static_files import collected, with_static_files
from tests.esensi.test_asgi import teapot
from tests.sites.doors_probe import ask

pytestmark = pytest.mark.filterwarnings(
    "ignore:This process .* is multi-threaded:DeprecationWarning"
)
STYLE = "body{margin:0}" * 100
MANIFEST = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "esensi.static_storage.CollectedFiles"},
}


@pytest.fixture
def root(tmp_path: Path, settings: Any) -> Path:
    """A deployed house whose one stylesheet was collected."""
    source, collected = tmp_path / "source", tmp_path / "collected"
    source.mkdir()
    (source / "draft.css").write_text(STYLE)
    (tmp_path / "secret.css").write_text("no")
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = collected
    settings.ESENSI_ENV = "production"
    with override_settings(STORAGES=MANIFEST):
        call_command("collectstatic", "--no-input", verbosity=0)
    return collected


def hashed(root: Path) -> str:
    (found,) = root.glob("draft.????????????.css")
    return found.name


async def get(app: Any, name: str, **headers: Any) -> dict[str, Any]:
    return await ask(app, "esensi.online", f"/static/{name}", **headers)


def test_a_process_that_has_just_collected_knows_the_names(root: Path) -> None:
    (root.parent / "source" / "new.css").write_text("a{}")
    with override_settings(STORAGES=MANIFEST):
        call_command("collectstatic", "--no-input", verbosity=0)
        assert staticfiles_storage.url("new.css").startswith("/static/new.")
        assert staticfiles_storage.url("new.css") != "/static/new.css"


def test_collected_files_are_compressed_and_named_by_their_content(root: Path) -> None:
    name = hashed(root)
    assert {path.name for path in root.iterdir()} >= {
        f"{name}.gz",
        f"{name}.br",
        "staticfiles.json",
    }


async def test_a_name_with_a_hash_is_kept_for_ever_and_comes_compressed(root: Path) -> None:
    app = with_static_files(teapot)
    for _ in range(2):
        answer = await get(app, hashed(root), accept_encoding="br")
        assert answer["status"] == 200
        assert answer["headers"]["content-encoding"] == "br"
        assert "immutable" in answer["headers"]["cache-control"]
        size = (root / f"{hashed(root)}.br").stat().st_size
        assert answer["headers"]["content-length"] == str(size)
    plain = await get(app, "draft.css")
    assert plain["body"] == STYLE
    assert plain["headers"]["cache-control"] == "max-age=0, public"


async def test_what_was_not_collected_is_led_on(root: Path) -> None:
    (root / "way-out.css").symlink_to(root.parent / "secret.css")
    app = with_static_files(teapot)
    names = (
        "../secret.css",
        "..%2fsecret.css",
        "way-out.css",
        "none.css",
        "",
        "a\0.css",
        "/draft.css",
    )
    for name in (*names, f"{hashed(root)}.br"):
        assert (await get(app, name))["status"] == 418, name


async def test_facts_are_kept_for_files_alone(root: Path) -> None:
    """Else strangers could fill the memory with names."""
    app: Any = collected(teapot)
    await get(app, "draft.css")
    for number in range(20):
        await get(app, f"none-{number}.css")
    assert list(app.files) == ["/static/draft.css"]
