"""Keep a book on a shelf, follow a book or an author: three small forms."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from sites.accounts.models import Person, User
from sites.books.actions.follow import NotFollowed, follow, unfollow
from sites.books.actions.shelve_book import NotShelved, shelve_book
from sites.books.models import Author, Book
from sites.links import host_url


@require_POST
def shelve(request: HttpRequest, slug: str) -> HttpResponse:
    """Put the book on the shelf that the form names, or off all of them."""
    now = timezone.now()
    book = get_object_or_404(Book.objects.visible_to(request.user, now), slug=slug)
    shelf = request.POST.get("shelf", "")
    try:
        shelve_book(request.user, book, shelf=shelf, now=now)
    except NotShelved as refusal:
        messages.error(request, str(refusal))
    else:
        said = _("The book is on your shelf.") if shelf else _("The book is off your shelves.")
        messages.success(request, said)
    return HttpResponseRedirect(host_url("main", "book", book.slug))


@require_POST
def follow_book(request: HttpRequest, slug: str) -> HttpResponse:
    """Follow the book, or no longer."""
    book = get_object_or_404(Book.objects.visible_to(request.user), slug=slug)
    _follow(request, book)
    return HttpResponseRedirect(host_url("main", "book", book.slug))


@require_POST
def follow_author(request: HttpRequest, slug: str) -> HttpResponse:
    """Follow the author, or no longer."""
    author = get_object_or_404(Author, slug=slug)
    if not _may_know(request.user, author):
        raise Http404
    _follow(request, author)
    return HttpResponseRedirect(host_url("main", "author", author.slug))


def _may_know(user: Person, author: Author) -> bool:
    """A name on drafts alone is not public yet; what somebody follows they can let go."""
    if Book.objects.visible_to(user).filter(authorships__author=author).exists():
        return True
    return isinstance(user, User) and author.followers.filter(user=user).exists()


def _follow(request: HttpRequest, target: Book | Author) -> None:
    if request.POST.get("follow") == "no":
        unfollow(request.user, target)
        messages.success(request, _("You no longer follow this."))
        return
    try:
        follow(request.user, target, now=timezone.now())
    except NotFollowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("You follow this now."))
