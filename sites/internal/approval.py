"""The page on which an editor reads a submission, talks about it and answers it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from sites.books.actions.comment_on_submission import Anchor
from sites.books.actions.own_submission import own_submission
from sites.books.exceptions import BookError
from sites.books.models import Authorship, Outcome, Submission
from sites.desk.admin import person_of
from sites.desk.read_text import text_to_read
from sites.desk.talk import CommentForm, talk_about
from sites.internal import submissions
from sites.internal.ages import age_in_words
from sites.internal.approval_forms import AnswerForm, OwnerForm
from sites.internal.permissions import reads_submissions


def approval(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a submission with one of its chapters."""
    return _page(request, _find(request, pk))


def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an editor's answer; a refused one comes back as it was typed."""
    submission = _find(request, pk)
    if request.method != "POST":
        return _back(submission)
    form = AnswerForm(request.POST, submission=submission)
    if not form.give(by=person_of(request), now=timezone.now()):
        return _page(request, submission, answer_form=form)
    submission.refresh_from_db(fields=["outcome"])
    messages.success(request, _done(submission))
    return _back(submission)


def comment(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a comment; a refused one comes back as it was typed."""
    submission = _find(request, pk)
    if request.method != "POST":
        return _back(submission)
    form = CommentForm(request.POST, submission=submission)
    said = form.say(by=person_of(request), now=timezone.now())
    if said is None:
        return _page(request, submission, comment_form=form)
    messages.success(request, _("Your comment is sent."))
    about = said.chapter
    page = submissions.chapter_link(submission, about) if about else _path(submission)
    return HttpResponseRedirect(f"{page}#{said.paragraph or 'talk'}")


def owner(request: HttpRequest, pk: int) -> HttpResponse:
    """Say who looks after the submission."""
    submission = _find(request, pk)
    form = OwnerForm(request.POST)
    if request.method != "POST":
        return _back(submission)
    if not form.is_valid():
        messages.error(request, _("Choose one of the colleagues in the list."))
        return _back(submission)
    wanted = form.cleaned_data["owner"]
    if wanted == submission.owner:  # sent twice
        return _back(submission)
    try:
        own_submission(submission.book, owner=wanted, by=person_of(request), now=timezone.now())
    except BookError as refusal:
        messages.error(request, str(refusal))
        return _back(submission)
    messages.success(request, _owned(wanted == request.user, wanted))
    return _back(submission)


def _owned(by_oneself: bool, wanted: Any) -> str:
    if wanted is None:
        return _("Nobody looks after this book now.")
    if by_oneself:
        return _("You look after this book now.")
    return _("%(name)s looks after this book now.") % {"name": wanted}


def _find(request: HttpRequest, pk: int) -> Submission:
    if not reads_submissions(request.user):
        raise PermissionDenied(_("Only editors and managers see what authors have submitted."))
    return submissions.find_submission(pk)


def _path(submission: Submission) -> str:
    return reverse("internal:approval", args=(submission.pk,))


def _back(submission: Submission) -> HttpResponseRedirect:
    return HttpResponseRedirect(_path(submission))


def _done(submission: Submission) -> str:
    return {
        Outcome.APPROVED: _("The book is approved: readers see it from its moment on."),
        Outcome.CHANGES_REQUESTED: _("The book is back with its authors."),
        Outcome.REJECTED: _("The book is rejected, and its authors are told why."),
    }[Outcome(submission.outcome)]


def _page(
    request: HttpRequest,
    submission: Any,
    *,
    comment_form: CommentForm | None = None,
    answer_form: AnswerForm | None = None,
) -> TemplateResponse:
    from sites.internal.site import site  # which has this view among its addresses

    user, now = person_of(request), timezone.now()
    own = submissions.is_on_cover(submission, user) and not user.is_superuser
    request.current_app = site.name
    context = {
        **site.each_context(request),
        "title": submission.book.title,
        "submission": submission,
        "book": submission.book,
        "user": user,
        "age": age_in_words(submission, now),
        "names": _names(submission),
        "genres": submissions.genre_names(submission),
        "extent": submissions.extent_of(submission),
        "is_own": own,
        "may_answer": not submission.outcome and not own,
        "answer_form": answer_form or AnswerForm(submission=submission),
        "seen": submission.book.written_at.isoformat(),
        "answered": answer_form.data.get("answer", "") if answer_form else "",
        "answer_now": submission.book.publish_at is None or submission.book.publish_at <= now,
        "talk": talk_about(
            submission,
            page=request.GET.get("talk", 1),
            link=lambda chapter: submissions.chapter_link(submission, chapter),
            count=submission.comment_count or 0,
        ),
        "comment_action": reverse("internal:approval_comment", args=(submission.pk,)),
        **_reading(request, submission, comment_form),
    }
    return TemplateResponse(request, "internal/approval.html", context)


def _names(submission: Any) -> list[dict[str, str]]:
    roles = dict(Authorship.Role.choices)
    return [{"name": row["name"], "role": str(roles[row["role"]])} for row in submission.names]


def _reading(
    request: HttpRequest, submission: Any, comment_form: CommentForm | None
) -> dict[str, Any]:
    """Give the chapter that is read, the list around it, and the form at the chosen paragraph."""
    uid = request.GET.get("chapter", "")
    if comment_form is not None:
        uid = comment_form.data.get("chapter", "")
    opened = submissions.open_chapter(submission, uid) or submissions.open_chapter(submission, "")
    if opened is None:
        return {"comment_form": comment_form or CommentForm(submission=submission)}
    listed = submissions.contents(submission, opened.chapter)
    links = {row.chapter.uid: row.link for row in listed.chapters}
    about = request.GET.get("about", "")
    anchor = Anchor(opened.chapter, about) if about else None
    return {
        "opened": opened,
        "contents": listed,
        "text": text_to_read(
            opened.chapter,
            chapter_url=links.get,
            marks=opened.differences.marks,
            comments=opened.comments,
        ),
        "comment_form": comment_form or CommentForm(submission=submission, about=anchor),
    }
