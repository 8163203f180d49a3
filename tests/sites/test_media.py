from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from tests.house import visitor

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def test_a_cover_is_served_for_a_year_and_harmless_by_itself() -> None:
    key = default_storage.save(
        "covers/abc.svg", ContentFile(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    )
    answer = visitor("main").get(f"/media/{key}")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/svg+xml"
    assert "immutable" in answer["Cache-Control"]
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer.streaming_content).startswith(b"<svg")  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "key", ["covers/none.svg", "../settings.py", "..%2f..%2fetc/passwd", "covers", "a.html", ".svg"]
)
def test_what_is_missing_or_no_picture_is_404(key: str) -> None:
    assert visitor("main").get(f"/media/{key}").status_code == 404


def test_a_page_among_the_files_is_not_shown(settings: Any) -> None:
    default_storage.save("page.html", ContentFile(b"<script>alert(1)</script>"))
    assert visitor("main").get("/media/page.html").status_code == 404
