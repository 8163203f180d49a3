"""Who may do what with books. Actions ask here; templates only hide what would be refused."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from sites.accounts.models import Person, User
from sites.accounts.roles import AUTHOR, EDITOR, HOUSE_EDITORS, MANAGER
from sites.books.models import Authorship, Book


def is_editor(user: Person) -> bool:
    """Does this person work on every book at the writing desk?"""
    return isinstance(user, User) and user.is_one_of(EDITOR)


def is_house_editor(user: Person) -> bool:
    """Does this person work on everybody's books, at the office or at the writing desk?"""
    return isinstance(user, User) and user.is_one_of(*HOUSE_EDITORS)


def may_decide(user: Person, book: Book) -> bool:
    """May this person answer a submission? Editors and managers, and nobody about a book with their
    own name on the cover, superusers apart."""
    if not isinstance(user, User) or not user.is_one_of(EDITOR, MANAGER):
        return False
    own = Authorship.objects.filter(book=book, author__user=user)
    return user.is_superuser or not own.exists()


def may_import(user: Person) -> bool:
    """Authors bring their own books, editors any."""
    return isinstance(user, User) and user.is_one_of(AUTHOR, EDITOR)


def may_edit(user: Person, book: Book) -> bool:
    """Editors, moderators and managers edit all books, authors those with their name on the cover."""
    if not isinstance(user, User) or not user.is_active:
        return False
    if user.is_one_of(*HOUSE_EDITORS):
        return True
    return Authorship.objects.filter(book=book, author__user=user).exists()


def may_invite(user: Person, book: Book) -> bool:
    """May this person ask others onto the cover? Those whose own name stands there as an author's;
    translators and illustrators do not, and editors set names themselves."""
    if not isinstance(user, User) or not user.is_active:
        return False
    own = Authorship.objects.filter(book=book, author__user=user, role=Authorship.Role.AUTHOR)
    return own.exists()


def may_link_account(user: Person) -> bool:
    """May this person say whose account stands behind an author's name? It gives that account
    rights on every book with the name."""
    return isinstance(user, User) and user.is_one_of(MANAGER)


def require_import(user: Person) -> None:
    """Raises ``PermissionDenied`` with the reason."""
    if not may_import(user):
        raise PermissionDenied(_("Only authors and editors may bring books in."))


def require_edit(user: Person, book: Book) -> None:
    """Raises ``PermissionDenied`` with the reason."""
    if not may_edit(user, book):
        raise PermissionDenied(_("Only its authors and editors may change this book."))


def require_decide(user: Person, book: Book) -> None:
    """Raises ``PermissionDenied`` with the reason."""
    if not may_decide(user, book):
        raise PermissionDenied(
            _("Only editors and managers decide on a book, and nobody on their own.")
        )


def require_invite(user: Person, book: Book) -> None:
    """Raises ``PermissionDenied`` with the reason."""
    if not may_invite(user, book):
        raise PermissionDenied(
            _("Only the authors on the cover of this book invite others. Ask one of them.")
        )


def require_link_account(user: Person) -> None:
    """Raises ``PermissionDenied`` with the reason."""
    if not may_link_account(user):
        raise PermissionDenied(
            _("Only managers decide whose account stands behind an author's name.")
        )
