"""Who may hear what is for a book's authors and editors alone, asked for all at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet

from realtime.rooms import Ask
from sites.accounts.models import User
from sites.accounts.roles import BACK_OFFICE, EDITOR, HOUSE_EDITORS
from sites.books.models import Authorship, Book, Chapter
from sites.row_key import row_key
from sites.second_factor import may_hear


def asks_of_editors(
    asks: Sequence[Ask], rows: QuerySet[Book] | QuerySet[Chapter], *, book: str
) -> Collection[Ask]:
    """Give the asks for those of ``rows``, by their keys, whose book the askers may edit (``may_edit``),
    in one query; ``book`` is the rows' column with the book's key. The house's own people must have
    used their second factor, as at the desk's door."""
    people = {ask.user.pk for ask in asks if isinstance(ask.user, User) and ask.user.is_active}
    if not people:
        return []
    keys = {key for ask in asks if (key := row_key(ask.key)) is not None and str(key) == ask.key}
    own = Authorship.objects.filter(book=OuterRef(book), author__user__in=people)
    active = User.objects.filter(pk__in=people, is_active=True)
    editors = active.filter(Q(is_superuser=True) | Q(groups__name__in=HOUSE_EDITORS))
    house = active.filter(
        Q(is_superuser=True) | Q(is_staff=True) | Q(groups__name__in=(EDITOR, *BACK_OFFICE))
    )
    found = (
        rows.filter(pk__in=keys)
        .annotate(
            own=ArraySubquery(own.values("author__user")),
            editors=ArraySubquery(editors.values("pk")),
            house=ArraySubquery(house.values("pk")),
        )
        .values_list("pk", "own", "editors", "house")
    )
    may: set[tuple[str, int]] = set()
    owes: set[int] = set()
    for pk, own_people, all_editors, own_house in found:
        may |= {(str(pk), user) for user in (*(own_people or ()), *(all_editors or ()))}
        owes |= set(own_house or ())
    return [
        ask
        for ask in asks
        if isinstance(ask.user, User)
        and (ask.key, ask.user.pk) in may
        and (ask.user.pk not in owes or may_hear(ask.user))
    ]
