"""robots.txt of each host."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from sites.links import host_root


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Welcome search engines on main and chapter in production, and nowhere else."""
    host = request.host  # type: ignore[attr-defined]  # set by HostMiddleware
    welcome = settings.HOST_NAMES.public and host.indexed
    lines = ["User-agent: *", "Disallow:" if welcome else "Disallow: /"]
    if welcome:
        lines.append(f"Sitemap: {host_root(host.key)}/sitemap.xml")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
