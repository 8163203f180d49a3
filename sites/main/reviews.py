"""What readers think of a book: the list, and small forms that work without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from sites.accounts.limits import TooManyAttempts
from sites.books.models import Book
from sites.community.actions.mute_person import mute_person
from sites.community.actions.report import report as report_said
from sites.community.actions.vote_on_review import vote_on_review
from sites.community.actions.write_review import Opinion, remove_review, write_review
from sites.community.exceptions import CommunityError
from sites.community.models import Review
from sites.community.reviews import reviews_of
from sites.main.review_choices import review_choices
from sites.row_key import row_key


@require_safe
@never_cache
def reviews(request: HttpRequest, slug: str) -> HttpResponse:
    """All reviews of a book, page by page."""
    book = _book(request, slug, for_cards=True)
    order, number = request.GET.get("order", ""), row_key(request.GET.get("page", "")) or 1
    page = reviews_of(book, request.user, order=order, number=number)
    context = {"book": book, "reviews": page, **review_choices()}
    return render(request, "main/reviews.html", context)


@require_POST
def write(request: HttpRequest, slug: str) -> HttpResponse:
    """Write one's review, or write it anew."""
    book = _book(request, slug)
    sent = request.POST
    opinion = Opinion(
        row_key(sent.get("stars", "")) or 0, sent.get("text", ""), sent.get("spoiler") == "on"
    )
    try:
        write_review(request.user, book, opinion=opinion, now=timezone.now())
    except (CommunityError, TooManyAttempts, PermissionDenied) as refusal:
        return _written_back(request, slug, opinion, refusal)
    messages.success(request, _("Your review stands here now."))
    return HttpResponseRedirect(f"{reverse('book', args=(slug,))}#reviews")


def _written_back(
    request: HttpRequest, slug: str, opinion: Opinion, refusal: Exception
) -> HttpResponse:
    """Show the form again with all that was typed, and why it was refused."""
    book = _book(request, slug, for_cards=True)
    messages.error(request, str(refusal))
    context = {
        "book": book,
        "reviews": reviews_of(book, request.user),
        "draft": opinion,
        **review_choices(),
    }
    statuses = {TooManyAttempts: 429, PermissionDenied: 403}
    status = statuses.get(type(refusal), 400)
    return render(request, "main/reviews.html", context, status=status)


@require_POST
def remove(request: HttpRequest, slug: str) -> HttpResponse:
    """Remove one's own review."""
    book = _book(request, slug)
    remove_ = partial(remove_review, request.user, book)
    return _try(request, book, remove_, _("Your review is removed."))


@require_POST
def vote(request: HttpRequest, slug: str, review: int) -> HttpResponse:
    """Say whether a review helped: ``helpful`` is yes, no, or nothing to take the vote back."""
    one = _review(request, slug, review)
    helpful = {"yes": True, "no": False}.get(request.POST.get("helpful", ""))

    def act() -> None:
        try:
            vote_on_review(request.user, one.pk, is_helpful=helpful, now=timezone.now())
        except Review.DoesNotExist:
            raise Http404 from None

    return _try(request, one.book, act, _("Thank you."))


@require_POST
def report(request: HttpRequest, slug: str, review: int) -> HttpResponse:
    """Ask the moderators to look at a review."""
    one = _review(request, slug, review)
    reason, text = request.POST.get("reason", ""), request.POST.get("text", "")
    return _try(
        request,
        one.book,
        lambda: report_said(one, reason=reason, text=text, by=request.user, now=timezone.now()),
        _("Thank you. Moderators will look at it."),
    )


@require_POST
def mute(request: HttpRequest, slug: str, review: int) -> HttpResponse:
    """Read nothing more of the person who wrote a review."""
    one = _review(request, slug, review)
    return _try(
        request,
        one.book,
        lambda: mute_person(one.author, by=request.user, now=timezone.now()),
        _("You will read nothing more of this person."),
    )


def _book(request: HttpRequest, slug: str, *, for_cards: bool = False) -> Book:
    books = Book.objects.visible_to(request.user)
    return get_object_or_404(books.for_cards() if for_cards else books, slug=slug)


def _review(request: HttpRequest, slug: str, key: int) -> Review:
    """Find a review that this person sees."""
    shown = Review.objects.of_book(_book(request, slug)).shown_to(request.user)
    return get_object_or_404(shown.select_related("author", "book"), pk=key)


def _try(request: HttpRequest, book: Book, act: Callable[[], object], said: str) -> HttpResponse:
    """Do it, say what came of it, and lead back to where the form was."""
    try:
        act()
    except (CommunityError, TooManyAttempts) as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said)
    page = "reviews" if request.POST.get("from") == "list" else "book"
    return HttpResponseRedirect(f"{reverse(page, args=(book.slug,))}#reviews")
