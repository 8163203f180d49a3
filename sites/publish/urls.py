from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from sites.common_urls import common_urls
from sites.errors import HANDLERS
from sites.publish.join import join
from sites.publish.sending import upload_urls
from sites.publish.site import site

urlpatterns: list[URLPattern | URLResolver] = [
    *common_urls(),
    # Before the desk: it opens for those who have no role there yet.
    path("join/", join, name="join"),
    *upload_urls,
    path("", site.urls),
]

handler400 = HANDLERS["handler400"]
handler403 = HANDLERS["handler403"]
handler404 = HANDLERS["handler404"]
handler500 = HANDLERS["handler500"]
