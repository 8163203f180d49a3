"""What authors learn by mail: the answers of the editors, which they wait for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from sites.accounts.models import User
from sites.books.models import Book
from sites.community.models import Kind
from sites.community.sentences import SENTENCES, book_address
from sites.community.ways_to_tell import who_chose_nothing
from sites.mail import send_mail

#: Mails of one event: more names than stand on a cover.
MOST_LETTERS: Final = 20

#: What to do next, for each kind that is worth a mail.
NEXT: Final[dict[str, str | Promise]] = {
    Kind.APPROVED: _("Congratulations. Readers find it on the shelves from its moment on."),
    Kind.CHANGES_REQUESTED: _(
        "What the editors wish for stands beside the book, at the writing desk. Submit it again "
        "when it is ready."
    ),
    Kind.REJECTED: _("Why they decided so stands beside the book, at the writing desk."),
    Kind.WITHDRAWN: _("Write to the editors if you did not expect this."),
}


def send_letters(people: Iterable[int], kind: Kind, book: int) -> None:
    """Send a mail to each, in their language, once the transaction is committed; those who have chosen
    another way are told by that alone."""
    if kind not in NEXT:
        return
    people = who_chose_nothing(people, kind)
    found = Book.objects.only("pk", "title").get(pk=book)
    recipients = User.objects.filter(pk__in=list(people), is_active=True).order_by("pk")
    for reader in recipients[:MOST_LETTERS]:
        with translation.override(reader.language or translation.get_language()):
            context = {
                "sentence": str(SENTENCES[kind]) % {"title": found.title},
                "next": str(NEXT[kind]),
                "address": book_address(found.pk),
            }
        send_mail(reader.email, "book_step", context, reader.language)
