"""The pages that every house has, as they are until somebody edits them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS

#: slug → title in English and in Indonesian. The addresses of main are these.
HOUSE_PAGES: Final = {
    "about": ("About Esensi", "Tentang Esensi"),
    "terms": ("Terms", "Ketentuan"),
    "privacy": ("Privacy", "Privasi"),
    "contact": ("Contact", "Kontak"),
}
_TEXTS = Path(__file__).parent / "house_pages"


def write_first_pages(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **_: Any) -> None:
    """Write the pages that are missing, after a migration; what people edited stays."""
    from sites.community.models import HousePage

    known = set(HousePage.objects.using(using).values_list("slug", flat=True))
    HousePage.objects.using(using).bulk_create(
        HousePage(
            slug=slug,
            title_en=english,
            title_id=indonesian,
            text_en=(_TEXTS / f"{slug}.en.html").read_text(encoding="utf-8"),
            text_id=(_TEXTS / f"{slug}.id.html").read_text(encoding="utf-8"),
        )
        for slug, (english, indonesian) in HOUSE_PAGES.items()
        if slug not in known
    )
