"""The front page, apart from the catalogue's: the first page of a process waits for no search."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from sites.books.linked_data import SocialCard, house_data
from sites.books.reading import continuing
from sites.links import host_url
from sites.main.shelves import SHELF_LENGTH, home_page


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The first sentence of a book, and the shelves."""
    now, language = timezone.now(), get_language() or ""
    context = {
        # What is the same for everybody, looked up within {% shared %}.
        "home": SimpleLazyObject(lambda: home_page(AnonymousUser(), now, language=language)),
        "continuing": continuing(request.user, limit=SHELF_LENGTH, now=now),
        "data": house_data(),
        "card": _house_card(),
    }
    return render(request, "main/home.html", context)


def _house_card() -> SocialCard:
    description = _(
        "Esensi is an online publishing house: books and serials to read in the browser."
    )
    return SocialCard("Esensi", description, host_url("main", "home"))
