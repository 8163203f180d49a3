from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from sites.chapter import preview, shelves, views
from sites.chapter.sitemaps import SITEMAPS
from sites.common_urls import common_urls
from sites.errors import HANDLERS
from sites.sitemaps import sitemap_urls

urlpatterns: list[URLPattern | URLResolver] = [
    *common_urls(),
    *sitemap_urls(SITEMAPS),
    path("", views.home, name="home"),
    path("reading/", views.reading, name="reading"),
    path("shelves/", shelves.shelves, name="shelves"),
    path("shelves/<slug:key>/", shelves.shelf, name="shelf"),
    path("preview/<str:token>/", preview.preview, name="preview"),
    path("preview/<str:token>/<int:number>/", preview.preview_chapter, name="preview_chapter"),
    # Last: a slug may be any word, the ones above excepted.
    path("<slug:slug>/", views.contents, name="contents"),
    path("<slug:slug>/<int:number>/", views.read, name="read"),
    path("<slug:slug>/<int:number>/place/", views.keep_place, name="keep_place"),
]

handler400 = HANDLERS["handler400"]
handler403 = HANDLERS["handler403"]
handler404 = HANDLERS["handler404"]
handler500 = HANDLERS["handler500"]
