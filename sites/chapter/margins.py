"""What readers mark in a chapter: told to scripts, and kept from them and from plain forms."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from realtime.presence import person
from sites.accounts.models import User
from sites.books.models import Chapter
from sites.books.text.passage import Passage
from sites.chapter.answering import Again, Answers, answer
from sites.community.actions.change_highlight import change_highlight, remove_highlight
from sites.community.actions.keep_highlight import keep_highlight
from sites.community.actions.mute_person import mute_person
from sites.community.actions.report import report
from sites.community.highlights import Marked, marked_in
from sites.community.marks import Style
from sites.community.models import Highlight
from sites.community.models.highlight import Colour
from sites.row_key import row_key


@require_http_methods(["GET", "HEAD", "POST"])
def highlights(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """Give the highlights in a chapter: one's own, and those that others share; or make one. What
    strangers get is the same for all of them, and kept as pages are."""
    chapters = Chapter.objects.readable_by(request.user).select_related("book")
    chapter = get_object_or_404(chapters, book__slug=slug, number=number)
    if request.method == "POST":
        return _keep(request, chapter)
    own, shared = marked_in(request.user, chapter)
    response = JsonResponse({"own": list(map(_own, own)), "shared": list(map(_shared, shared))})
    if isinstance(request.user, User):
        add_never_cache_headers(response)
    return response


def _keep(request: HttpRequest, chapter: Chapter) -> HttpResponse:
    sent = request.POST
    selected = Passage(
        sent.get("paragraph", ""),
        row_key(sent.get("start", "")) or 0,
        sent.get("last_paragraph", ""),
        row_key(sent.get("end", "")) or 0,
        sent.get("quote", ""),
    )
    act = partial(
        keep_highlight,
        request.user,
        chapter,
        selected=selected,
        style=_style(request),
        now=timezone.now(),
    )
    context = {"chapter": chapter, "book": chapter.book, "colours": Colour.choices}
    again = Again("chapter/parts/mark_form.html", context)
    return _answer(request, act, _("The passage is highlighted."), again)


@require_POST
def change(request: HttpRequest, highlight: int) -> HttpResponse:
    """Give one's own highlight another colour or note, or show it to others or no longer."""

    def act() -> Highlight:
        try:
            return change_highlight(
                request.user, highlight, style=_style(request), now=timezone.now()
            )
        except Highlight.DoesNotExist:
            raise Http404 from None

    context = {"highlight": highlight, "colours": Colour.choices}
    again = Again("chapter/parts/mark_form.html", context)
    return _answer(request, act, _("The highlight is changed."), again)


@require_POST
def remove(request: HttpRequest, highlight: int) -> HttpResponse:
    """Remove one's own highlight with its note."""

    def act() -> None:
        try:
            remove_highlight(request.user, highlight)
        except Highlight.DoesNotExist:
            raise Http404 from None

    return _answer(request, act, _("The highlight is removed."))


@require_POST
def report_shared(request: HttpRequest, highlight: int) -> HttpResponse:
    """Ask the moderators to look at what somebody shares."""
    about = _shown(request, highlight)
    reason, text = request.POST.get("reason", ""), request.POST.get("text", "")
    act = partial(report, about, reason=reason, text=text, by=request.user, now=timezone.now())
    return _answer(request, act, _("Thank you. Moderators will look at it."))


@require_POST
def mute(request: HttpRequest, highlight: int) -> HttpResponse:
    """Read nothing more of the person who shares this."""
    about = _shown(request, highlight)
    act = partial(mute_person, about.author, by=request.user, now=timezone.now())
    return _answer(request, act, _("You will read nothing more of this person."))


def _answer(
    request: HttpRequest, act: Callable[[], Any], said: str, again: Again | None = None
) -> HttpResponse:
    """Scripts get a sentence, and the key of the highlight where it is one."""

    def told(made: Any) -> HttpResponse:
        facts = {"highlight": made.pk} if isinstance(made, Highlight) else {}
        return JsonResponse(facts | {"said": said})

    return answer(request, act, Answers(said, told, again=again))


def _shown(request: HttpRequest, key: int) -> Highlight:
    """Find what somebody shares in a chapter that this person may read."""
    shown = Highlight.objects.shown_to(request.user).select_related("author")
    readable = Chapter.objects.readable_by(request.user)
    return get_object_or_404(shown.filter(chapter__in=readable), pk=key)


def _style(request: HttpRequest) -> Style:
    sent = request.POST
    return Style(sent.get("colour", ""), sent.get("note", ""), sent.get("shared") == "on")


def _own(one: Marked) -> dict[str, Any]:
    highlight = one.highlight
    return _as_told(one) | {
        "shared": highlight.is_shared,
        "hidden": highlight.hidden_at is not None,
    }


def _shared(one: Marked) -> dict[str, Any]:
    author = one.highlight.author
    return _as_told(one) | {"name": author.name, "person": person(author.pk)}


def _as_told(one: Marked) -> dict[str, Any]:
    """Places are counted in code points of a paragraph's text."""
    highlight = one.highlight
    return {
        "id": highlight.pk,
        "colour": highlight.colour,
        "quote": highlight.quote,
        "note": highlight.note,
        "parts": [[part.paragraph, part.start, part.end] for part in one.parts],
    }
