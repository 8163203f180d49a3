"""What the house says about itself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from sites.community.models import HousePage


@require_safe
def house_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One of about, terms, privacy, contact, in the reader's language."""
    page = get_object_or_404(HousePage, slug=slug)
    # Cleaned when it was stored (sites.community.actions.save_house_page).
    text = mark_safe(page.text)  # noqa: S308
    return render(request, "main/house_page.html", {"page": page, "text": text})
