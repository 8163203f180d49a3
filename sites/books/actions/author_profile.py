"""What an author says of themselves: the name on covers, and a few lines about them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import reduce
from itertools import chain, count
from operator import or_
from typing import Final

from django.db import connection
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from sites.books.exceptions import BookError
from sites.books.models import Author, MergedSlug

#: Characters: what fits on the spine of a cover in one line, twice over.
LONGEST_NAME: Final = 100
#: Characters: half a page, and less than the column holds.
LONGEST_ABOUT: Final = 2000

SLUG_LENGTH: Final = 80  # of the column
#: Last parts of addresses below "authors" that are no author's, now or later.
RESERVED_AUTHOR_SLUGS: Final = frozenset(
    {"a", "all", "author", "authors", "feed", "new", "page", "search"}
)

#: Unicode's categories that belong in no name: controls, halves of a pair, private letters.
_UNWANTED: Final = frozenset({"Cc", "Cs", "Co"})
#: Unicode's explicit directional formatting (UAX #9), which turns what stands beside the name.
_DIRECTIONS: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LETTERS_AND_DIGITS: Final = frozenset("LN")
_LINE_ENDS: Final = frozenset("\n\t")


class ProfileRefused(BookError):
    """A name or a text cannot stand on a cover; ``field`` is ``name`` or ``bio``."""

    def __init__(self, field: str, sentence: str) -> None:
        self.field = field
        super().__init__(sentence)


def clean_name(typed: str) -> str:
    """Give a name as it stands on covers. Raises ``ProfileRefused``."""
    name = " ".join(typed.split())
    if not any(unicodedata.category(letter)[0] in _LETTERS_AND_DIGITS for letter in name):
        raise ProfileRefused("name", _("Write the name that is to stand on your covers."))
    if len(name) > LONGEST_NAME:
        raise ProfileRefused(
            "name",
            _("A name has at most %(most)d characters; this one has %(number)d.")
            % {"most": LONGEST_NAME, "number": len(name)},
        )
    _refuse_unseen("name", name)
    return name


def clean_about(typed: str) -> str:
    """Give what stands on an author's page. Raises ``ProfileRefused``."""
    about = plain_lines(typed)
    if len(about) > LONGEST_ABOUT:
        raise ProfileRefused(
            "bio",
            _("Say it in at most %(most)d characters; this has %(number)d.")
            % {"most": LONGEST_ABOUT, "number": len(about)},
        )
    _refuse_unseen("bio", about)
    return about


def plain_lines(typed: str) -> str:
    """Give a text of several lines with the line ends that are stored."""
    return typed.replace("\r\n", "\n").replace("\r", "\n").strip()


def free_author_slugs(names: Sequence[str]) -> list[str]:
    """Give each name an address that no author has or had: the name's, with a number where that is
    taken.

    Called in the transaction that stores the authors: until its end nobody else is given an
    address, so that two people of one name can join in the same instant.
    """
    stems = [slugify(name)[: SLUG_LENGTH - 6].strip("-") or "author" for name in names]
    if not stems:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('books.author.slug', 0))")
    alike = reduce(or_, (Q(slug__startswith=stem) for stem in set(stems)))
    authors = Author.objects.filter(alike).order_by().values_list("slug")
    former = MergedSlug.objects.filter(alike, genre=None).order_by().values_list("slug")
    taken = {*RESERVED_AUTHOR_SLUGS, *(slug for (slug,) in authors.union(former))}
    slugs = []
    for stem in stems:
        numbered = (f"{stem}-{number}" for number in count(2))
        slug = next(slug for slug in chain((stem,), numbered) if slug not in taken)
        taken.add(slug)
        slugs.append(slug)
    return slugs


def _refuse_unseen(field: str, text: str) -> None:
    for character in text:
        hidden = unicodedata.category(character) in _UNWANTED and character not in _LINE_ENDS
        if hidden or character in _DIRECTIONS:
            raise ProfileRefused(
                field, _("There is a character in this text that nobody can see. Type it anew.")
            )
