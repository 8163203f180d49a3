"""The search dialog of both desks: the best few of each kind, however large the house."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from django.http import HttpRequest
from django.urls import reverse
from django.utils.text import capfirst

if TYPE_CHECKING:
    from sites.desk.site import DeskSite

FOUND_OF_EACH = 5  # a dialog's height for the three or four kinds that one person sees
LONGEST_TERM = 100  # characters; no title is searched for by more
SHORTEST_TERM = 2  # one letter finds everything


@dataclass(frozen=True)
class Found:
    """One row of the dialog."""

    title: str
    kind: str
    link: str


def find_everywhere(site: DeskSite, request: HttpRequest, term: str) -> list[Found]:
    """Find ``term`` in what this person may open here: at most ``FOUND_OF_EACH`` of each kind.

    Terms that are too short, too long, or hold what PostgreSQL cannot store find nothing.
    """
    term = term.strip()
    if not SHORTEST_TERM <= len(term) <= LONGEST_TERM or "\x00" in term:
        return []
    found = []
    registry: dict[type[Model], Any] = site._registry
    for model, desk in registry.items():
        if not (desk.search_fields and desk.in_search and desk.has_module_permission(request)):
            continue
        if not desk.has_view_or_change_permission(request):
            continue
        rows, _duplicates = desk.get_search_results(request, desk.get_queryset(request), term)
        kind = capfirst(str(model._meta.verbose_name))
        name = f"{site.name}:{model._meta.label_lower.replace('.', '_')}_change"
        for row in rows[:FOUND_OF_EACH]:
            found.append(Found(str(row), kind, reverse(name, args=(row.pk,))))
    return found
