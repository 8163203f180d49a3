from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from sites.auth import views
from sites.common_urls import common_urls
from sites.errors import HANDLERS

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.account, name="account"),
    path("sign-in/", views.sign_in, name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    *common_urls(),
]

handler400 = HANDLERS["handler400"]
handler403 = HANDLERS["handler403"]
handler404 = HANDLERS["handler404"]
handler500 = HANDLERS["handler500"]
