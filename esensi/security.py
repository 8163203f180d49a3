"""Content security policies: strict for readers, and what Unfold needs on the two admin hosts."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from csp.constants import HEADER, NONCE, NONE, SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CheckableLazyObject, CSPMiddleware, PolicyParts
from csp.utils import build_policy
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
        if _is_usual(request, response):
            name = host.policy if host else "strict"
            response.headers[HEADER] = _usual_policy(name, tuple(styles))
            # As django-csp does it: a nonce that is asked for from now on would open nothing.
            request.csp_nonce = CheckableLazyObject(self._csp_nonce_post_response)  # type: ignore[attr-defined]
            return response
        if styles:
            known = getattr(response, "_csp_update", None) or {}
            known = known | {"style-src": [*known.get("style-src", []), *styles]}
            response._csp_update = known  # type: ignore[attr-defined]  # read by django-csp
        return super().process_response(request, response)


#: What an answer says that has a policy of its own, by django-csp's names.
_OWN_POLICY = ("_csp_config", "_csp_update", "_csp_replace", "_csp_exempt")


def _is_usual(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Is this an answer with the policy of its host, without a nonce? Nearly all are."""
    return (
        getattr(request, "_csp_nonce", None) is None
        and HEADER not in response.headers
        and not settings.DEBUG
        and not any(hasattr(response, name) for name in _OWN_POLICY)
    )


@lru_cache(maxsize=1_000)
def _usual_policy(name: str, styles: tuple[str, ...]) -> str:
    """Give the header of a host's policy; ``styles`` are the hashes of the page's own."""
    update = {"style-src": list(styles)} if styles else None
    policy: str = build_policy(config=settings.CSP_POLICIES[name], update=update)
    return policy
