"""Become an author, and change afterwards what stands on covers and on one's page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from sites.accounts.models import User
from sites.accounts.roles import AUTHOR
from sites.books.actions.author_profile import LONGEST_NAME, ProfileRefused
from sites.books.actions.become_author import become_author, require_not_dismissed
from sites.books.actions.save_profile import save_profile
from sites.books.models import Author, AuthorInvitation
from sites.desk.admin import person_of
from sites.desk.site import DeskSite
from sites.desk.typed_text import one_line, some_lines
from sites.links import host_root
from sites.publish.desk_page import desk_page
from sites.returning import by_way_of, safe_return


class ProfileForm(forms.Form):
    """A name for covers and a few lines; what nobody can see is taken out, and the action judges
    the lengths."""

    name = forms.CharField(
        label=gettext_lazy("Your name on covers"),
        widget=forms.TextInput({"class": "desk-field", "autocomplete": "name"}),
        help_text=gettext_lazy(
            "Your own, or a pen name. Readers see it; your account's they don't."
        ),
        error_messages={
            "required": gettext_lazy("Write the name that is to stand on your covers.")
        },
    )
    bio = forms.CharField(
        label=gettext_lazy("About you"),
        required=False,
        widget=forms.Textarea({"rows": 6, "class": "desk-field", "dir": "auto"}),
        help_text=gettext_lazy("A few lines for your page. You can write them later."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""

    def clean_name(self) -> str:
        return one_line(self.cleaned_data["name"])

    def clean_bio(self) -> str:
        return some_lines(self.cleaned_data["bio"])

    def refuse(self, refusal: ProfileRefused) -> None:
        """Put an action's refusal below its field."""
        self.add_error(refusal.field, str(refusal))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Make an author of whoever is signed in, and lead them to the desk."""
    user = request.user
    if not isinstance(user, User):
        here = f"{host_root('publish')}{request.get_full_path()}"
        return by_way_of("sign_in", here)
    target = safe_return(request, request.POST.get("next") or request.GET.get("next"))
    profile = Author.objects.filter(user=user).first()
    if profile and user.has_role(AUTHOR):
        return HttpResponseRedirect(target)
    require_not_dismissed(user)
    sent = request.method == "POST"
    form = ProfileForm(request.POST if sent else None, initial={"name": user.name[:LONGEST_NAME]})
    if sent and (profile or form.is_valid()) and _become(user, profile, form):
        messages.success(request, _("Welcome to the writing desk."))
        return HttpResponseRedirect(target)
    asked = AuthorInvitation.objects.open(timezone.now()).to(user).count()
    context = {"form": form, "profile": profile, "next": target, "asked": asked}
    return render(request, "publish/join.html", context)


def _become(user: User, profile: Author | None, form: ProfileForm) -> bool:
    told = {} if profile else form.cleaned_data
    try:
        become_author(user, name=told.get("name", ""), bio=told.get("bio", ""), now=timezone.now())
    except ProfileRefused as refusal:
        form.refuse(refusal)
        return False
    return True


def profile(desk: DeskSite, request: HttpRequest) -> HttpResponse:
    """Show and change one's own author's page; who has none is led to become an author."""
    user = person_of(request)
    own = Author.objects.filter(user=user).first()
    if own is None:
        return HttpResponseRedirect(reverse("join"))
    sent = request.method == "POST"
    form = ProfileForm(request.POST if sent else None, initial={"name": own.name, "bio": own.bio})
    if sent and form.is_valid():
        try:
            save_profile(
                own,
                name=form.cleaned_data["name"],
                bio=form.cleaned_data["bio"],
                by=user,
                now=timezone.now(),
            )
        except ProfileRefused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("Your author's page is saved."))
            return HttpResponseRedirect(request.path)
    context = {"title": _("Your author's page"), "form": form, "author": own}
    return desk_page(desk, request, "publish/profile.html", context)
