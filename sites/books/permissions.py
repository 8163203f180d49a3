"""Who may do what with books. Actions ask here; templates only hide what would be refused."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from sites.accounts.models import User
from sites.accounts.roles import AUTHOR, EDITOR, HOUSE_EDITORS
from sites.books.models import Authorship, Book

Person = User | AnonymousUser


def is_editor(user: Person) -> bool:
    return isinstance(user, User) and (user.is_superuser or user.has_role(EDITOR))


def may_import(user: Person) -> bool:
    """Authors bring their own books, editors any."""
    return isinstance(user, User) and (is_editor(user) or user.has_role(AUTHOR))


def may_edit(user: Person, book: Book) -> bool:
    """Editors, moderators and managers edit all books, authors those with their name on the cover."""
    if not isinstance(user, User) or not user.is_active:
        return False
    if user.is_superuser or user.has_role(*HOUSE_EDITORS):
        return True
    return Authorship.objects.filter(book=book, author__user=user).exists()


def require_import(user: Person) -> None:
    """Raises ``PermissionDenied`` with the reason."""
    if not may_import(user):
        raise PermissionDenied(_("Only authors and editors may bring books in."))


def require_edit(user: Person, book: Book) -> None:
    """Raises ``PermissionDenied`` with the reason."""
    if not may_edit(user, book):
        raise PermissionDenied(_("Only its authors and editors may change this book."))
