"""The fallback urlconf: what is asked of no host. Health is answered before Django (asgi.py)."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver

from sites.errors import HANDLERS

urlpatterns: list[URLPattern | URLResolver] = []

handler400 = HANDLERS["handler400"]
handler403 = HANDLERS["handler403"]
handler404 = HANDLERS["handler404"]
handler500 = HANDLERS["handler500"]
