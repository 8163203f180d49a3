from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from sites.accounts.actions.record_audit import record_audit
from sites.accounts.limits import require
from sites.accounts.models import User
from sites.books.actions.author_profile import clean_about, clean_name, plain_lines
from sites.books.actions.draw_missing_cover import draw_missing_cover
from sites.books.models import Author, Book

#: Covers that are drawn anew when a name changes: more books than one person has written; the
#: others follow when they are next saved.
MOST_COVERS = 50
#: Changes by one person in an hour: each draws covers anew, and has all kept pages drawn anew.
MOST_AN_HOUR = 20


def save_profile(profile: Author, *, name: str, bio: str, by: User, now: datetime) -> Author:
    """Change one's own name on covers and what stands on one's page; the address stays.

    Drawn covers follow the name after the commit. What is not changed is not judged: an editor may
    have entered more than an author may. Raises ``PermissionDenied``, ``ProfileRefused`` and
    ``TooManyAttempts``.
    """
    require(f"profile:{by.pk}", MOST_AN_HOUR, timedelta(hours=1), now)
    return _save(profile, name=name, bio=bio, by=by, now=now)


@transaction.atomic
def _save(profile: Author, *, name: str, bio: str, by: User, now: datetime) -> Author:
    kept = Author.objects.select_for_update(no_key=True).filter(pk=profile.pk, user=by).first()
    if kept is None or not by.is_active:
        raise PermissionDenied(_("This author's page is not yours. Ask an editor to change it."))
    renamed = name != kept.name
    if renamed:
        kept.name = clean_name(name)
    if plain_lines(bio) != kept.bio:
        kept.bio = clean_about(bio)
    kept.save(update_fields=["name", "bio"])
    record_audit("author.change", by=by, on=kept, now=now, renamed=renamed)
    if renamed:
        books = Book.objects.filter(authors=kept).order_by("-written_at").values_list("pk")
        for (book,) in books[:MOST_COVERS]:
            transaction.on_commit(partial(draw_missing_cover, book, again=True), robust=True)
    return kept
