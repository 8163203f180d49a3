"""Content security policies: strict for readers, and what Unfold needs on the two admin hosts."""

from __future__ import annotations

from typing import Any

from csp.constants import NONCE, NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

Directives = dict[str, Any]

#: Nothing here needs the device: the list takes from scripts what they could otherwise ask for.
PERMISSIONS_POLICY = (
    "camera=(), microphone=(), geolocation=(), payment=(), usb=(), interest-cohort=()"
)


def policies(*, origins: list[str], media: str, uploads: str) -> dict[str, Directives]:
    """Give the directives of each policy that ``sites.hosts`` names.

    ``origins`` are the five hosts: signing in and out posts across them, and browsers apply
    ``form-action`` to the redirects that follow, too. ``media`` is the origin of covers and
    pictures, or nothing where it is the host itself; ``uploads`` that of the bucket to which the
    desks send files.
    """
    pictures = [SELF, "data:", *([media] if media else [])]
    strict: Directives = {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": pictures,
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF, *origins],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
    admin = strict | {
        # Alpine.js evaluates expressions from attributes; Unfold writes style attributes.
        "script-src": [SELF, UNSAFE_EVAL, NONCE],
        "style-src": [SELF, UNSAFE_INLINE],
        "connect-src": [SELF, *([uploads] if uploads else [])],
    }
    return {"strict": strict, "admin": admin}


class SecurityPolicyMiddleware(CSPMiddleware):
    """Send the policy of the request's host; what no host answers gets the strict one."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if not report_only and parts.config is None:
            host = getattr(request, "host", None)
            parts.config = settings.CSP_POLICIES[host.policy if host else "strict"]
        return parts

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        host = getattr(request, "host", None)
        if not settings.HOST_NAMES.public or (host and not host.indexed):
            response.headers.setdefault("X-Robots-Tag", "noindex")
        styles: list[str] = getattr(request, "csp_styles", [])  # {% inline_style %}
        if styles:
            known = getattr(response, "_csp_update", None) or {}
            known = known | {"style-src": [*known.get("style-src", []), *styles]}
            response._csp_update = known  # type: ignore[attr-defined]  # read by django-csp
        return super().process_response(request, response)
