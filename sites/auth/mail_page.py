"""The mails of a laptop's house, to be read and clicked; outside local there is no such page."""

from __future__ import annotations

from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from sites.mail.kept import KeptMail, kept_mail, kept_mails

#: A mail brings styles of its own and nothing else: no script, no form, and a place of its own.
_MAIL_POLICY = {
    "default-src": [NONE],
    "style-src": [UNSAFE_INLINE],
    "img-src": [SELF, "data:"],
    "base-uri": [SELF],
    "frame-ancestors": [SELF],
    "sandbox": ["allow-top-navigation-by-user-activation"],
}


@never_cache
@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """List what was sent, newest first."""
    _require_local()
    return render(request, "auth/mails.html", {"mails": kept_mails()})


@never_cache
@require_safe
def mail(request: HttpRequest, name: str) -> HttpResponse:
    """One mail: as it looks, and as text."""
    response = render(request, "auth/mail.html", {"mail": _find(name)})
    response._csp_update = {"frame-src": [SELF]}  # type: ignore[attr-defined]  # read by django-csp
    return response


@never_cache
@require_safe
@xframe_options_sameorigin
def mail_html(request: HttpRequest, name: str) -> HttpResponse:
    """A mail's HTML as its reader gets it, except that its links leave the frame."""
    html = _find(name).html
    response = HttpResponse(html.replace("<head>", '<head><base target="_top">', 1))
    response._csp_config = _MAIL_POLICY  # type: ignore[attr-defined]
    return response


def _find(name: str) -> KeptMail:
    _require_local()
    found = kept_mail(name)
    if found is None:
        raise Http404
    return found


def _require_local() -> None:
    if settings.MAIL_ROOT is None:
        raise Http404
