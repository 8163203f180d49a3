"""What the office shows of a person beside the account's own facts."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject

from sites.accounts.models import AuditEntry, User
from sites.books.models import Authorship, Book
from sites.internal.audit_sentences import facts, sentence, subject

BOOKS_LISTED = 50  # a long life's work; more are found in the list of books
ENTRIES_LISTED = 10  # the whole log is one link away


def with_history(people: QuerySet[User]) -> QuerySet[User]:
    """Add ``their_books`` (keys and titles) and ``has_second_factor``, without further queries."""
    from allauth.mfa.models import Authenticator  # models are not loaded before the apps

    named = Authorship.objects.filter(book=OuterRef("pk"), author__user=OuterRef(OuterRef("pk")))
    books = Book.objects.filter(Exists(named)).order_by("-written_at", "-pk")
    factors = Authenticator.objects.filter(user=OuterRef("pk")).exclude(
        type=Authenticator.Type.RECOVERY_CODES
    )
    return people.annotate(
        their_books=ArraySubquery(
            books.values(row=JSONObject(pk="pk", title="title"))[:BOOKS_LISTED]
        ),
        has_second_factor=Exists(factors),
    )


def last_entries(person: User) -> list[Any]:
    """Give what the account did, and what was done to it, the latest first, in one query; each
    entry with its ``sentence`` and, in words, what it is ``on`` and its facts (``told``)."""
    done = AuditEntry.objects.filter(actor=person.pk)
    suffered = AuditEntry.objects.filter(
        ~Q(actor=person.pk) | Q(actor=None),
        subject_type=User._meta.label_lower,
        subject_id=str(person.pk),
    )
    halves = [half.order_by("-at", "-pk")[:ENTRIES_LISTED] for half in (done, suffered)]
    entries: list[Any] = list(halves[0].union(halves[1], all=True).order_by("-at")[:ENTRIES_LISTED])
    for entry in entries:
        entry.sentence, entry.told, entry.on = sentence(entry), facts(entry), subject(entry)
    return entries
