"""Put the names and subjects that a file brings onto a new book."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.text import slugify
from django.utils.translation import gettext as _

from sites.accounts.models import User
from sites.books.actions.author_profile import free_author_slugs
from sites.books.actions.save_book import NoAuthorProfile
from sites.books.importers.book import ImportedBook
from sites.books.models import Author, Authorship, Book, Tag
from sites.books.permissions import is_editor

TAG_LENGTH = 60  # of the columns
TAGS = 12  # more than a book page shows; catalogues list dozens


def credit_imported(book: Book, imported: ImportedBook, *, by: User | None) -> list[str]:
    """Credit a new book's authors and tag it; give remarks for the person who imports.

    A name on a cover gives rights on the book, and shows it on that author's page. So an author's
    own import carries the author's own name alone; editors and the command line (None) bring all
    names, and a name that the house knows is that author. Raises ``NoAuthorProfile``.
    """
    _add_tags(book, imported.subjects)
    if by is None or is_editor(by):
        _add_authors(book, imported)
        return []
    profile = Author.objects.filter(user=by).first()
    if profile is None:
        raise NoAuthorProfile
    Authorship.objects.create(book=book, author=profile)
    others = [person.name for person in imported.authors if person.name != profile.name]
    if not others:
        return []
    return [
        _("The book carries your name; ask an editor to add %(names)s.")
        % {"names": ", ".join(others)}
    ]


def _add_authors(book: Book, imported: ImportedBook) -> None:
    names = [person.name for person in imported.authors]
    known = {
        author.name: author for author in Author.objects.filter(name__in=names).order_by("-pk")
    }
    missing = [name for name in dict.fromkeys(names) if name not in known]
    slugs = free_author_slugs(missing)
    new = [Author(name=name, slug=slug) for name, slug in zip(missing, slugs, strict=True)]
    known |= {author.name: author for author in Author.objects.bulk_create(new)}
    Authorship.objects.bulk_create(
        Authorship(book=book, author=known[person.name], role=person.role, position=position)
        for position, person in enumerate(imported.authors, start=1)
    )


def _add_tags(book: Book, subjects: Sequence[str]) -> None:
    names = list(dict.fromkeys(subject[:TAG_LENGTH] for subject in subjects))[:TAGS]
    # Catalogues write "Whales -- Fiction"; one slug is one tag, however it is written.
    by_slug = {slug: name for name in reversed(names) if (slug := slugify(name)[:TAG_LENGTH])}
    known = set(Tag.objects.filter(slug__in=by_slug).values_list("slug", flat=True))
    Tag.objects.bulk_create(
        (Tag(slug=slug, name=name) for slug, name in by_slug.items() if slug not in known),
        ignore_conflicts=True,
    )
    book.tags.set(Tag.objects.filter(slug__in=by_slug))
