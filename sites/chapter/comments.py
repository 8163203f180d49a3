"""What readers say about a chapter: pages and small forms that work without JavaScript. Scripts send
the same forms without ``next``, and get 204 or one sentence."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from sites.accounts.models import User
from sites.books.models import Chapter
from sites.books.text.allowed import PARAGRAPH_ID
from sites.books.text.blocks import paragraph_words
from sites.chapter.answering import Again, Answers, answer
from sites.community.actions.edit_comment import delete_comment, edit_comment
from sites.community.actions.like_comment import like_comment
from sites.community.actions.mute_person import mute_person, unmute_person
from sites.community.actions.report import report
from sites.community.actions.write_comment import Draft, write_comment
from sites.community.conversation import Page, Shown, conversation, own_comment, page_of
from sites.community.models import Comment, Mute, Report, ReportReason
from sites.community.models.comment import LONGEST_COMMENT, LONGEST_QUOTE
from sites.community.models.report import LONGEST_REMARK, ReportState
from sites.links import host_url
from sites.returning import by_way_of
from sites.row_key import row_key

#: People on the page of those who are muted: all of them (``mute_person.MOST_MUTED``).
MUTED_SHOWN = 500


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def comments(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A page of what is said (``part=list``: the list alone, for scripts), and what is written."""
    chapter = _chapter(request, slug, number)
    if request.method == "POST":
        write = partial(_write, request, chapter)
        again = _again(chapter, "form.html")
        return _answer(request, chapter, write, _("Your comment stands."), again)
    paragraph = _paragraph(request.GET.get("paragraph"))
    page = page_of(
        chapter, request.user, paragraph=paragraph, before=row_key(request.GET.get("before", ""))
    )
    context = {
        **_context(chapter),
        "page": page,
        "paragraph": paragraph or "",
        "is_all": paragraph is None,
        "is_first": "before" not in request.GET,
        "more": _more(chapter, page, paragraph),
        "quote": _quote(chapter, paragraph),
        "is_part": request.GET.get("part") == "list",
    }
    template = "chapter/talk/part.html" if context["is_part"] else "chapter/talk/comments.html"
    return render(request, template, context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def one_comment(request: HttpRequest, slug: str, number: int, comment: int) -> HttpResponse:
    """One conversation, with all that can be done about the comment; POST edits it."""
    chapter = _chapter(request, slug, number)
    if request.method == "POST":
        one = _comment(request, chapter, comment)
        edit = partial(
            edit_comment,
            one,
            text=request.POST.get("text", ""),
            spoiler="spoiler" in request.POST,
            **_who_and_when(request),
        )
        again = _again(chapter, "edit_form.html", one)
        return _answer(request, chapter, edit, _("Your comment is changed."), again)
    after = row_key(request.GET.get("after", ""))
    page = conversation(chapter, comment, request.user, after=after)
    if page is None:
        raise Http404
    everything = [page.shown[0], *page.shown[0].answers]
    one_shown = next((one for one in everything if one.comment.pk == comment), page.shown[0])
    context = {
        **_context(chapter),
        "page": page,
        "is_all": True,
        "is_conversation": True,
        "more": f"?after={page.older}" if page.older else "",
        "one": one_shown,
        **_report_choices(),
        "decided": _decided(one_shown),
    }
    return render(request, "chapter/talk/comment_page.html", context)


@require_POST
def delete(request: HttpRequest, slug: str, number: int, comment: int) -> HttpResponse:
    chapter = _chapter(request, slug, number)
    one = _comment(request, chapter, comment)
    act = partial(delete_comment, one, **_who_and_when(request))
    return _answer(request, chapter, act, _("Your comment is deleted."))


@require_POST
def like(request: HttpRequest, slug: str, number: int, comment: int) -> HttpResponse:
    chapter = _chapter(request, slug, number)
    one = _comment(request, chapter, comment)
    wanted = request.POST.get("like") != "no"
    act = partial(like_comment, one, like=wanted, **_who_and_when(request))
    return _answer(request, chapter, act, "")


@require_POST
def report_comment(request: HttpRequest, slug: str, number: int, comment: int) -> HttpResponse:
    chapter = _chapter(request, slug, number)
    one = _comment(request, chapter, comment)
    reason, text = request.POST.get("reason", ""), request.POST.get("text", "")
    act = partial(report, one, reason=reason, text=text, **_who_and_when(request))
    again = _again(chapter, "report_form.html", one)
    return _answer(request, chapter, act, _("Thank you. The moderators will look at it."), again)


@require_POST
def mute(request: HttpRequest, slug: str, number: int, comment: int) -> HttpResponse:
    """Mute who wrote it."""
    chapter = _chapter(request, slug, number)
    author = _comment(request, chapter, comment).author
    if author is None:
        raise Http404
    act = partial(mute_person, author, **_who_and_when(request))
    return _answer(request, chapter, act, _("You will read nothing more of this person."))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def muted(request: HttpRequest) -> HttpResponse:
    """Whom one has muted, to hear them again."""
    if not isinstance(request.user, User):
        return by_way_of("sign_in", host_url("chapter", "muted"))
    if request.method == "POST":
        unmute_person(row_key(request.POST.get("person", "")) or 0, by=request.user)
        messages.success(request, _("You read this person again."))
        return HttpResponseRedirect(reverse("muted"))
    mutes = Mute.objects.by(request.user).select_related("of")[:MUTED_SHOWN]
    return render(request, "chapter/talk/muted.html", {"mutes": mutes})


def _write(request: HttpRequest, chapter: Chapter) -> Comment:
    parent = request.POST.get("parent", "")
    draft = Draft(
        text=request.POST.get("text", ""),
        paragraph=request.POST.get("paragraph", ""),
        parent=(row_key(parent) or 0) if parent else None,
        spoiler="spoiler" in request.POST,
    )
    return write_comment(chapter, draft, **_who_and_when(request))


def _who_and_when(request: HttpRequest) -> dict[str, Any]:
    return {"by": request.user, "now": timezone.now()}


def _answer(
    request: HttpRequest,
    chapter: Chapter,
    act: Callable[[], Any],
    said: str,
    again: Again | None = None,
) -> HttpResponse:
    usual = reverse("comments", args=(chapter.book.slug, chapter.number))
    return answer(request, act, Answers(said, _told, usual, again))


def _told(made: Any) -> HttpResponse:
    response = HttpResponse(status=204)
    if isinstance(made, Comment):
        response["X-Comment"] = str(made.pk)
    return response


def _again(chapter: Chapter, form: str, comment: Comment | None = None) -> Again:
    context = _context(chapter) | {"comment": comment, **_report_choices()}
    return Again(f"chapter/talk/{form}", context)


def _report_choices() -> dict[str, Any]:
    return {"reasons": ReportReason.choices, "longest_remark": LONGEST_REMARK}


def _chapter(request: HttpRequest, slug: str, number: int) -> Chapter:
    """Find a chapter that this person may read; 404 for what is missing and hidden alike."""
    chapters = Chapter.objects.readable_by(request.user).select_related("book")
    return get_object_or_404(chapters, book__slug=slug, number=number)


def _comment(request: HttpRequest, chapter: Chapter, key: int) -> Comment:
    found = own_comment(chapter, key, request.user)
    if found is None:
        raise Http404
    return found


def _paragraph(asked: str | None) -> str | None:
    """Read which paragraph is asked for: empty is the chapter as a whole, None is everything."""
    if asked is None or (asked and not PARAGRAPH_ID.fullmatch(asked)):
        return None
    return asked


def _quote(chapter: Chapter, paragraph: str | None) -> str:
    words = paragraph_words(chapter.text, paragraph) if paragraph else ""
    return (words or "")[:LONGEST_QUOTE]


def _more(chapter: Chapter, page: Page, paragraph: str | None) -> str:
    """Give the address of the next page, or nothing."""
    if page.older is None:
        return ""
    asked = {"before": page.older} | ({} if paragraph is None else {"paragraph": paragraph})
    address = reverse("comments", args=(chapter.book.slug, chapter.number))
    return f"{address}?{urlencode(asked)}"


def _context(chapter: Chapter) -> dict[str, Any]:
    return {
        "book": chapter.book,
        "chapter": chapter,
        "chapter_address": host_url("chapter", "read", chapter.book.slug, chapter.number),
        "longest_comment": LONGEST_COMMENT,
        "may_write": chapter.is_out() and chapter.book.is_out(),
        "blank": Shown(comment=Comment(pk=0, chapter=chapter), person="", name=""),
    }


def _decided(one: Shown) -> Report | None:
    """Give why one's own comment is hidden."""
    if not (one.is_own and one.comment.hidden_at):
        return None
    upheld = Report.objects.filter(comment=one.comment, state=ReportState.UPHELD)
    return upheld.order_by("-decided_at").first()
