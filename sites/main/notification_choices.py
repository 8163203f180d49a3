"""How somebody wants to be told of what, and the address that ends the mails."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http import HttpResponseRedirect as Redirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from sites.accounts.models import User
from sites.community.actions.choose_ways import choose_ways, end_mails
from sites.community.models.notification_choice import Topic, Way
from sites.community.unsubscribing import whose
from sites.community.ways_to_tell import topics_for, ways_of
from sites.links import host_url
from sites.returning import by_way_of


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def choices(request: HttpRequest) -> HttpResponse:
    """Show the choices, and keep those that are sent."""
    if not isinstance(request.user, User):
        return by_way_of("sign_in", host_url("main", "notification_choices"))
    if request.method == "POST":
        choose_ways(request.user, _sent(request, request.user), now=timezone.now())
        messages.success(request, _("Your choices are kept."))
        return Redirect(host_url("main", "notification_choices"))
    context = {"ways": ways_of(request.user), "choices": Way.choices}
    return render(request, "main/notification_choices.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """End the mails for whom the address was made, without a sign-in. Mail programs send a form here by
    themselves (RFC 8058), and people press the one button: to open the page changes nothing, since
    programs that look for harmful links open all of them."""
    person = whose(token)
    if person is None:
        raise Http404
    is_done = request.method == "POST"
    if is_done:
        end_mails(person, now=timezone.now())
    return render(request, "main/unsubscribe.html", {"is_done": is_done})


def _sent(request: HttpRequest, user: User) -> dict[Topic, Way]:
    """Give what was chosen; what is no topic of theirs, or no way, is passed over."""
    sent = {topic: request.POST.get(topic.value, "") for topic in topics_for(user)}
    return {topic: Way(way) for topic, way in sent.items() if way in Way.values}
